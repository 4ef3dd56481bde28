//! Route delegation: two routes that hand on to each other.
//!
//! Catches who goes round in circles, and who refuses more than the rule that closes the circle.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationCycle",
    requirement: "A rule that would hand on to a route on its own way MUST be refused, and nothing else.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/cycle.yaml"],
    sends: &[through("delegation-cycle", &[OWN, BESIDE, AGAIN])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const OWN: Exchange = get("/cycle/own").reaches(INFRA_V1);
const BESIDE: Exchange = get("/beside").reaches(INFRA_V2);
const AGAIN: Exchange = get("/cycle/again").fails();

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-cycle").await?;
    subject.http_route("delegation-cycle").under(&gateway).must_be_under(&[Accepted.yes()]).await?;
    gateway.http().must_give(&[OWN, BESIDE, AGAIN]).await
}
