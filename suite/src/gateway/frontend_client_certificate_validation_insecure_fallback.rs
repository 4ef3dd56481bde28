//! Gateway: `tls.frontend` with mode `AllowInsecureFallback`.
//!
//! Two ports trust two authorities. Each is shown the certificates of both, and none: catches who lets
//! in only those that come without a certificate, or only those with one.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayFrontendClientCertificateValidationInsecureFallback",
    requirement: "With mode AllowInsecureFallback a listener MUST ask for a certificate and let in \
                  clients whose certificate is not valid, or who have none; the Gateway MUST say so \
                  by its condition InsecureFrontendValidationMode.",
    spec: "apis/v1/gateway_types.go#FrontendValidationModeType",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::GatewayFrontendClientCertificateValidation,
        Feature::GatewayFrontendClientCertificateValidationInsecureFallback,
    ],
    manifests: &["gateway/frontend-client-certificate-validation-insecure-fallback.yaml"],
    sends: &[
        through("client-validation-insecure-fallback", AT_443).over_tls(),
        through("client-validation-insecure-fallback", AT_8443)
            .over_tls()
            .at("https-with-hostname"),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const OF_DEFAULT: &str = "tls-validity-checks-client-certificate";
const OF_8443: &str = "tls-validity-checks-per-port-client-certificate";

const AT_443: &[Exchange] = &[
    get("/").host("example.org").showing(OF_DEFAULT).reaches(INFRA_V1),
    get("/").host("example.org").showing(OF_8443).reaches(INFRA_V1),
    get("/").host("example.org").reaches(INFRA_V1),
];

const AT_8443: &[Exchange] = &[
    get("/").host("second-example.org").showing(OF_8443).reaches(INFRA_V2),
    get("/").host("second-example.org").showing(OF_DEFAULT).reaches(INFRA_V2),
    get("/").host("second-example.org").reaches(INFRA_V2),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("client-validation-insecure-fallback").await?;
    for name in [
        "client-cert-validation-insecure-fallback-test",
        "client-cert-validation-insecure-fallback-test-no-hostname",
    ] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    }
    gateway.object().must_be(&[InsecureFrontendValidationMode.yes()]).await?;
    let certificate = subject.certificate("tls-validity-checks-certificate").await?;
    gateway.https(certificate.clone()).must_give(AT_443).await?;
    gateway.https_at("https-with-hostname", certificate)?.must_give(AT_8443).await
}
