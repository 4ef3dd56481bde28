//! ListenerSet: routes with a Gateway and one of its ListenerSets as parents.
//!
//! One of them names a listener that the ListenerSet has and the Gateway has not: who judges the two
//! parentRefs together accepts both, or neither.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetDualParentRefIndependence",
    requirement: "parentRefs to a Gateway and to one of its ListenerSets MUST be judged each by \
                  itself: one that is not accepted, with reason NoMatchingParent, MUST NOT keep \
                  the other from being accepted, counted and served.",
    spec: "apis/v1/shared_types.go#RouteStatus",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::ListenerSet],
    manifests: &["listener-set/dual-parent-ref-independence.yaml"],
    sends: &[through("gateway-dual-parentref", BOTH), through("gateway-dual-parentref", ONE)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const BOTH: &[Exchange] = &[
    get("/dualboth").host("gw-dual.com").reaches(INFRA_V1),
    get("/dualboth").host("ls-dual.com").reaches(INFRA_V1),
];
const ONE: &[Exchange] = &[
    get("/dualone").host("ls-dual.com").reaches(INFRA_V2),
    get("/dualone").host("gw-dual.com").is(404),
];

const LISTENERS: &[ListenerExpectation] =
    &[listener("ls-dual-parentref-listener").attached(2).ready()];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("gateway-dual-parentref").must_be_programmed().await?;
    let gateway = subject.gateway("gateway-dual-parentref").await?;
    let set = subject.listener_set("ls-dual-parentref");
    set.must_have_listeners(LISTENERS).await?;
    gateway.object().must_have_listener_sets(1).await?;

    let accepted = [Accepted.yes().for_any_reason()];
    let both = subject.http_route("route-dual-parentref-both");
    let (at_gateway, at_set) = (both.clone().under(&gateway), both.under(&set));
    at_gateway.must_be(&accepted).await?;
    at_set.must_be(&accepted).await?;
    at_set.should_repeat_parent_refs().await;
    gateway.http().must_give(BOTH).await?;

    let one = subject.http_route("route-dual-parentref-one");
    let (at_gateway, at_set) = (one.clone().under(&gateway), one.under(&set));
    at_gateway.must_be(&[Accepted.no(Reason::NoMatchingParent)]).await?;
    at_set.must_be(&[Accepted.yes()]).await?;
    at_set.should_repeat_parent_refs().await;
    gateway.http().must_give(ONE).await
}
