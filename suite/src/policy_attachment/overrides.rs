//! Policy attachment: overrides, of which the less specific wins.
//!
//! What the routes say themselves is a default in one case and an override in another: neither may win against the Gateway.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentOverrides",
    requirement: "An override at the less specific object MUST win against defaults and overrides at more specific ones.",
    spec: "geps/gep-713/index.md#merge-strategy-atomic-overrides",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/overrides.yaml"],
    sends: &[through("policy-overrides", &[DEFAULT, OVERRIDE, NOTHING])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SECOND: Duration = Duration::from_secs(1);
const DEFAULT: Exchange = get("/default?delay=1s").taking(SECOND).reaches(INFRA_V1);
const OVERRIDE: Exchange = get("/override?delay=1s").taking(SECOND).reaches(INFRA_V1);
const NOTHING: Exchange = get("/nothing?delay=1s").taking(SECOND).reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let traffic = subject.gateway("policy-overrides").await?;
    let traffic = traffic.http();
    traffic.must_show(&[DEFAULT, OVERRIDE, NOTHING].map(|it| (it, Shows::Shown))).await?;
    subject.policy("override-of-gateway").detach().await?;
    traffic.must_show(&[DEFAULT, OVERRIDE, NOTHING].map(|it| (it, Shows::Plain))).await
}
