//! Route delegation: children in another namespace.
//!
//! The ReferenceGrant names one of the two, and is taken away in the end.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationReferenceGrant",
    requirement: "Requests MUST NOT be handed on to a route in another namespace unless a ReferenceGrant there allows it.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/reference-grant.yaml"],
    sends: &[through("delegation-grant", &[GRANTED, REFUSED, REVOKED])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GRANTED: Exchange = get("/granted").reaches(WEB_BACKEND);
const REFUSED: Exchange = get("/refused").fails();
const REVOKED: Exchange = get("/granted").fails();

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-grant").await?;
    subject.http_route("delegation-grant").under(&gateway).must_be_under(&[Accepted.yes()]).await?;
    gateway.http().must_give(&[GRANTED, REFUSED]).await?;
    subject.delete(Kind::ReferenceGrant, WEB, "delegation-grant").await?;
    gateway.http().must_give(&[REVOKED]).await
}
