//! Policy attachment: overrides, of which the less specific wins.
//!
//! What the routes say themselves is a default in one case and an override in another: both count until the Gateway has a
//! policy, and neither may win against that.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentOverrides",
    requirement: "An override at the less specific object MUST win against defaults and overrides at more specific ones.",
    spec: "geps/gep-713/index.md#merge-strategy-atomic-overrides",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/overrides.yaml"],
    later: &["policy-attachment/overrides-later.yaml"],
    sends: &[through("policy-overrides", &[DEFAULT, OVERRIDE])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const DEFAULT: Exchange = slow("/default?delay=250ms").reaches(INFRA_V1);
const OVERRIDE: Exchange = slow("/override?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-overrides").await?;
    let traffic = gateway.http();
    let all = |shows| [(DEFAULT, shows), (OVERRIDE, shows)];
    traffic.must_show(&all(Shows::Shown)).await?;
    subject.apply_later().await?;
    traffic.must_show(&all(Shows::Plain)).await?;
    subject.policy("override-of-gateway").detach().await?;
    traffic.must_show(&all(Shows::Shown)).await
}
