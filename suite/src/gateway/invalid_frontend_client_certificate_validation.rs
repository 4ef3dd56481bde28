//! Gateway: ports whose authorities for clients cannot be had.
//!
//! One port trusts a ConfigMap that does not exist, one something that is no ConfigMap, one a ConfigMap
//! of another namespace that no ReferenceGrant permits; a fourth has the default and must not suffer.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayInvalidFrontendClientCertificateValidation",
    requirement: "A listener at whose port no authority can be trusted MUST have Accepted=False \
                  with reason NoValidCACertificate, Programmed=False, and ResolvedRefs=False with \
                  the reason for which the reference does not resolve.",
    spec: "apis/v1/gateway_types.go#ListenerReasonNoValidCACertificate",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::ReferenceGrant,
        Feature::GatewayFrontendClientCertificateValidation,
    ],
    manifests: &["gateway/invalid-frontend-client-certificate-validation.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const INVALID: [(&str, Reason); 3] = [
    ("https-unresolved", Reason::InvalidCaCertificateRef),
    ("https-invalid-kind", Reason::InvalidCaCertificateKind),
    ("https-grant-missing", Reason::RefNotPermitted),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-with-invalid-client-cert-validation");
    gateway.listener_must_be_ready("https").await?;
    for (listener, reason) in INVALID {
        let conditions = [
            ResolvedRefs.no(reason),
            Accepted.no(Reason::NoValidCaCertificate),
            Programmed.no_for_any_reason(),
        ];
        gateway.listener_must_be(listener, &conditions).await?;
    }
    Ok(())
}
