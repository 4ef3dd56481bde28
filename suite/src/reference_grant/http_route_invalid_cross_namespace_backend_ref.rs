//! HTTPRoute: a backend in another namespace, without any ReferenceGrant.
//!
//! The Service exists and answers, so an implementation that asks for no grant reaches it.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteInvalidCrossNamespaceBackendRef",
    requirement: "A backendRef into another namespace without a ReferenceGrant MUST set \
                  ResolvedRefs to False with reason RefNotPermitted, and its traffic MUST \
                  receive a 500.",
    spec: "apis/v1/shared_types.go#RouteReasonRefNotPermitted",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/http-route-invalid-cross-namespace-backend-ref.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").is(500)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("invalid-cross-namespace-backend-ref").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.no(Reason::RefNotPermitted)]).await?;
    gateway.http().must_give(EXCHANGES).await?;
    route.should_explain(ResolvedRefs, "web-backend");
    Ok(())
}
