//! Gateway: a listener that allows a kind of route which does not exist.
//!
//! On one Gateway it is the only kind, so none is left; on the other HTTPRoute stands beside it and
//! must still be supported.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayInvalidRouteKind",
    requirement: "Kinds of routes that are not supported MUST NOT be among a listener's \
                  supportedKinds, the supported ones that it names MUST be, and its ResolvedRefs \
                  MUST be False with reason InvalidRouteKinds.",
    spec: "apis/v1/gateway_types.go#ListenerStatus",
    features: &[Feature::Gateway],
    manifests: &["listener/gateway-invalid-route-kind.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SOME_LEFT: ListenerExpectation =
    listener("http").with(&[ResolvedRefs.no(Reason::InvalidRouteKinds)]);
const NONE_LEFT: ListenerExpectation = SOME_LEFT.without_kinds();

async fn run(subject: &Subject) -> Verdict {
    let only_invalid = subject.gateway_object("gateway-only-invalid-route-kind");
    let both = subject.gateway_object("gateway-supported-and-invalid-route-kind");
    all_of([only_invalid.must_have_listeners(&[NONE_LEFT]), both.must_have_listeners(&[SOME_LEFT])])
        .await
}
