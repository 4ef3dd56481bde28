//! Policy attachment: a policy at a Service.
//!
//! Another Service chooses the same Pods: catches who attaches it to the endpoints.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentService",
    requirement: "A policy that targets a Service MUST have an effect on the requests that are sent to it, and on no others; when it is deleted its effect MUST end.",
    spec: "geps/gep-713/index.md#scoping-the-intent",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/service.yaml"],
    sends: &[through("policy-service", &[WITH, WITHOUT])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const WITH: Exchange = slow("/with?delay=250ms").reaches(ANY_BACKEND);
const WITHOUT: Exchange = slow("/without?delay=250ms").reaches(ANY_BACKEND);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("policy-service").await?;
    subject.http_route("policy-service").under(&gateway).must_be(&[Accepted.yes()]).await?;
    let policy = subject.policy("at-service");
    policy.must_be(Accepted.yes()).await?;

    let traffic = gateway.http();
    traffic.must_show(&[(WITH, Shows::Shown), (WITHOUT, Shows::Plain)]).await?;
    policy.detach().await?;
    traffic.must_show(&[(WITH, Shows::Plain)]).await
}
