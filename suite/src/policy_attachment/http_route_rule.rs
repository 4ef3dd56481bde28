//! Policy attachment: a policy at a rule of an HTTPRoute.
//!
//! Another rule of the same route has none: catches who does not look at sectionName.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentHTTPRouteRule",
    requirement: "A policy whose target has a sectionName MUST have an effect on the rule of that name alone.",
    spec: "geps/gep-713/index.md#targeting-sections-of-an-object",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/http-route-rule.yaml"],
    sends: &[through("policy-rule", &[WITH, WITHOUT])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const WITH: Exchange = slow("/with?delay=250ms").reaches(ANY_BACKEND);
const WITHOUT: Exchange = slow("/without?delay=250ms").reaches(ANY_BACKEND);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-rule").await?;
    subject.http_route("policy-rule").under(&gateway).must_be(&[Accepted.yes()]).await?;
    let policy = subject.policy("at-rule");
    policy.must_be(Accepted.yes()).await?;

    let traffic = gateway.http();
    traffic.must_show(&[(WITH, Shows::Shown), (WITHOUT, Shows::Plain)]).await?;
    policy.detach().await?;
    traffic.must_show(&[(WITH, Shows::Plain)]).await
}
