//! Gateway: a certificate in another namespace, without any ReferenceGrant.
//!
//! Since v1.7.0 a second listener refers to a Secret that does not exist: saying so would tell
//! what there is in a namespace that granted nothing.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewaySecretMissingReferenceGrant",
    requirement: "A certificateRef into another namespace without a ReferenceGrant MUST set the \
                  listener's ResolvedRefs to False with reason RefNotPermitted, whether or not \
                  the Secret exists.",
    spec: "apis/v1/gateway_types.go#ListenerReasonRefNotPermitted",
    features: &[Feature::Gateway, Feature::ReferenceGrant],
    manifests: &["reference-grant/gateway-secret-missing-reference-grant.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const REFUSED: &[Condition] = &[ResolvedRefs.no(Reason::RefNotPermitted)];
const EXISTENT: ListenerExpectation = listener("https").with(REFUSED);
const NONEXISTENT: ListenerExpectation = listener("https-nonexistent-secret").with(REFUSED);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-secret-missing-reference-grant");
    match subject.suite_version() {
        SuiteVersion::V1_6_3 => gateway.must_have_listeners(&[EXISTENT]).await,
        SuiteVersion::V1_7_0 => gateway.must_have_listeners(&[EXISTENT, NONEXISTENT]).await,
    }
}
