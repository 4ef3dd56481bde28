//! BackendTLSPolicy: backends over TLS, from listeners with TLS and without it.
//!
//! One policy is right, one names another host than the backend's certificate, one trusts an authority
//! that did not sign it. A fourth loses its authority and gets it back, by a change of the policy and of
//! the ConfigMap: catches who looks at the one or the other once only.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicy",
    requirement: "A backend with a BackendTLSPolicy MUST be reached over TLS by the policy's \
                  hostname, and be trusted only if its certificate is for that and of an authority \
                  of the policy, whose conditions MUST follow the authority.",
    spec: "apis/v1/backendtlspolicy_types.go#BackendTLSPolicyValidation",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::BackendTlsPolicy],
    manifests: &["backend-tls-policy/backend-tls-policy.yaml"],
    sends: &[
        through("same-namespace-with-https-listener", REENCRYPTED).over_tls(),
        through("same-namespace", EXCHANGES),
        through("same-namespace", SAME),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const REENCRYPTED: &[Exchange] = &[secured("https-listener.org").under_any_host()];

const EXCHANGES: &[Exchange] = &[
    secured("abc.example.com"),
    // No route has this host: the Go suite asks so.
    get("/backendtlspolicy-host-mismatch").host("abc.example.org").fails(),
    get("/backendtlspolicy-cert-mismatch").host("abc.example.com").fails(),
];

const fn secured(host: &'static str) -> Exchange {
    get("/backendtlspolicy").host(host).reaches(ANY_BACKEND).over_tls_to("abc.example.com")
}

/// The same under a host that leads to the backend.
const SAME: &[Exchange] = &[get("/backendtlspolicy-host-mismatch").host("abc.example.com").fails()];

const VALID: &[Condition] = &[Accepted.yes(), ResolvedRefs.yes()];
const INVALID: &[Condition] =
    &[Accepted.no(Reason::NoValidCaCertificate), ResolvedRefs.no(Reason::InvalidCaCertificateRef)];

async fn run(subject: &Subject) -> Verdict {
    let secure = subject.gateway("same-namespace-with-https-listener").await?;
    subject.http_route("backendtlspolicy-reencrypt").under(&secure).must_be(VALID).await?;
    subject.backend_tls_policy("normative-test").under(&secure).must_be(VALID).await?;
    let certificate = subject.certificate("tls-validity-checks-certificate").await?;
    secure.https(certificate).must_give(REENCRYPTED).await?;

    let plain = subject.gateway("same-namespace").await?;
    subject.http_route("backendtlspolicy").under(&plain).must_be(VALID).await?;
    for name in ["normative-test", "host-mismatch", "cert-mismatch"] {
        subject.backend_tls_policy(name).under(&plain).must_be(VALID).await?;
    }
    plain.http().must_give(EXCHANGES).await?;

    let policy = subject.backend_tls_policy("reconcile-test").under(&plain);
    lose_and_regain_authority(subject, &policy).await?;
    let rule = "Without subjectAltNames the backend's certificate MUST be for the hostname.";
    plain.http().should_give(rule, TEST.spec, SAME).await
}

async fn lose_and_regain_authority(subject: &Subject, policy: &Effect<'_, '_>) -> Verdict {
    const OWN: &str = "tls-checks-ca-certificate-reconcile-test";
    const SHARED: &str = "tls-checks-ca-certificate";
    let holding = |certificate: &str| json!({ "data": { "ca.crt": certificate } });
    let authority = subject.authority(SHARED).await?;

    policy.must_be(VALID).await?;
    policy.trust(OWN).await?;
    policy.must_be(INVALID).await?;
    subject.make(Kind::ConfigMap, OWN, holding(&authority)).await?;
    policy.must_be(VALID).await?;
    for (certificate, conditions) in [("", INVALID), (&authority, VALID)] {
        subject.patch(Kind::ConfigMap, INFRA, OWN, &holding(certificate)).await?;
        policy.must_be(conditions).await?;
    }
    policy.trust(SHARED).await
}
