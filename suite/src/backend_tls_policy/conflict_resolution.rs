//! BackendTLSPolicy: several policies for one Service.
//!
//! In two of three pairs both have the same target, and the older one is told from the newer by the name
//! that it asks the backend for. In the third, one is for a port and the other for the whole Service:
//! catches who takes that for a conflict, or lets the wrong one win at the port.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicyConflictResolution",
    requirement: "Of policies with the same target and sectionName the oldest MUST take \
                  precedence, then the first by name, and every other MUST have Accepted=False with \
                  reason Conflicted; one for a port comes before one for the whole Service.",
    spec: "apis/v1/backendtlspolicy_types.go#BackendTLSPolicySpec",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::BackendTlsPolicy],
    manifests: &["backend-tls-policy/conflict-resolution.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    ask("/backendtlspolicy-conflicted-without-section-name").over_tls_to("other.example.com"),
    ask("/backendtlspolicy-conflicted-with-section-name").over_tls_to("other.example.com"),
    ask("/backendtlspolicy-not-conflicted-with-section-name").over_tls_to("other.example.com"),
    ask("/backendtlspolicy-not-conflicted-without-section-name").over_tls_to("abc.example.com"),
];

const fn ask(path: &'static str) -> Exchange {
    get(path).host("abc.example.com").reaches(ANY_BACKEND)
}

const POLICIES: [(&str, Condition); 6] = [
    ("conflicted-without-section-name-1", Accepted.yes()),
    ("conflicted-without-section-name-2", Accepted.no(Reason::Conflicted)),
    ("conflicted-with-section-name-1", Accepted.yes()),
    ("conflicted-with-section-name-2", Accepted.no(Reason::Conflicted)),
    ("not-conflicted-with-section-name", Accepted.yes()),
    ("not-conflicted-without-section-name", Accepted.yes()),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backendtlspolicy-conflict-resolution").under(&gateway);
    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;

    for (name, condition) in POLICIES {
        subject.backend_tls_policy(name).under(&gateway).must_be(&[condition]).await?;
    }
    gateway.http().must_give(EXCHANGES).await
}
