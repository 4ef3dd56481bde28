//! HTTPRoute: `rules[].retry` with `rules[].timeouts.backendRequest`.
//!
//! Attempts that are each within the limit, and others that go on beyond that of the whole request: catches who
//! has one of the two only.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRetryWithBackendTimeout",
    requirement: "Attempts within timeouts.backendRequest MUST be made as retry says; what takes longer than \
                  timeouts.request MUST be given up.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRetry",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::HttpRouteBackendTimeout,
        Feature::HttpRouteRequestTimeout,
        Feature::HttpRouteRetryCodes,
    ],
    since: SuiteVersion::V1_7_0,
    provisional: true,
    manifests: &["http-route/timeouts-and-retries/retry-with-backend-timeout.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    failing(
        "/retry/backend-timeout-500ms?delay=100ms&delayRetry=100ms&responseCode=500&succeedAfter=2",
    )
    .taking(Duration::from_millis(3 * 100))
    .reaches(INFRA_V3),
    failing("/retry/request-timeout-500ms?delay=1s&delayRetry=1s&responseCode=500&succeedAfter=2")
        .taking(Duration::from_secs(3))
        .is(504),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("retries-with-timeouts").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give_in_order(EXCHANGES).await
}
