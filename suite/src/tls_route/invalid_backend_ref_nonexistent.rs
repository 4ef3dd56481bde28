//! TLSRoute: a backend that does not exist.
//!
//! Catches who does not accept the route, or takes the connection and leaves the client waiting.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteInvalidBackendRefNonexistent",
    requirement: "A backendRef to a Service that does not exist MUST set ResolvedRefs to False \
                  with reason BackendNotFound, and the connections for it MUST be rejected.",
    spec: "apis/v1/tlsroute_types.go#TLSRouteRule",
    features: &[Feature::Gateway, Feature::TlsRoute],
    manifests: &["tls-route/invalid-backend-ref-nonexistent.yaml"],
    sends: &[streams_through(GATEWAY, CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GATEWAY: &str = "gateway-tlsroute-invalid-backend-ref-nonexistent";
const CONVERSATIONS: &[Conversation] = &[tls("tls", "example.com").is_closed()];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object(GATEWAY).must_be_programmed().await?;
    let gateway = subject.gateway(GATEWAY).await?;
    let route = subject.tls_route("invalid-backend-ref-nonexistent").under(&gateway);

    route.must_be_under(&[Accepted.yes()]).await?;
    route.must_be(&[ResolvedRefs.no(Reason::BackendNotFound)]).await?;
    gateway.streams().must_give(CONVERSATIONS).await
}
