//! Route delegation: a route that names a parent which does not name it.
//!
//! Catches who takes the child's word for it.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationNotDelegated",
    requirement: "A route MUST NOT be accepted by, and MUST NOT get requests through, a parent that does not hand any on to it.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/not-delegated.yaml"],
    sends: &[through("delegation-not-named", &[NAMED, UNNAMED])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const NAMED: Exchange = get("/named").reaches(INFRA_V1);
const UNNAMED: Exchange = get("/unnamed").fails();

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-not-named").await?;
    subject
        .http_route("delegation-not-named")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    let parent = subject.parent_route("delegation-not-named");
    subject.http_route("delegation-not-named-no").under(&parent).must_not_be_accepted().await?;
    gateway.http().must_give(&[NAMED, UNNAMED]).await
}
