//! TCPRoute: a listener that takes HTTPRoutes only.
//!
//! The parentRef names the listener: catches who goes by the name alone, and who counts a route that it
//! refuses.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TCPRouteInvalidNonTCPListener",
    requirement: "A route on a listener that does not take its kind MUST have Accepted=False with \
                  reason NotAllowedByListeners, and MUST NOT be counted as attached.",
    spec: "apis/v1/shared_types.go#RouteReasonNotAllowedByListeners",
    features: &[Feature::Gateway, Feature::TcpRoute],
    manifests: &["tcp-route/invalid-non-tcp-listener.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("tcp-mixed-protocol-gateway");
    gateway.must_be_programmed().await?;

    let route = subject.tcp_route("tcp-route").under(&gateway);
    route.must_be(&[Accepted.no(Reason::NotAllowedByListeners)]).await?;
    gateway.must_have_no_routes().await
}
