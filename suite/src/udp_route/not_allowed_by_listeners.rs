//! UDPRoute: a listener of protocol TLS.
//!
//! The listener restricts no kinds, so that its protocol alone says which it takes: catches who reads
//! `allowedRoutes` only, and who counts a route that it refuses.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "UDPRouteNotAllowedByListeners",
    requirement: "A route on a listener whose protocol does not take its kind MUST have \
                  Accepted=False with reason NotAllowedByListeners, and MUST NOT be counted as \
                  attached.",
    spec: "apis/v1/shared_types.go#RouteReasonNotAllowedByListeners",
    features: &[Feature::Gateway, Feature::UdpRoute],
    manifests: &["udp-route/not-allowed-by-listeners.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    // As in the Go suite: who does not support TLSRoutes need not support the listener.
    if !subject.claims(Feature::TlsRoute) {
        return Ok(());
    }
    let gateway = subject.gateway_object("udproute-tls-only-gateway");
    gateway.must_be_programmed().await?;

    let route = subject.udp_route("udproute-not-allowed-by-listeners").under(&gateway);
    route.must_be(&[Accepted.no(Reason::NotAllowedByListeners)]).await?;
    gateway.must_have_no_routes().await
}
