//! Policy attachment: a target that does not exist.
//!
//! A route of the same Gateway must not be affected.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentTargetNotFound",
    requirement: "A policy whose target does not exist MUST have Accepted=False with reason TargetNotFound.",
    spec: "geps/gep-713/index.md#status-conditions",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/target-not-found.yaml"],
    sends: &[through("policy-not-found", &[SLOW])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SLOW: Exchange = slow("/?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-not-found").await?;
    subject.policy("for-no-route").must_be(Accepted.no(Reason::TargetNotFound)).await?;
    gateway.http().must_show(&[(SLOW, Shows::Plain)]).await
}
