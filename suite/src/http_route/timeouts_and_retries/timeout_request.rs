//! HTTPRoute: `rules[].timeouts.request`.
//!
//! A backend answers at once, or after a second: catches who does not give up after half of it, and who takes
//! zero for a limit.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteTimeoutRequest",
    requirement: "A request that takes longer than timeouts.request MUST be answered 504, or 408; with a \
                  timeout of zero it MUST NOT be given up.",
    spec: "apis/v1/httproute_types.go#HTTPRouteTimeouts",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteRequestTimeout],
    manifests: &["http-route/timeouts-and-retries/timeout-request.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SECOND: Duration = Duration::from_secs(1);

const EXCHANGES: &[Exchange] = &[
    get("/request-timeout").reaches(ANY_BACKEND),
    get("/request-timeout?delay=1s").taking(SECOND).is(504),
    get("/disable-request-timeout?delay=1s").taking(SECOND).reaches(ANY_BACKEND),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("request-timeout").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
