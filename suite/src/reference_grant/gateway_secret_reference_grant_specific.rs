//! Gateway: a certificate in another namespace that a ReferenceGrant allows by its name.
//!
//! Catches who grants nothing, and who programs a listener without its certificate.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewaySecretReferenceGrantSpecific",
    requirement: "A certificateRef into another namespace MUST be resolved when a ReferenceGrant there \
                  allows Gateways of this namespace to refer to the Secret of that name.",
    spec: "apis/v1/referencegrant_types.go#ReferenceGrantTo",
    features: &[Feature::Gateway, Feature::ReferenceGrant],
    manifests: &["reference-grant/gateway-secret-reference-grant-specific.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GRANTED: ListenerExpectation =
    listener("https").with(&[Programmed.yes(), ResolvedRefs.yes().for_any_reason()]);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-secret-reference-grant-specific");
    gateway.must_have_listeners(&[GRANTED]).await
}
