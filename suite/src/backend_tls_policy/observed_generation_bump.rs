//! BackendTLSPolicy: `observedGeneration` follows the spec.
//!
//! Only the hostname changes, so that every condition stays what it was: an implementation that writes a
//! condition only when its status changes leaves the old generation behind.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicyObservedGenerationBump",
    requirement: "After each change of a policy's spec, the observedGeneration of every one of its \
                  conditions MUST become the policy's new generation.",
    spec: "apis/v1/policy_types.go#PolicyAncestorStatus",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::BackendTlsPolicy],
    manifests: &["backend-tls-policy/observed-generation-bump.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let clock = subject.clock(Limit::LatestObservedGenerationSet);
    let gateway = subject.gateway_object("same-namespace");
    let policy = subject.backend_tls_policy("observed-generation-bump").under(&gateway);
    policy.may_be_reported().await?;
    policy.must_be_current().await?;

    policy.change_validation(json!({ "hostname": "foo.example.com" })).await?;
    policy.must_be(&[Accepted.yes().for_any_reason()]).await?;
    policy.must_be_current().await?;
    clock.must_not_be_over()
}
