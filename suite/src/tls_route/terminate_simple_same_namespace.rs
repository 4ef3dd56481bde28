//! TLSRoute: a session that ends at the Gateway.
//!
//! The backend speaks TLS on another port, and tells what came to it: catches who hands the session on,
//! or begins another one.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteTerminateSimpleSameNamespace",
    requirement: "A route on a listener with mode Terminate MUST be accepted; a TLS session for its \
                  hostname MUST end at the Gateway, with the listener's certificate, and what is \
                  said in it MUST reach the backend in the clear.",
    spec: "apis/v1/gateway_types.go#TLSModeTerminate",
    features: &[Feature::Gateway, Feature::TlsRoute, Feature::TlsRouteModeTerminate],
    manifests: &["tls-route/terminate-simple-same-namespace.yaml"],
    sends: &[streams_through("gateway-tlsroute-terminate", CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CONVERSATIONS: &[Conversation] =
    &[tls("tlsterminate", "tls.example.com").reaches_in_the_clear(TCP_BACKEND)];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("gateway-tlsroute-terminate").must_be_programmed().await?;
    let gateway = subject.gateway("gateway-tlsroute-terminate").await?;
    let route = subject.tls_route("tlsroute-terminated-test").under(&gateway);

    route.must_be_under(&[Accepted.yes()]).await?;
    let trusted = subject.certificate("tls-terminate-checks-certificate").await?;
    gateway.streams().trusting(trusted).must_give(CONVERSATIONS).await
}
