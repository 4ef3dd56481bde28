//! Gateway: listeners with both modes of TLS on one port, where that is not supported.
//!
//! Their hostnames differ, and each could be served without the other: catches who drops the second
//! one silently. Who claims to support both modes is not judged here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteListenerMixedTerminationNotSupported",
    requirement: "Where Terminate and Passthrough are not supported on one port, listeners that \
                  want them there MUST have Accepted=False with reason ProtocolConflict, and no \
                  supportedKinds.",
    spec: "apis/v1/gateway_types.go#ListenerReasonProtocolConflict",
    features: &[Feature::Gateway, Feature::TlsRoute, Feature::TlsRouteModeTerminate],
    manifests: &["listener/tls-route-listener-mixed-termination-not-supported.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const IN_CONFLICT: &[Condition] = &[Accepted.no(Reason::ProtocolConflict)];

const LISTENERS: &[ListenerExpectation] = &[
    listener("tls-terminate").without_kinds().with(IN_CONFLICT),
    listener("tls-passthrough").without_kinds().with(IN_CONFLICT),
];

async fn run(subject: &Subject) -> Verdict {
    if subject.claims(Feature::TlsRouteModeMixed) {
        return Ok(());
    }
    let gateway = subject.gateway_object("gateway-tlsroute-mixed-termination-not-supported");
    gateway.must_have_listeners(LISTENERS).await
}
