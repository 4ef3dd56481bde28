//! UDPRoute: a backend in another namespace, without any ReferenceGrant.
//!
//! The Service does not exist either: who says so tells what is in a namespace that grants nothing.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "UDPRouteInvalidCrossNamespaceBackendRef",
    requirement: "A backendRef into another namespace without a ReferenceGrant MUST set \
                  ResolvedRefs to False with reason RefNotPermitted, whether or not there is such a \
                  backend, and the route MUST still be accepted.",
    spec: "apis/v1/shared_types.go#RouteReasonRefNotPermitted",
    features: &[Feature::Gateway, Feature::UdpRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/udp-route-invalid-cross-namespace-backend-ref.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let name = "udp-gateway-invalid-cross-namespace-backend-ref";
    subject.gateway_object(name).must_be_programmed().await?;
    let gateway = subject.gateway(name).await?;
    let route = subject.udp_route("udp-route-invalid-cross-namespace-backend-ref").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.no(Reason::RefNotPermitted)]).await
}
