//! Gateway: a certificate in another namespace whose ReferenceGrant names no Secret.
//!
//! The grant leaves out `to.name`; an implementation that compares it as an empty name refuses.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewaySecretReferenceGrantAllInNamespace",
    requirement: "A ReferenceGrant without a name MUST allow references to all objects of its group and \
                  kind in its namespace.",
    spec: "apis/v1/referencegrant_types.go#ReferenceGrantTo",
    features: &[Feature::Gateway, Feature::ReferenceGrant],
    manifests: &["reference-grant/gateway-secret-reference-grant-all-in-namespace.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GRANTED: ListenerExpectation =
    listener("https").with(&[Programmed.yes(), ResolvedRefs.yes().for_any_reason()]);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-secret-reference-grant-all-in-namespace");
    gateway.must_have_listeners(&[GRANTED]).await
}
