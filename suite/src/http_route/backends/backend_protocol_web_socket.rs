//! HTTPRoute: a backend whose port has `appProtocol: kubernetes.io/ws`.
//!
//! A text and then a binary message over one connection: catches who leaves out the headers of the upgrade, or
//! ends the connection with the first answer.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteBackendProtocolWebSocket",
    requirement: "A client MUST be able to open a WebSocket to a port of a Service with appProtocol \
                  kubernetes.io/ws, and what is sent over it MUST arrive in both directions.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteBackendProtocolWebSocket],
    manifests: &["http-route/backends/backend-protocol-web-socket.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

/// The backend insists on one, as browsers send it.
const ORIGIN: Header = ("Origin", "ws://gateway/HTTPRouteBackendProtocolWebSocket");

const EXCHANGES: &[Exchange] = &[get("/ws").with(&[ORIGIN]).opens_websocket(&[
    Message::Text("a text for the backend"),
    Message::Binary(&[1, 2, 3, 4, 5, 6, 7]),
])];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backend-protocol-ws").under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
