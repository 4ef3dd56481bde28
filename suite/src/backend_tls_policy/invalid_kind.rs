//! BackendTLSPolicy: an authority of a kind that does not exist.
//!
//! Catches who tells that apart from a ConfigMap that is missing by nothing, or asks the backend all the
//! same.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicyInvalidKind",
    requirement: "A policy of whose caCertificateRefs none is of a known kind MUST have \
                  Accepted=False with reason NoValidCACertificate and ResolvedRefs=False with \
                  reason InvalidKind, and requests for its backends MUST receive a 5xx.",
    spec: "apis/v1/backendtlspolicy_types.go#BackendTLSPolicyReasonInvalidKind",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::BackendTlsPolicy],
    manifests: &["backend-tls-policy/invalid-kind.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] =
    &[get("/backendtlspolicy-invalid-kind").host("abc.example.com").is_one_of(&[500, 502, 503])];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backendtlspolicy-invalid-kind-test").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;

    let policy = subject.backend_tls_policy("invalid-kind").under(&gateway);
    let (accepted, resolved) =
        (Accepted.no(Reason::NoValidCaCertificate), ResolvedRefs.no(Reason::InvalidKind));
    policy.must_be(&[accepted, resolved]).await?;
    subject.has_endpoints("backendtlspolicy-invalid-kind-test").await?;
    // A data plane that knows of no endpoint yet gives the same for a moment.
    gateway.http().must_give_each_time(&EXCHANGES[0], 100).await
}
