//! BackendTLSPolicy: an authority that is not there.
//!
//! One ConfigMap does not exist and the other is empty. The backends would be reached by who trusts
//! anybody then, or speaks plain text.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicyInvalidCACertificateRef",
    requirement: "A policy of whose caCertificateRefs none leads to a certificate MUST have \
                  Accepted=False with reason NoValidCACertificate and ResolvedRefs=False with \
                  reason InvalidCACertificateRef, and requests for its backends MUST receive a 5xx.",
    spec: "apis/v1/backendtlspolicy_types.go#BackendTLSPolicyReasonInvalidCACertificateRef",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::BackendTlsPolicy],
    manifests: &["backend-tls-policy/invalid-ca-certificate-ref.yaml"],
    referred_first: true,
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    ask("/backendtlspolicy-nonexistent-ca-certificate-ref"),
    ask("/backendtlspolicy-malformed-ca-certificate-ref"),
];

const fn ask(path: &'static str) -> Exchange {
    get(path).host("abc.example.com").is_one_of(&[500, 502, 503])
}

const UNTRUSTED: &[Condition] =
    &[Accepted.no(Reason::NoValidCaCertificate), ResolvedRefs.no(Reason::InvalidCaCertificateRef)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backendtlspolicy-invalid-ca-certificate-ref").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;

    for name in ["nonexistent-ca-certificate-ref", "malformed-ca-certificate-ref"] {
        subject.backend_tls_policy(name).under(&gateway).must_be(UNTRUSTED).await?;
        subject.has_endpoints(&format!("backendtlspolicy-{name}-test")).await?;
    }
    // A data plane that knows of no endpoint yet gives the same for a moment.
    let traffic = gateway.http();
    all_of(EXCHANGES.iter().map(|exchange| traffic.must_give_each_time(exchange, 100))).await
}
