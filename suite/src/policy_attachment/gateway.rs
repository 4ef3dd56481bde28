//! Policy attachment: a policy at a Gateway.
//!
//! The same route is served by a Gateway without it: catches who takes what a policy says for all that the route does.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentGateway",
    requirement: "A policy that targets a Gateway MUST have an effect on what goes through that Gateway, and on nothing else; when it is deleted its effect MUST end.",
    spec: "geps/gep-713/index.md#scoping-the-intent",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/gateway.yaml"],
    sends: &[through("policy-gateway", &[SLOW]), through("policy-gateway-without", &[SLOW])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SLOW: Exchange = slow("/?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let with = subject.gateway("policy-gateway").await?;
    let without = subject.gateway("policy-gateway-without").await?;
    subject.http_route("policy-gateway").under(&with).must_be(&[Accepted.yes()]).await?;
    let policy = subject.policy("at-gateway");
    policy.must_be(Accepted.yes()).await?;

    with.http().must_show(&[(SLOW, Shows::Shown)]).await?;
    without.http().must_show(&[(SLOW, Shows::Plain)]).await?;
    policy.detach().await?;
    with.http().must_show(&[(SLOW, Shows::Plain)]).await
}
