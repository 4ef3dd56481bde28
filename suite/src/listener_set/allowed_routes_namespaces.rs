//! ListenerSet: the namespaces from which its listeners take routes.
//!
//! Three listeners differ in what they allow; three routes from as many namespaces name the whole
//! ListenerSet, so each must be taken by some of the listeners. Another ListenerSet is in a namespace of its
//! own, where Same could be mistaken for that of the Gateway.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetAllowedRoutesNamespaces",
    requirement: "A listener of a ListenerSet MUST take the routes of the namespaces that it \
                  allows and no others, where Same is the namespace of the ListenerSet; a route \
                  that none takes MUST have Accepted=False with reason NotAllowedByListeners.",
    spec: "apis/v1/listenerset_types.go#ListenerEntry",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::ListenerSet,
        Feature::ReferenceGrant,
    ],
    manifests: &["listener-set/allowed-routes-namespaces.yaml"],
    sends: &[through(GATEWAY, OF_NAMESPACES), through(GATEWAY, OF_CROSS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GATEWAY: &str = "gateway-with-listener-sets-test-allowed-routes";
const SELECTED: &str = "gateway-api-routes-allowed-ns";
const NOT_SELECTED: &str = "gateway-api-routes-not-allowed-ns";
const CROSS: &str = "gateway-api-ls-cross-ns";

const AT_ALL: &str = "listener-set-listener-allowed-routes-all.com";
const AT_SAME: &str = "listener-set-listener-allowed-routes-same.com";
const AT_SELECTOR: &str = "listener-set-listener-allowed-routes-selector.com";
const AT_CROSS: &str = "listener-set-listener-allowed-routes-cross-ns-same.com";

const OF_NAMESPACES: &[Exchange] = &[
    get("/route-in-same-namespace").host(AT_ALL).reaches(INFRA_V1),
    get("/route-in-selected-namespace").host(AT_ALL).reaches(INFRA_V2),
    get("/route-not-in-selected-namespace").host(AT_ALL).reaches(INFRA_V3),
    get("/route-in-same-namespace").host(AT_SAME).reaches(INFRA_V1),
    get("/route-in-selected-namespace").host(AT_SAME).is(404),
    get("/route-not-in-selected-namespace").host(AT_SAME).is(404),
    get("/route-in-same-namespace").host(AT_SELECTOR).is(404),
    get("/route-in-selected-namespace").host(AT_SELECTOR).reaches(INFRA_V2),
    get("/route-not-in-selected-namespace").host(AT_SELECTOR).is(404),
];
const OF_CROSS: &[Exchange] = &[
    get("/route-in-listenerset-namespace").host(AT_CROSS).reaches(INFRA_V1),
    get("/route-in-gateway-namespace").host(AT_CROSS).is(404),
];

const LISTENERS: &[ListenerExpectation] = &[
    listener("listener-set-listener-allowed-routes-all").attached(3).ready(),
    listener("listener-set-listener-allowed-routes-same").attached(1).ready(),
    listener("listener-set-listener-allowed-routes-selector").attached(1).ready(),
];
const CROSS_LISTENERS: &[ListenerExpectation] =
    &[listener("listener-set-listener-allowed-routes-cross-ns-same").attached(1).ready()];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object(GATEWAY).must_be_programmed().await?;
    let gateway = subject.gateway(GATEWAY).await?;

    let set = subject.listener_set("listenerset-test-allowed-routes-namespaces");
    for route in [
        subject.http_route("route-in-same-namespace"),
        subject.http_route_in(SELECTED, "route-in-selected-namespace"),
        subject.http_route_in(NOT_SELECTED, "route-not-in-selected-namespace"),
    ] {
        route.under(&set).must_be(&[Accepted.yes()]).await?;
    }
    set.must_have_listeners(LISTENERS).await?;
    gateway.http().must_give(OF_NAMESPACES).await?;

    let cross = subject.listener_set_in(CROSS, "listenerset-test-allowed-routes-cross-ns");
    let inside = subject.http_route_in(CROSS, "route-in-listenerset-namespace").under(&cross);
    inside.must_be(&[Accepted.yes()]).await?;
    let outside = subject.http_route("route-in-gateway-namespace").under(&cross);
    outside.must_be(&[Accepted.no(Reason::NotAllowedByListeners)]).await?;
    cross.must_have_listeners(CROSS_LISTENERS).await?;
    gateway.object().must_have_listener_sets(2).await?;
    gateway.http().must_give(OF_CROSS).await
}
