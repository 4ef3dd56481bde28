//! Route delegation: policies of the route that hands on.
//!
//! What the parent says is a default, and the child is more specific. What the child says is changed: only then it is seen
//! that it counts.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationPolicy",
    requirement: "A policy that is attached to a route MUST count for the requests that it hands on, unless a more specific one says otherwise.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/policy.yaml"],
    sends: &[through("delegation-policy", &[INHERITED, REPLACED])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const INHERITED: Exchange = slow("/inherited?delay=250ms").reaches(INFRA_V1);
const REPLACED: Exchange = slow("/replaced?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-policy").await?;
    subject
        .http_route("delegation-policy")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    let traffic = gateway.http();
    traffic.must_show(&[(INHERITED, Shows::Shown), (REPLACED, Shows::Shown)]).await?;
    subject.policy("delegation-of-child").change(Setting::Defaults, Shows::Plain).await?;
    traffic.must_show(&[(INHERITED, Shows::Shown), (REPLACED, Shows::Plain)]).await?;
    subject.policy("delegation-of-parent").detach().await?;
    traffic.must_show(&[(INHERITED, Shows::Plain), (REPLACED, Shows::Plain)]).await
}
