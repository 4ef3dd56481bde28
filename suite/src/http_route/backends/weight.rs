//! HTTPRoute: `backendRefs[].weight`.
//!
//! Shares of 70 and 30, and a third backend whose weight is 0 and which must get nothing at all.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteWeight",
    requirement: "Requests MUST be shared among the backends of a rule in proportion to their \
                  weights, and a backend of weight 0 gets none.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/backends/weight.yaml"],
    sends: &[through("same-namespace", &[EXCHANGE])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGE: Exchange = get("/").reaches(ANY_BACKEND);
const SHARES: &[(&str, f64)] =
    &[("infra-backend-v1", 0.7), ("infra-backend-v2", 0.3), ("infra-backend-v3", 0.0)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("weighted-backends").under(&gateway);
    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;

    gateway.http().must_give(&[EXCHANGE]).await?;
    gateway.http().must_share(&EXCHANGE, SHARES).await
}
