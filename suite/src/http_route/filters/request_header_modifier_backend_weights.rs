//! HTTPRoute: the filters of two backendRefs of one rule.
//!
//! Each backend is told its own name in a header. A hundred requests, every one of which must show it:
//! catches who gives the headers of one backend to the other now and then.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRequestHeaderModifierBackendWeights",
    requirement: "RequestHeaderModifier of a backendRef MUST change the requests that go to this \
                  backend, and no others of the rule.",
    spec: "apis/v1/httproute_types.go#HTTPBackendRef",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::HttpRouteBackendRequestHeaderModification,
    ],
    manifests: &["http-route/filters/request-header-modifier-backend-weights.yaml"],
    sends: &[through("same-namespace", &[EXCHANGE])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGE: Exchange = get("/").reaches(ANY_BACKEND).named_in("Backend");

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("request-header-modifier-backend-weights").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give_each_time(&EXCHANGE, 100).await
}
