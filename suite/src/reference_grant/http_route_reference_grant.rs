//! HTTPRoute: a backend in another namespace that a ReferenceGrant allows, until it is deleted.
//!
//! Catches who asks for the grant only when the route changes.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteReferenceGrant",
    requirement: "A ReferenceGrant MUST allow the cross-namespace references that it describes, \
                  and its removal MUST revoke the access: the traffic MUST then receive a 500.",
    spec: "apis/v1/referencegrant_types.go#ReferenceGrant",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/http-route-reference-grant.yaml"],
    sends: &[through("same-namespace", GRANTED), through("same-namespace", REVOKED)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GRANTED: &[Exchange] = &[get("/").reaches(WEB_BACKEND)];
const REVOKED: &[Exchange] = &[get("/").is(500)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("reference-grant").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(GRANTED).await?;

    subject.delete(Kind::ReferenceGrant, WEB, "reference-grant").await?;
    gateway.http().must_give(REVOKED).await?;

    let rule = "ResolvedRefs becomes False with reason RefNotPermitted once the grant is gone.";
    let spec = "apis/v1/httproute_types.go#HTTPBackendRef";
    route.should_be(rule, spec, &[ResolvedRefs.no(Reason::RefNotPermitted)]).await;
    Ok(())
}
