//! Gateway: the count of attached routes where one listener of two has one.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayWithAttachedRoutesWithPort8080",
    requirement: "attachedRoutes MUST be counted for each listener by itself: a route whose \
                  parentRef names one listener MUST NOT be counted at another one, on another port.",
    spec: "apis/v1/gateway_types.go#ListenerStatus",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::GatewayPort8080],
    manifests: &["listener/gateway-with-attached-routes-with-port-8080.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const READY: &[Condition] = &[Accepted.yes().for_any_reason(), ResolvedRefs.yes().for_any_reason()];
const LISTENERS: &[ListenerExpectation] =
    &[listener("http-unattached").with(READY), listener("http").attached(1).with(READY)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-with-two-listeners-and-one-attached-route");
    gateway.must_have_listeners(LISTENERS).await
}
