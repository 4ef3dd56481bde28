//! Policy attachment: a policy at a listener.
//!
//! The route is attached to two listeners of one Gateway: catches who does not look at sectionName.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentListener",
    requirement: "A policy whose target has a sectionName MUST have an effect on that listener alone.",
    spec: "geps/gep-713/index.md#targeting-sections-of-an-object",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/listener.yaml"],
    sends: &[
        through("policy-listener", &[SLOW]).at("http"),
        through("policy-listener", &[SLOW]).at("other"),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SLOW: Exchange = slow("/?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-listener").await?;
    subject.http_route("policy-listener").under(&gateway).must_be(&[Accepted.yes()]).await?;
    let policy = subject.policy("at-listener");
    policy.must_be(Accepted.yes()).await?;

    gateway.http_at("http")?.must_show(&[(SLOW, Shows::Shown)]).await?;
    gateway.http_at("other")?.must_show(&[(SLOW, Shows::Plain)]).await?;
    policy.detach().await?;
    gateway.http_at("http")?.must_show(&[(SLOW, Shows::Plain)]).await
}
