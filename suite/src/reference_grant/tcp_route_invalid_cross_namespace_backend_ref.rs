//! TCPRoute: a backend in another namespace, without any ReferenceGrant.
//!
//! The Service exists and answers, so an implementation that asks for no grant has nothing to say against it.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TCPRouteInvalidCrossNamespaceBackendRef",
    requirement: "A backendRef into another namespace without a ReferenceGrant MUST set \
                  ResolvedRefs to False with reason RefNotPermitted, and the route MUST still be \
                  accepted.",
    spec: "apis/v1/shared_types.go#RouteReasonRefNotPermitted",
    features: &[Feature::Gateway, Feature::TcpRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/tcp-route-invalid-cross-namespace-backend-ref.yaml"],
    sends: &[streams_through("tcp-invalid-cross-namespace-backend-ref-gateway", REFUSED)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const REFUSED: &[Conversation] = &[tcp("tcp").reaches_nobody()];

async fn run(subject: &Subject) -> Verdict {
    let name = "tcp-invalid-cross-namespace-backend-ref-gateway";
    subject.gateway_object(name).must_be_programmed().await?;
    let gateway = subject.gateway(name).await?;
    let route = subject.tcp_route("tcp-invalid-cross-namespace-backend-ref").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.no(Reason::RefNotPermitted)]).await?;

    let rule = "Connections to a backend that the route may not refer to are rejected.";
    gateway.streams().should_give(rule, "apis/v1/tcproute_types.go#TCPRouteRule", REFUSED).await
}
