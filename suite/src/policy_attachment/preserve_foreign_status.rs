//! Policy attachment: an ancestor's entry that another controller wrote.
//!
//! Catches who replaces the whole list of ancestors, or refreshes entries that are not its own.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentPreserveForeignStatus",
    requirement: "An implementation MUST NOT change or remove entries of a policy's status.ancestors that have another controllerName than its own.",
    spec: "apis/v1/policy_types.go#PolicyStatus",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/preserve-foreign-status.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let policy = subject.policy("policy-foreign");
    policy.must_be(Accepted.yes()).await?;

    let seeded = policy.seed_status(seed, &[foreign]).await?;
    policy.change(Setting::Value, Shows::Plain).await?;
    policy.must_be(Accepted.yes()).await?;
    policy.must_keep(&seeded).await
}

fn seed(policy: &mut Object) {
    let entry = foreign_ancestor(policy, "gateway-of-others");
    if let Some(ancestors) = policy.data["status"]["ancestors"].as_array_mut() {
        ancestors.push(entry);
    }
}

fn foreign(policy: &Object) -> Option<&Value> {
    let mut ancestors = policy.data["status"]["ancestors"].as_array()?.iter();
    ancestors.find(|entry| entry["controllerName"] == STALE_CONTROLLER)
}
