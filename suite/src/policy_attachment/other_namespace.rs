//! Policy attachment: a target in another namespace.
//!
//! Where references have no namespace, the name is looked for beside the policy, and is not there.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentOtherNamespace",
    requirement: "A policy that names a target in another namespace MUST NOT be accepted, and MUST NOT have an effect there, unless that namespace allows it.",
    spec: "geps/gep-713/index.md#cross-namespace-references",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/other-namespace.yaml"],
    sends: &[through("policy-other-namespace", &[SLOW])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SLOW: Exchange = slow("/?delay=250ms").reaches(WEB_BACKEND);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-other-namespace").await?;
    subject.policy("of-other-namespace").must_be(Accepted.no_for_any_reason()).await?;
    gateway.http().must_show(&[(SLOW, Shows::Plain)]).await
}
