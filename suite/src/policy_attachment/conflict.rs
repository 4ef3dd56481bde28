//! Policy attachment: two policies with the same target.
//!
//! The younger one comes first by name: catches who compares names before ages. When the older one goes it takes over.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentConflict",
    requirement: "Of two policies with the same target the older MUST win, and the other MUST have Accepted=False with reason Conflicted.",
    spec: "geps/gep-713/index.md#established-and-challenger-policy-specs",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/conflict.yaml"],
    later: &["policy-attachment/conflict-later.yaml"],
    sends: &[through("policy-conflict", &[SLOW])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SLOW: Exchange = slow("/?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-conflict").await?;
    let (older, younger) = (subject.policy("conflict-a"), subject.policy("conflict-0-younger"));
    older.must_be(Accepted.yes()).await?;
    subject.apply_later().await?;

    younger.must_be(Accepted.no(Reason::Conflicted)).await?;
    older.must_be(Accepted.yes()).await?;
    gateway.http().must_show(&[(SLOW, Shows::Shown)]).await?;
    older.detach().await?;
    younger.must_be(Accepted.yes()).await?;
    gateway.http().must_show(&[(SLOW, Shows::Plain)]).await
}
