//! Gateway: an HTTPS listener whose certificate cannot be used.
//!
//! Four Gateways, each wrong in one way: the Secret does not exist, the reference is of an unknown
//! group, of an unknown kind, and the Secret holds no PEM.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayInvalidTLSConfiguration",
    requirement: "A listener that refers to a certificate which does not exist, is of a resource \
                  that is not supported, or is malformed MUST have ResolvedRefs=False with reason \
                  InvalidCertificateRef.",
    spec: "apis/v1/gateway_types.go#ListenerReasonInvalidCertificateRef",
    features: &[Feature::Gateway],
    manifests: &["listener/gateway-invalid-tls-configuration.yaml"],
    referred_first: true,
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GATEWAYS: [&str; 4] = [
    "gateway-certificate-nonexistent-secret",
    "gateway-certificate-unsupported-group",
    "gateway-certificate-unsupported-kind",
    "gateway-certificate-malformed-secret",
];

const UNRESOLVED: ListenerExpectation =
    listener("https").with(&[ResolvedRefs.no(Reason::InvalidCertificateRef)]);

async fn run(subject: &Subject) -> Verdict {
    let gateways = GATEWAYS.map(|name| subject.gateway_object(name));
    all_of(gateways.iter().map(|gateway| gateway.must_have_listeners(&[UNRESOLVED]))).await
}
