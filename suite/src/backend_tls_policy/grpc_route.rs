//! BackendTLSPolicy: backends of GRPCRoutes over TLS.
//!
//! All policies are for the same Pods. One is right, one names another host than the backend's certificate,
//! one trusts an authority that did not sign it: catches who calls without TLS, or trusts whom it should not.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicyGRPCRoute",
    requirement: "A backend of a GRPCRoute that has a BackendTLSPolicy MUST be called over TLS, and be \
                  trusted only if its certificate is for the policy's hostname and of an authority \
                  of the policy.",
    spec: "apis/v1/backendtlspolicy_types.go#BackendTLSPolicyValidation",
    features: &[Feature::Gateway, Feature::GrpcRoute, Feature::BackendTlsPolicy],
    since: SuiteVersion::V1_7_0,
    manifests: &["backend-tls-policy/grpc-route.yaml"],
    sends: &[calls_through("same-namespace", CALLS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CALLS: &[Call] = &[
    call(GRPC_ECHO, "Echo").host("abc.example.com").reaches(GRPC_V1),
    call(GRPC_ECHO, "EchoTwo").host("abc.example.com").fails(),
    call(GRPC_ECHO, "Echo").host("cert-mismatch.example.com").fails(),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    for name in ["backendtlspolicy-grpcroute", "backendtlspolicy-grpcroute-cert-mismatch"] {
        subject.grpc_route(name).under(&gateway).must_be(&[Accepted.yes()]).await?;
    }
    for name in ["grpc-normative-test", "grpc-host-mismatch", "grpc-cert-mismatch"] {
        let policy = subject.backend_tls_policy(name).under(&gateway);
        policy.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    }
    gateway.grpc().must_give(CALLS).await
}
