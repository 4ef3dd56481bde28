//! HTTPRoute: `rules[].retry` with `rules[].timeouts.request`.
//!
//! Two failures, each within the limit, and together beyond it: catches who measures each attempt by itself.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRetryWithRequestTimeout",
    requirement: "All attempts at a request together MUST NOT take longer than timeouts.request; those within \
                  it MUST be made.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRetry",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::HttpRouteRequestTimeout,
        Feature::HttpRouteRetryCodes,
    ],
    since: SuiteVersion::V1_7_0,
    provisional: true,
    manifests: &["http-route/timeouts-and-retries/retry-with-request-timeout.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    failing("/retry/request-timeout-500ms?responseCode=500&succeedAfter=1").reaches(INFRA_V3),
    failing("/retry/request-timeout-500ms?delayRetry=300ms&responseCode=500&succeedAfter=2")
        .taking(Duration::from_millis(2 * 300))
        // Of several at once all but one would wait at the backend until they are late.
        .in_turn()
        .is(504),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("retries-with-timeouts").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give_in_order(EXCHANGES).await
}
