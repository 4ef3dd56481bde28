//! TLSRoute: a backend of a kind that does not exist.
//!
//! The reference has name and port of a Service, so an implementation that does not look at group and
//! kind finds a backend.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteInvalidBackendRefUnknownKind",
    requirement: "A backendRef of a kind that is not known MUST set ResolvedRefs to False with \
                  reason InvalidKind, and the connections for it MUST be rejected.",
    spec: "apis/v1/shared_types.go#RouteReasonInvalidKind",
    features: &[Feature::Gateway, Feature::TlsRoute],
    manifests: &["tls-route/invalid-backend-ref-unknown-kind.yaml"],
    sends: &[streams_through(GATEWAY, CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GATEWAY: &str = "gateway-tlsroute-invalid-backend-ref-unknown-kind";
const CONVERSATIONS: &[Conversation] = &[tls("tls", "example.com").is_closed()];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object(GATEWAY).must_be_programmed().await?;
    let gateway = subject.gateway(GATEWAY).await?;
    let route = subject.tls_route("invalid-backend-ref-unknown-kind").under(&gateway);

    route.must_be_under(&[Accepted.yes()]).await?;
    route.must_be(&[ResolvedRefs.no(Reason::InvalidKind)]).await?;
    gateway.streams().must_give(CONVERSATIONS).await
}
