//! TCPRoute: a backend that does not exist.
//!
//! Catches who says nothing of the route until the Service is there.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TCPRouteInvalidBackendRefNonexistent",
    requirement: "A backendRef to a Service that does not exist MUST set ResolvedRefs to False \
                  with reason BackendNotFound.",
    spec: "apis/v1/shared_types.go#RouteReasonBackendNotFound",
    features: &[Feature::Gateway, Feature::TcpRoute],
    manifests: &["tcp-route/invalid-backend-ref-nonexistent.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("tcp-gateway-invalid-backend");
    gateway.must_be_programmed().await?;

    let route = subject.tcp_route("tcp-route-invalid-backend-ref-nonexistent").under(&gateway);
    route.must_be(&[ResolvedRefs.no(Reason::BackendNotFound)]).await
}
