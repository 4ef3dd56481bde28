//! Policy attachment: a policy at an HTTPRoute.
//!
//! Another route of the same Gateway has none: catches who attaches it to the Gateway.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentHTTPRoute",
    requirement: "A policy that targets an HTTPRoute MUST have an effect on the requests that the route takes, and on no others; when it is deleted its effect MUST end.",
    spec: "geps/gep-713/index.md#scoping-the-intent",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/http-route.yaml"],
    sends: &[through("policy-route", &[WITH, WITHOUT])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const WITH: Exchange = slow("/with?delay=250ms").reaches(ANY_BACKEND);
const WITHOUT: Exchange = slow("/without?delay=250ms").reaches(ANY_BACKEND);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-route").await?;
    subject.http_route("policy-route").under(&gateway).must_be(&[Accepted.yes()]).await?;
    subject.http_route("policy-route-without").under(&gateway).must_be(&[Accepted.yes()]).await?;
    let policy = subject.policy("at-route");
    policy.must_be(Accepted.yes()).await?;

    let traffic = gateway.http();
    traffic.must_show(&[(WITH, Shows::Shown), (WITHOUT, Shows::Plain)]).await?;
    policy.detach().await?;
    traffic.must_show(&[(WITH, Shows::Plain)]).await
}
