//! HTTPRoute: `rules[].retry` without codes.
//!
//! One of two endpoints takes no connections: catches who leaves it at that with every other request.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRetryConnectionError",
    requirement: "Where a rule has retries, a request for which no connection comes about MUST be tried \
                  again.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRetry",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteRetryConnectionError],
    since: SuiteVersion::V1_7_0,
    manifests: &["http-route/timeouts-and-retries/retry-connection-error.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const HEALTHY: Backend =
    Backend { name: "infra-backend-connection-error-healthy", namespace: INFRA };

const EXCHANGES: &[Exchange] = &[get("/retry-on-connection-errors").reaches(HEALTHY)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("retries-connection-error").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    // Where every other endpoint is right, ten in a row come by luck sooner or later.
    gateway.http().must_give_each_time(&EXCHANGES[0], 30).await
}
