//! ListenerSet: a route that names a listener of a ListenerSet, and its Gateway as the parent.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetGatewayParentSectionNameNotFound",
    requirement: "A route whose parentRef names a Gateway MUST find the Gateway's own listeners only: \
                  with a sectionName that only one of its ListenerSets has, it MUST have \
                  Accepted=False with reason NoMatchingParent, and MUST NOT be served.",
    spec: "apis/v1/listenerset_types.go#ListenerEntry",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::ListenerSet],
    manifests: &["listener-set/gateway-parent-section-name-not-found.yaml"],
    sends: &[through("gateway-section-name", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/goodsection").host("ls-section-name.com").reaches(INFRA_V1),
    get("/badsection").host("gw-section.com").is(404),
];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("gateway-section-name").must_be_programmed().await?;
    let gateway = subject.gateway("gateway-section-name").await?;
    let set = subject.listener_set("listenerset-section-name");

    let route = subject.http_route("route-via-listenerset").under(&set);
    route.must_be(&[Accepted.yes()]).await?;
    route.should_repeat_parent_refs().await;
    let route = subject.http_route("route-via-gateway").under(&gateway);
    route.must_be(&[Accepted.no(Reason::NoMatchingParent)]).await?;
    route.should_repeat_parent_refs().await;
    gateway.object().must_have_listener_sets(1).await?;
    gateway.http().must_give(EXCHANGES).await
}
