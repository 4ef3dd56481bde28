//! ListenerSet: routes of a Gateway and of two ListenerSets that add to it.
//!
//! All listeners have one port, and each has a hostname and no route of the others, so that a wrong answer
//! tells which route reached too far, or not far enough.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetHTTPRouting",
    requirement: "A route MUST be attached to the listeners of each Gateway and ListenerSet that its \
                  parentRefs name, or to the one listener of a sectionName, and MUST be served there \
                  and nowhere else: a ListenerSet's listeners are not those of its Gateway.",
    spec: "apis/v1/listenerset_types.go#ListenerSetSpec",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::ListenerSet],
    manifests: &["listener-set/http-routing.yaml"],
    sends: &[through("gateway-with-listener-sets-http-routing", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const ALL: &str = "/route";
const GATEWAY: &str = "/gateway-route";
const GATEWAY_SECTION: &str = "/gateway-section-route";
const SET_1: &str = "/listener-set-http-routing-1-route";
const SET_1_SECTION: &str = "/listener-set-http-routing-1-section-route";
const SET_2: &str = "/listener-set-http-routing-2-route";

const AT_GATEWAY_1: &str = "gateway-listener-1.com";
const AT_GATEWAY_2: &str = "gateway-listener-2.com";
const AT_SET_1_1: &str = "listener-set-http-routing-1-listener-1.com";
const AT_SET_1_2: &str = "listener-set-http-routing-1-listener-2.com";
const AT_SET_2_1: &str = "listener-set-http-routing-2-listener-1.com";
const AT_SET_2_2: &str = "listener-set-http-routing-2-listener-2.com";

const EXCHANGES: &[Exchange] = &[
    get(ALL).host(AT_GATEWAY_1).reaches(INFRA_V1),
    get(ALL).host(AT_GATEWAY_2).reaches(INFRA_V1),
    get(ALL).host(AT_SET_1_1).reaches(INFRA_V1),
    get(ALL).host(AT_SET_1_2).reaches(INFRA_V1),
    get(ALL).host(AT_SET_2_1).reaches(INFRA_V1),
    get(ALL).host(AT_SET_2_2).reaches(INFRA_V1),
    get(GATEWAY).host(AT_GATEWAY_1).reaches(INFRA_V2),
    get(GATEWAY).host(AT_GATEWAY_2).reaches(INFRA_V2),
    get(GATEWAY).host(AT_SET_1_1).is(404),
    get(GATEWAY).host(AT_SET_1_2).is(404),
    get(GATEWAY).host(AT_SET_2_1).is(404),
    get(GATEWAY).host(AT_SET_2_2).is(404),
    get(GATEWAY_SECTION).host(AT_GATEWAY_1).reaches(INFRA_V3),
    get(GATEWAY_SECTION).host(AT_GATEWAY_2).is(404),
    get(GATEWAY_SECTION).host(AT_SET_1_1).is(404),
    get(GATEWAY_SECTION).host(AT_SET_1_2).is(404),
    get(GATEWAY_SECTION).host(AT_SET_2_1).is(404),
    get(GATEWAY_SECTION).host(AT_SET_2_2).is(404),
    get(SET_1).host(AT_GATEWAY_1).is(404),
    get(SET_1).host(AT_GATEWAY_2).is(404),
    get(SET_1).host(AT_SET_1_1).reaches(INFRA_V2),
    get(SET_1).host(AT_SET_1_2).reaches(INFRA_V2),
    get(SET_1).host(AT_SET_2_1).is(404),
    get(SET_1).host(AT_SET_2_2).is(404),
    get(SET_1_SECTION).host(AT_GATEWAY_1).is(404),
    get(SET_1_SECTION).host(AT_GATEWAY_2).is(404),
    get(SET_1_SECTION).host(AT_SET_1_1).reaches(INFRA_V3),
    get(SET_1_SECTION).host(AT_SET_1_2).is(404),
    get(SET_1_SECTION).host(AT_SET_2_1).is(404),
    get(SET_1_SECTION).host(AT_SET_2_2).is(404),
    get(SET_2).host(AT_GATEWAY_1).is(404),
    get(SET_2).host(AT_GATEWAY_2).is(404),
    get(SET_2).host(AT_SET_1_1).is(404),
    get(SET_2).host(AT_SET_1_2).is(404),
    get(SET_2).host(AT_SET_2_1).reaches(INFRA_V2),
    get(SET_2).host(AT_SET_2_2).reaches(INFRA_V2),
];

const OF_SET_1: &[ListenerExpectation] = &[
    listener("listener-set-http-routing-1-listener-1").attached(3).ready(),
    listener("listener-set-http-routing-1-listener-2").attached(2).ready(),
];
const OF_SET_2: &[ListenerExpectation] = &[
    listener("listener-set-http-routing-2-listener-1").attached(2).ready(),
    listener("listener-set-http-routing-2-listener-2").attached(2).ready(),
];

const TO_ALL: &str = "attaches-to-all-listeners";

async fn run(subject: &Subject) -> Verdict {
    let gateway = "gateway-with-listener-sets-http-routing";
    subject.gateway_object(gateway).must_be_programmed().await?;
    let gateway = subject.gateway(gateway).await?;
    must_take(subject, &gateway, &[TO_ALL, "gateway-route", "gateway-section-route"]).await?;

    let (one, two) = ("listener-set-http-routing-1-route", "listener-set-http-routing-2-route");
    let section = "listener-set-http-routing-1-section-route";
    let set = subject.listener_set("listener-set-http-routing-1");
    must_take(subject, &set, &[TO_ALL, one, section]).await?;
    set.must_have_listeners(OF_SET_1).await?;
    let set = subject.listener_set("listener-set-http-routing-2");
    must_take(subject, &set, &[TO_ALL, two]).await?;
    set.must_have_listeners(OF_SET_2).await?;
    gateway.object().must_have_listener_sets(2).await?;
    gateway.http().must_give(EXCHANGES).await
}

async fn must_take<'s>(
    subject: &'s Subject,
    parent: &impl AsRef<Parent<'s>>,
    routes: &[&'static str],
) -> Verdict {
    for name in routes {
        let route = subject.http_route(name).under(parent);
        route.must_be(&[Accepted.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    Ok(())
}
