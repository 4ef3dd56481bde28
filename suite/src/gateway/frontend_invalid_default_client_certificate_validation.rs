//! Gateway: a default for validating clients whose authority cannot be had.
//!
//! It concerns the HTTPS listener alone: the HTTP listener, whose port has a validation of its own that
//! means nothing in plain text, must be served.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayFrontendInvalidDefaultClientCertificateValidation",
    requirement: "An HTTPS listener for whose clients no authority can be trusted MUST have \
                  Accepted=False with reason NoValidCACertificate and MUST NOT let in anyone; the \
                  Gateway's other listeners MUST be served.",
    spec: "apis/v1/gateway_types.go#ListenerReasonNoValidCACertificate",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::GatewayFrontendClientCertificateValidation,
    ],
    manifests: &["gateway/frontend-invalid-default-client-certificate-validation.yaml"],
    sends: &[through(NAME, PLAIN), through(NAME, SECURE).over_tls()],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const NAME: &str = "invalid-default-client-validation-config";
const PLAIN: &[Exchange] = &[get("/").host("example.org").reaches(INFRA_V1)];
const SECURE: &[Exchange] = &[get("/").host("example.org").is_refused()];

const UNTRUSTED: &[Condition] = &[
    ResolvedRefs.no(Reason::InvalidCaCertificateRef),
    Accepted.no(Reason::NoValidCaCertificate),
    Programmed.no_for_any_reason(),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway(NAME).await?;
    let certificate = subject.certificate("tls-validity-checks-certificate").await?;

    gateway.object().listener_must_be_ready("http").await?;
    gateway.http().must_give(PLAIN).await?;
    gateway.object().listener_must_be("https", UNTRUSTED).await?;
    gateway.https(certificate).must_give(SECURE).await
}
