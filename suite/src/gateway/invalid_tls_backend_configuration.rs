//! Gateway: a certificate for its backends that cannot be had.
//!
//! Five Gateways, each wrong in one way: the Secret does not exist, the reference is of an unknown group,
//! of an unknown kind, the Secret holds no PEM, and no ReferenceGrant permits it.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayInvalidTLSBackendConfiguration",
    requirement: "A Gateway whose clientCertificateRef does not resolve MUST have \
                  ResolvedRefs=False with reason InvalidClientCertificateRef, or RefNotPermitted \
                  where no ReferenceGrant permits it, and MUST be accepted all the same.",
    spec: "apis/v1/gateway_types.go#GatewayReasonInvalidClientCertificateRef",
    features: &[
        Feature::Gateway,
        Feature::GatewayBackendClientCertificate,
        Feature::HttpRoute,
        Feature::BackendTlsPolicy,
    ],
    manifests: &["gateway/invalid-tls-backend-configuration.yaml"],
    referred_first: true,
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GATEWAYS: [(&str, Reason); 5] = [
    ("gateway-client-certificate-nonexistent-secret", Reason::InvalidClientCertificateRef),
    ("gateway-client-certificate-unsupported-group", Reason::InvalidClientCertificateRef),
    ("gateway-client-certificate-unsupported-kind", Reason::InvalidClientCertificateRef),
    ("gateway-client-certificate-malformed-secret", Reason::InvalidClientCertificateRef),
    ("gateway-client-certificate-missing-reference-grant", Reason::RefNotPermitted),
];

async fn run(subject: &Subject) -> Verdict {
    all_of(GATEWAYS.map(|(name, reason)| judge(subject, name, reason))).await
}

async fn judge(subject: &Subject, name: &'static str, reason: Reason) -> Verdict {
    let gateway = subject.gateway_object(name);
    gateway.must_be_current().await?;
    gateway.must_be(&[ResolvedRefs.no(reason)]).await?;
    gateway.must_be(&[Accepted.yes()]).await
}
