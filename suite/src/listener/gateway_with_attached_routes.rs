//! Gateway: the count of attached routes.
//!
//! The second Gateway has two routes that are accepted and one that is not, since its hostname is
//! another: counting every route that names the Gateway gives three. The listener of the third has
//! no certificate, and its route no backend: it is attached all the same.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayWithAttachedRoutes",
    requirement: "attachedRoutes MUST be the number of accepted routes that are attached to the \
                  listener, whatever the state of the listener; routes that are not accepted \
                  MUST NOT be counted.",
    spec: "apis/v1/gateway_types.go#ListenerStatus",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["listener/gateway-with-attached-routes.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const READY: &[Condition] = &[Accepted.yes().for_any_reason(), ResolvedRefs.yes().for_any_reason()];
const ONE: ListenerExpectation = listener("http").attached(1).with(READY);
const TWO: ListenerExpectation = listener("http").attached(2).with(READY);
const UNRESOLVED: ListenerExpectation = listener("tls")
    .attached(1)
    .with(&[Programmed.no_for_any_reason(), ResolvedRefs.no_for_any_reason()]);

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("gateway-with-one-attached-route").must_have_listeners(&[ONE]).await?;

    let two = subject.gateway_object("gateway-with-two-attached-routes");
    // Before it was looked at, a count without it is right by chance.
    let other = subject.http_route("http-route-not-accepted").under(&two);
    other.must_be(&[Accepted.no(Reason::NoMatchingListenerHostname)]).await?;
    two.must_have_only_listeners(&[TWO]).await?;

    let third = "unresolved-gateway-with-one-attached-unresolved-route";
    let unresolved = subject.gateway_object(third);
    unresolved.must_have_listeners(&[UNRESOLVED]).await?;
    let route = subject.http_route("http-route-4").under(&unresolved);
    route.must_be(&[ResolvedRefs.no_for_any_reason()]).await?;

    let rule = "A backendRef to a Service that does not exist has the reason BackendNotFound.";
    let spec = "apis/v1/httproute_types.go#HTTPBackendRef";
    route.should_be(rule, spec, &[ResolvedRefs.no(Reason::BackendNotFound)]).await;
    route.should_repeat_parent_refs().await;
    Ok(())
}
