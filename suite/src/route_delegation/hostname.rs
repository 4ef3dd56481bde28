//! Route delegation: hostnames.
//!
//! One child has none, the other one that is not its parent's: whether that is refused or leaves nothing, it gets no request.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationHostname",
    requirement: "A route MUST get requests for the hostnames of the route that hands them on, and MUST NOT get any others.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/hostname.yaml"],
    sends: &[through("delegation-hostname", &[INSIDE, ELSEWHERE, OUTSIDE, OTHER])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const HOST: &str = "delegation.example.com";
const OTHER_HOST: &str = "other.example.com";
const INSIDE: Exchange = get("/inside").host(HOST).reaches(INFRA_V1);
const ELSEWHERE: Exchange = get("/inside").host(OTHER_HOST).fails();
const OUTSIDE: Exchange = get("/outside").host(HOST).fails();
const OTHER: Exchange = get("/outside").host(OTHER_HOST).fails();

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-hostname").await?;
    subject
        .http_route("delegation-hostname")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    let outside = subject.http_route("delegation-hostname-outside").under(&gateway);
    outside.may_be_reported().await?;
    gateway.http().must_give(&[INSIDE, ELSEWHERE, OUTSIDE, OTHER]).await
}
