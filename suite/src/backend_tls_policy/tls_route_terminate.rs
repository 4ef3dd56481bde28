//! BackendTLSPolicy: a backend over TLS, from a TLSRoute whose sessions end at the Gateway.
//!
//! The client asks for another server than the policy does, and the backend tells which it was asked for:
//! catches who hands the client's session on, or its server name.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "BackendTLSPolicyTLSRouteTerminate",
    requirement: "Where a TLS session ends at the Gateway and the backend of its TLSRoute has a \
                  BackendTLSPolicy, the Gateway MUST begin another session with the backend, by \
                  the policy's hostname.",
    spec: "apis/v1/tlsroute_types.go#TLSRouteRule",
    features: &[
        Feature::Gateway,
        Feature::TlsRoute,
        Feature::TlsRouteModeTerminate,
        Feature::BackendTlsPolicy,
    ],
    since: SuiteVersion::V1_7_0,
    manifests: &["backend-tls-policy/tls-route-terminate.yaml"],
    sends: &[streams_through("gateway-btls-tlsroute-terminate", CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CONVERSATIONS: &[Conversation] =
    &[tls("tls-terminate", "tls.example.com").reaches_over_tls_to(TCP_BACKEND, "abc.example.com")];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("gateway-btls-tlsroute-terminate").must_be_programmed().await?;
    let gateway = subject.gateway("gateway-btls-tlsroute-terminate").await?;
    let route = subject.tls_route("backendtlspolicy-tlsroute-terminate").under(&gateway);
    let policy = subject.backend_tls_policy("btls-tlsroute-terminate-test").under(&gateway);

    route.must_be_under(&[Accepted.yes()]).await?;
    policy.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    let trusted = subject.certificate("tls-terminate-checks-certificate").await?;
    gateway.streams().trusting(trusted).must_give(CONVERSATIONS).await
}
