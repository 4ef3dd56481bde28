//! Route delegation: what a child says of its parent.
//!
//! Catches who reports routes at Gateways alone.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationStatus",
    requirement: "The status of a route to which requests are handed on MUST have an entry for the route that does so, with Accepted=True.",
    spec: "apis/v1/shared_types.go#RouteParentStatus",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/status.yaml"],
    sends: &[through("delegation-status", &[HANDED])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const HANDED: Exchange = get("/status").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-status").await?;
    subject
        .http_route("delegation-status")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    let parent = subject.parent_route("delegation-status");
    let child = subject.http_route("delegation-status-child").under(&parent);
    child.must_be_under(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(&[HANDED]).await
}
