//! Gateway: kinds of routes that a listener with mode Passthrough allows.
//!
//! TCPRoute stands before TLSRoute: catches who takes the first kind only, or drops both for the one.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteListenerPassthroughSupportedKinds",
    requirement: "A listener with mode Passthrough MUST have TLSRoute among its supportedKinds if \
                  it names it; where it names TCPRoute too, which it does not support, \
                  ResolvedRefs MUST be False with reason InvalidRouteKinds.",
    spec: "apis/v1/gateway_types.go#ListenerStatus",
    features: &[Feature::Gateway, Feature::TlsRoute],
    manifests: &["listener/tls-route-listener-passthrough-supported-kinds.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const ONE_LEFT: ListenerExpectation = listener("tls-passthrough")
    .with_kinds(&["TLSRoute"])
    .with(&[ResolvedRefs.no(Reason::InvalidRouteKinds)]);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-tlsroute-passthrough-supported-kind");
    gateway.must_have_listeners(&[ONE_LEFT]).await
}
