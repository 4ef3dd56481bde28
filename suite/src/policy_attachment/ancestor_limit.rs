//! Policy attachment: a status that other controllers have filled.
//!
//! The policy has an effect first. Catches who takes the place of others, and who goes on without a place.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentAncestorLimit",
    requirement: "Where the 16 entries of a policy's status.ancestors are those of others, an implementation MUST leave them and MUST consider the policy unimplementable.",
    spec: "apis/v1/policy_types.go#PolicyStatus",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/ancestor-limit.yaml"],
    sends: &[through("policy-full", &[SLOW])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SLOW: Exchange = slow("/?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-full").await?;
    let policy = subject.policy("policy-full");
    gateway.http().must_show(&[(SLOW, Shows::Shown)]).await?;

    let seeded = policy.seed_status(fill, &[ancestors]).await?;
    gateway.http().must_show(&[(SLOW, Shows::Plain)]).await?;
    policy.must_keep(&seeded).await
}

fn fill(policy: &mut Object) {
    let entries = (1..=16).map(|n| foreign_ancestor(policy, &format!("gateway-{n}")));
    policy.data["status"]["ancestors"] = entries.collect();
}

fn ancestors(policy: &Object) -> Option<&Value> {
    policy.data["status"].get("ancestors")
}
