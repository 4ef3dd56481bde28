//! Gateway: a listener with protocol TLS and mode Terminate, where that is not supported.
//!
//! It has all that it would need: catches who accepts a listener that will not be served. Who claims to
//! support the mode is not judged here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteListenerTerminateNotSupported",
    requirement: "Where mode Terminate is not supported with protocol TLS, a listener that wants \
                  it MUST have Accepted=False with reason UnsupportedValue, and no supportedKinds.",
    spec: "apis/v1/gateway_types.go#ListenerReasonUnsupportedValue",
    features: &[Feature::Gateway, Feature::TlsRoute],
    manifests: &["listener/tls-route-listener-terminate-not-supported.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const UNSUPPORTED: ListenerExpectation =
    listener("tls-terminate").without_kinds().with(&[Accepted.no(Reason::UnsupportedValue)]);

async fn run(subject: &Subject) -> Verdict {
    if subject.claims(Feature::TlsRouteModeTerminate) {
        return Ok(());
    }
    let gateway = subject.gateway_object("gateway-tlsroute-terminate-unsupported");
    gateway.must_have_listeners(&[UNSUPPORTED]).await
}
