//! Gateway: a certificate in another namespace that no ReferenceGrant allows.
//!
//! The manifest holds seven grants, each wrong in one way (the namespace of the grant; group, kind
//! and namespace of `from`; group, kind and name of `to`), so an implementation that forgets to
//! compare any one of them fails here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewaySecretInvalidReferenceGrant",
    requirement: "A certificateRef into another namespace that no ReferenceGrant there allows MUST \
                  set the listener's ResolvedRefs to False with reason RefNotPermitted.",
    spec: "apis/v1/referencegrant_types.go#ReferenceGrantSpec",
    features: &[Feature::Gateway, Feature::ReferenceGrant],
    manifests: &["reference-grant/gateway-secret-invalid-reference-grant.yaml"],
    referred_first: true,
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const REFUSED: ListenerExpectation =
    listener("https").with(&[ResolvedRefs.no(Reason::RefNotPermitted)]);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-secret-invalid-reference-grant");
    gateway.must_have_listeners(&[REFUSED]).await
}
