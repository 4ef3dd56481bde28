//! BackendTLSPolicy: `validation.subjectAltNames`.
//!
//! All policies name the same authority and a hostname that the backend's certificate has, so that only
//! their subjectAltNames decide: catches who looks at the hostname in their place.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicySANValidation",
    requirement: "Where a policy has subjectAltNames, a backend MUST be trusted only if its \
                  certificate has one of them, as the name of a host or as a URI.",
    spec: "apis/v1/backendtlspolicy_types.go#SubjectAltName",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::BackendTlsPolicy,
        Feature::BackendTlsPolicySanValidation,
    ],
    manifests: &["backend-tls-policy/san-validation.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    ask("/backendtlspolicy-san-dns").reaches(ANY_BACKEND).over_tls_to("abc.example.com"),
    ask("/backendtlspolicy-san-dns-mismatch").fails(),
    ask("/backendtlspolicy-san-uri").reaches(ANY_BACKEND).over_tls_to("abc.example.com"),
    ask("/backendtlspolicy-san-uri-mismatch").fails(),
    ask("/backendtlspolicy-multiple-sans").reaches(ANY_BACKEND).over_tls_to("abc.example.com"),
    ask("/backendtlspolicy-multiple-mismatch-sans").fails(),
];

const fn ask(path: &'static str) -> Request<'static> {
    get(path).host("abc.example.com")
}

const POLICIES: [&str; 6] = [
    "san-dns",
    "san-dns-mismatch",
    "san-uri",
    "san-uri-mismatch",
    "multiple-sans",
    "multiple-mismatch-sans",
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backendtlspolicy-san-test").under(&gateway);
    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;

    for name in POLICIES {
        subject.backend_tls_policy(name).under(&gateway).must_be(&[Accepted.yes()]).await?;
    }
    gateway.http().must_give(EXCHANGES).await
}
