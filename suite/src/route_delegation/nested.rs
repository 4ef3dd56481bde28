//! Route delegation: a child that is a parent.
//!
//! Catches who looks one level deep.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationNested",
    requirement: "A route to which requests are handed on MUST be able to hand them on itself.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/nested.yaml"],
    sends: &[through("delegation-nested", &[CHILD, GRANDCHILD])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CHILD: Exchange = get("/nested/child").reaches(INFRA_V1);
const GRANDCHILD: Exchange = get("/nested/further/down").reaches(INFRA_V2);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-nested").await?;
    subject
        .http_route("delegation-nested")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    gateway.http().must_give(&[CHILD, GRANDCHILD]).await
}
