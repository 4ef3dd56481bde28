//! BackendTLSPolicy: an ancestor's entry that another controller wrote.
//!
//! The test puts an entry for a Gateway that does not exist into the policy's status, in another
//! controller's name, then changes the spec. An implementation that replaces the whole list of ancestors,
//! or refreshes entries that are not its own, fails here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicyPreserveForeignStatus",
    requirement: "An implementation MUST NOT change or remove entries of a policy's \
                  status.ancestors that have another controllerName than its own.",
    spec: "apis/v1/policy_types.go#PolicyStatus",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::BackendTlsPolicy],
    since: SuiteVersion::V1_7_0,
    provisional: true,
    manifests: &["backend-tls-policy/preserve-foreign-status.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backendtlspolicy-preserve-foreign-status").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;
    let policy = subject.backend_tls_policy("backendtlspolicy-preserve-foreign-status");
    let policy = policy.under(&gateway);
    policy.must_be(&[Accepted.yes()]).await?;

    let seeded = policy.seed_status(seed, &[foreign]).await?;
    policy.change_validation(json!({ "hostname": "second.example.com" })).await?;
    policy.must_be(&[Accepted.yes()]).await?;
    policy.must_be_current().await?;
    policy.must_keep(&seeded).await
}

fn seed(policy: &mut Object) {
    let entry = foreign_ancestor(policy, "unmanaged-gateway");
    if let Some(ancestors) = policy.data["status"]["ancestors"].as_array_mut() {
        ancestors.push(entry);
    }
}

fn foreign(policy: &Object) -> Option<&Value> {
    let mut ancestors = policy.data["status"]["ancestors"].as_array()?.iter();
    ancestors.find(|entry| entry["controllerName"] == STALE_CONTROLLER)
}
