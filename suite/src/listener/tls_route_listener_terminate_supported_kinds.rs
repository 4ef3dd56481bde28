//! Gateway: the kind of route that a listener with mode Terminate allows.
//!
//! No route is attached: catches who supports TLSRoute with mode Passthrough only.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteListenerTerminateSupportedKinds",
    requirement: "A listener with protocol TLS and mode Terminate that names TLSRoute MUST be \
                  accepted, and have it among its supportedKinds.",
    spec: "apis/v1/gateway_types.go#ListenerStatus",
    features: &[Feature::Gateway, Feature::TlsRoute, Feature::TlsRouteModeTerminate],
    manifests: &["listener/tls-route-listener-terminate-supported-kinds.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SUPPORTED: ListenerExpectation =
    listener("tls-terminate").with_kinds(&["TLSRoute"]).with(&[Accepted.yes()]);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-tlsroute-terminate-supported");
    gateway.must_have_listeners(&[SUPPORTED]).await
}
