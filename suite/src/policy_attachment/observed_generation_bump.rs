//! Policy attachment: `observedGeneration` follows the spec.
//!
//! The policy is accepted before and after: catches who writes a condition only when its status changes.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentObservedGenerationBump",
    requirement: "After a change of a policy's spec the observedGeneration of its conditions MUST become the new generation.",
    spec: "apis/v1/policy_types.go#PolicyAncestorStatus",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/observed-generation-bump.yaml"],
    sends: &[through("policy-generation", &[SLOW])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SLOW: Exchange = slow("/?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-generation").await?;
    let policy = subject.policy("policy-generation");
    policy.must_be(Accepted.yes()).await?;
    gateway.http().must_show(&[(SLOW, Shows::Shown)]).await?;

    policy.change(Setting::Value, Shows::Plain).await?;
    policy.must_be(Accepted.yes()).await?;
    gateway.http().must_show(&[(SLOW, Shows::Plain)]).await
}
