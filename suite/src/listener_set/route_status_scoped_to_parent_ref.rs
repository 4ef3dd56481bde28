//! ListenerSet: what the status of a route calls its parent.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetRouteStatusScopedToParentRef",
    requirement: "A route's status MUST have an entry for the Gateway or the ListenerSet that its \
                  parentRef names, of that kind, and a route MUST be counted there alone: not at a \
                  ListenerSet of the Gateway that it names, nor the other way round.",
    spec: "apis/v1/shared_types.go#RouteStatus",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::ListenerSet],
    manifests: &["listener-set/route-status-scoped-to-parent-ref.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const LISTENERS: &[ListenerExpectation] =
    &[listener("listenerset-parentref-listener").attached(1).ready()];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-parentref");
    gateway.must_be_programmed().await?;

    let accepted = [Accepted.yes().for_any_reason()];
    let route = subject.http_route("route-parentref-gwonly").under(&gateway);
    route.must_be(&accepted).await?;
    route.must_name_parent(&accepted).await?;
    route.should_repeat_parent_refs().await;

    let set = subject.listener_set("listenerset-parentref");
    let route = subject.http_route("route-parentref-lsonly").under(&set);
    route.must_be(&[Accepted.yes()]).await?;
    route.must_name_parent(&accepted).await?;
    route.should_repeat_parent_refs().await;
    // Last: whoever counts the other route without right may do so a moment after its status.
    set.must_have_listeners(LISTENERS).await?;
    gateway.must_have_listener_sets(1).await
}
