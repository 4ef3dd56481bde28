//! HTTPRoute: a backend in another namespace that no ReferenceGrant allows.
//!
//! The manifest holds seven grants, each wrong in one way (the namespace of the grant; group, kind
//! and namespace of `from`; group, kind and name of `to`), so an implementation that forgets to
//! compare any one of them fails here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteInvalidReferenceGrant",
    requirement: "A cross-namespace backendRef that no ReferenceGrant allows MUST set \
                  ResolvedRefs to False with reason RefNotPermitted, and its traffic MUST \
                  receive a 500.",
    spec: "apis/v1/referencegrant_types.go#ReferenceGrantSpec",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/http-route-invalid-reference-grant.yaml"],
    referred_first: true,
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").is(500)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("reference-grant").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.no(Reason::RefNotPermitted)]).await?;
    gateway.http().must_give(EXCHANGES).await?;
    route.should_explain(ResolvedRefs, "web-backend");
    Ok(())
}
