//! Policy attachment: defaults, of which the more specific wins.
//!
//! One route has nothing of its own: catches who lets the Gateway win, and who does not pass on what it says. What the other
//! says is changed: only then it is seen that it counts.

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

const INHERITED: Exchange = slow("/inherited?delay=250ms").reaches(INFRA_V1);
const REPLACED: Exchange = slow("/replaced?delay=250ms").reaches(INFRA_V1);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-defaults").await?;
    let traffic = gateway.http();
    let of_route = subject.policy("defaults-of-route");
    traffic.must_show(&[(INHERITED, Shows::Shown), (REPLACED, Shows::Shown)]).await?;
    of_route.change(Setting::Defaults, Shows::Plain).await?;
    traffic.must_show(&[(INHERITED, Shows::Shown), (REPLACED, Shows::Plain)]).await?;
    of_route.detach().await?;
    traffic.must_show(&[(INHERITED, Shows::Shown), (REPLACED, Shows::Shown)]).await
}
