//! Gateway: `tls.backend.clientCertificateRef`.
//!
//! The backend asks its clients for certificates of one authority, and lets in those who show none:
//! catches who forgets to show the Gateway's.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayTLSBackendClientCertificate",
    requirement: "A Gateway with a clientCertificateRef MUST show that certificate to a backend \
                  that asks for one, where a BackendTLSPolicy wants TLS.",
    spec: "apis/v1/gateway_types.go#GatewayBackendTLS",
    features: &[
        Feature::Gateway,
        Feature::GatewayBackendClientCertificate,
        Feature::HttpRoute,
        Feature::BackendTlsPolicy,
    ],
    manifests: &["gateway/tls-backend-client-certificate.yaml"],
    sends: &[through("gateway-tls-backend-client-certificate", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/")
    .host("abc.example.com")
    .reaches(ANY_BACKEND)
    .over_tls_to("abc.example.com")
    .by_client("tls-checks-client-certificate")];

async fn run(subject: &Subject) -> Verdict {
    const NAME: &str = "gateway-tls-backend-client-certificate";
    subject.gateway_object(NAME).must_be_programmed().await?;
    let gateway = subject.gateway(NAME).await?;
    let route = subject.http_route(NAME).under(&gateway);
    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    let policy = subject.backend_tls_policy("gateway-tls-backend-client-certificate-test");
    policy.under(&gateway).must_be(&[Accepted.yes()]).await?;

    gateway.object().must_be(&[ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
