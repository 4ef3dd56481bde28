//! Policy attachment: a policy at a GatewayClass.
//!
//! It is a class of its own: what is attached to the class under test would have an effect on every other test.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentGatewayClass",
    requirement: "A policy that targets a GatewayClass MUST have an effect on all Gateways of that class, and on no others.",
    spec: "geps/gep-713/index.md#hierarchy-of-target-kinds",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/gateway-class.yaml"],
    sends: &[through("policy-class", &[SLOW]), through("policy-class-without", &[SLOW])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SLOW: Exchange = slow("/?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let with = subject.gateway("policy-class").await?;
    let without = subject.gateway("policy-class-without").await?;
    let policy = subject.policy("at-class");
    policy.must_be(Accepted.yes()).await?;

    with.http().must_show(&[(SLOW, Shows::Shown)]).await?;
    without.http().must_show(&[(SLOW, Shows::Plain)]).await?;
    policy.detach().await?;
    with.http().must_show(&[(SLOW, Shows::Plain)]).await
}
