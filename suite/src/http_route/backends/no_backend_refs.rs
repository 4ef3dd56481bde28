//! HTTPRoute: rules without backends.
//!
//! One rule leaves `backendRefs` out, one has an empty list, and a third takes every other path, so
//! an implementation that drops the two forwards their traffic there.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteNoBackendRefs",
    requirement: "A rule without backendRefs and without filters is valid and resolves all of \
                  its references, and traffic that matches it MUST receive a 500.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRule",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/backends/no-backend-refs.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/forward").reaches(INFRA_V1),
    get("/omitted-no-forward").is(500),
    get("/empty-no-forward").is(500),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("omitted-backendrefs").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
