//! Route delegation: a rule that matches by a header.
//!
//! One rule of the child repeats the match and the other does not: that must not widen what is handed on.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationMatching",
    requirement: "A route MUST NOT get requests that the rule does not match by which they would be handed on.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/matching.yaml"],
    sends: &[through("delegation-matching", &[WITH, WITHOUT, WIDER])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const WITH: Exchange = get("/matching/with").with(&[("x-team", "a")]).reaches(INFRA_V1);
const WITHOUT: Exchange = get("/matching/with").fails();
const WIDER: Exchange = get("/matching/without").fails();

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-matching").await?;
    subject
        .http_route("delegation-matching")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    gateway.http().must_give(&[WITH, WITHOUT, WIDER]).await
}
