//! HTTPRoute: `rules[].timeouts.backendRequest`.
//!
//! A backend answers at once, or after a second: catches who does not give up after half of it, and who takes
//! zero for a limit.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteTimeoutBackendRequest",
    requirement: "A request to a backend that takes longer than timeouts.backendRequest MUST be given up, \
                  and the client be answered 504, or 408; with a timeout of zero it MUST NOT be.",
    spec: "apis/v1/httproute_types.go#HTTPRouteTimeouts",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteBackendTimeout],
    manifests: &["http-route/timeouts-and-retries/timeout-backend-request.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SECOND: Duration = Duration::from_secs(1);

const EXCHANGES: &[Exchange] = &[
    get("/backend-timeout").reaches(ANY_BACKEND),
    get("/backend-timeout?delay=1s").taking(SECOND).is(504),
    get("/disable-backend-timeout?delay=1s").taking(SECOND).reaches(ANY_BACKEND),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backend-request-timeout").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
