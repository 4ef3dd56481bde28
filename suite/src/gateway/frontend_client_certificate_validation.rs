//! Gateway: `tls.frontend`, which clients are let in.
//!
//! Two ports trust two authorities, one by default and one by itself. Each is shown the certificates of
//! both: catches who takes any certificate, or the default for every port.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayFrontendClientCertificateValidation",
    requirement: "An HTTPS listener of a Gateway with frontend validation MUST ask clients for a \
                  certificate, and let in only those whose certificate is of an authority that is \
                  trusted at its port.",
    spec: "apis/v1/gateway_types.go#FrontendTLSValidation",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::GatewayFrontendClientCertificateValidation,
    ],
    manifests: &["gateway/frontend-client-certificate-validation.yaml"],
    sends: &[
        through("client-validation-default", AT_443).over_tls(),
        through("client-validation-default", AT_8443).over_tls().at("https-with-hostname"),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const OF_DEFAULT: &str = "tls-validity-checks-client-certificate";
const OF_8443: &str = "tls-validity-checks-per-port-client-certificate";

const AT_443: &[Exchange] = &[
    get("/").host("example.org").showing(OF_DEFAULT).reaches(INFRA_V1),
    get("/").host("example.org").showing(OF_8443).is_refused(),
];

const AT_8443: &[Exchange] = &[
    get("/").host("second-example.org").showing(OF_8443).reaches(INFRA_V2),
    get("/").host("second-example.org").showing(OF_DEFAULT).is_refused(),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("client-validation-default").await?;
    for name in [
        "client-certificate-validation-https-test",
        "client-certificate-validation-https-test-no-hostname",
    ] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    }
    let certificate = subject.certificate("tls-validity-checks-certificate").await?;
    gateway.https(certificate.clone()).must_give(AT_443).await?;
    gateway.https_at("https-with-hostname", certificate)?.must_give(AT_8443).await
}
