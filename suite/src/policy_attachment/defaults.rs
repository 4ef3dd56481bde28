//! Policy attachment: defaults, of which the more specific wins.
//!
//! One route has nothing of its own: catches who lets the Gateway win, and who does not pass on what it says.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentDefaults",
    requirement: "Of two policies with defaults the one at the more specific object MUST win, and the other MUST count where there is nothing more specific.",
    spec: "geps/gep-713/index.md#merge-strategy-atomic-defaults",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/defaults.yaml"],
    sends: &[through("policy-defaults", &[INHERITED, REPLACED])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SECOND: Duration = Duration::from_secs(1);
const INHERITED: Exchange = get("/inherited?delay=1s").taking(SECOND).reaches(INFRA_V1);
const REPLACED: Exchange = get("/replaced?delay=1s").taking(SECOND).reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-defaults").await?;
    let traffic = gateway.http();
    traffic.must_show(&[(INHERITED, Shows::Shown), (REPLACED, Shows::Plain)]).await?;
    subject.policy("defaults-of-route").detach().await?;
    traffic.must_show(&[(INHERITED, Shows::Shown), (REPLACED, Shows::Shown)]).await
}
