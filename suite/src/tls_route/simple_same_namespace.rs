//! TLSRoute: a session that ends at the backend.
//!
//! The listener has a wildcard and no certificate, the route one of its names: catches who wants a
//! certificate, or who does not hand the whole handshake on.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteSimpleSameNamespace",
    requirement: "A route on a listener with mode Passthrough MUST be accepted, and a TLS session \
                  for its hostname MUST reach its backend as the client began it.",
    spec: "apis/v1/tlsroute_types.go#TLSRoute",
    features: &[Feature::Gateway, Feature::TlsRoute],
    manifests: &["tls-route/simple-same-namespace.yaml"],
    sends: &[streams_through("gateway-tlsroute", CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CONVERSATIONS: &[Conversation] = &[tls("https", "abc.example.com").reaches(TCP_BACKEND)];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("gateway-tlsroute").must_be_programmed().await?;
    let gateway = subject.gateway("gateway-tlsroute").await?;
    let route = subject.tls_route("gateway-conformance-infra-test").under(&gateway);

    route.must_be_under(&[Accepted.yes()]).await?;
    let trusted = subject.certificate("tls-passthrough-checks-certificate").await?;
    gateway.streams().trusting(trusted).must_give(CONVERSATIONS).await
}
