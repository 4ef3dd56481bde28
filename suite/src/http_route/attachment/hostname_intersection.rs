//! HTTPRoute: hostnames of a route and of the listeners that it is attached to.
//!
//! Each route has a path of its own, so that a wrong answer tells which intersection was computed
//! wrongly. The routes also list hostnames outside of every listener, and a bare domain where only
//! its wildcard is served.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteHostnameIntersection",
    requirement: "A route MUST be attached to a listener only if a hostname of both intersects, \
                  and serve the intersection alone; a wildcard covers any number of labels but \
                  not the bare domain. Without an intersection Accepted MUST be False with \
                  reason NoMatchingListenerHostname. The port in the Host header MUST be ignored \
                  for matching and forwarded.",
    spec: "apis/v1/httproute_types.go#HTTPRouteSpec",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/attachment/hostname-intersection.yaml"],
    sends: &[
        through("httproute-hostname-intersection", INTERSECTING),
        through("httproute-hostname-intersection", DISJOINT),
        through("httproute-hostname-intersection-all", UNRESTRICTED),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const ROUTES: [&str; 4] = [
    "specific-host-matches-listener-specific-host",
    "specific-host-matches-listener-wildcard-host",
    "wildcard-host-matches-listener-specific-host",
    "wildcard-host-matches-listener-wildcard-host",
];

const INTERSECTING: &[Exchange] = &[
    get("/s1").host("very.specific.com").reaches(INFRA_V1),
    get("/s1").host("very.specific.com:1234").reaches(INFRA_V1),
    get("/s1").host("non.matching.com").is(404),
    get("/s1").host("foo.nonmatchingwildcard.io").is(404),
    get("/s1").host("foo.wildcard.io").is(404),
    get("/s2").host("foo.wildcard.io").reaches(INFRA_V2),
    get("/s2").host("bar.wildcard.io").reaches(INFRA_V2),
    get("/s2").host("foo.bar.wildcard.io").reaches(INFRA_V2),
    get("/s2").host("non.matching.com").is(404),
    get("/s2").host("wildcard.io").is(404),
    get("/s2").host("very.specific.com").is(404),
    get("/s3").host("very.specific.com").reaches(INFRA_V3),
    get("/s3").host("non.matching.com").is(404),
    get("/s3").host("foo.specific.com").is(404),
    get("/s3").host("foo.wildcard.io").is(404),
    get("/s4").host("foo.anotherwildcard.io").reaches(INFRA_V1),
    get("/s4").host("bar.anotherwildcard.io").reaches(INFRA_V1),
    get("/s4").host("foo.bar.anotherwildcard.io").reaches(INFRA_V1),
    get("/s4").host("anotherwildcard.io").is(404),
    get("/s4").host("foo.wildcard.io").is(404),
    get("/s4").host("very.specific.com").is(404),
    get("/non-matching-prefix").host("very.specific.com").is(404),
    get("/non-matching-prefix").host("foo.wildcard.io").is(404),
    get("/non-matching-prefix").host("foo.anotherwildcard.io").is(404),
];

const DISJOINT: &[Exchange] =
    &[get("/s5").host("specific.but.wrong.com").is(404), get("/s5").host("wildcard.io").is(404)];

const READY: &[Condition] = &[Accepted.yes().for_any_reason(), ResolvedRefs.yes().for_any_reason()];

/// The route that is not accepted would have been at the second listener.
const LISTENERS: &[ListenerExpectation] = &[
    listener("listener-1").attached(2).with(READY),
    listener("listener-2").attached(1).with(READY),
    listener("listener-3").attached(1).with(READY),
];

const UNRESTRICTED: &[Exchange] = &[
    get("/").host("first.com").reaches(INFRA_V2),
    get("/").host("sub.first.com").reaches(INFRA_V2),
    get("/").host("second.com").reaches(INFRA_V2),
    get("/").host("sub.second.com").reaches(INFRA_V2),
    get("/").host("third.com").is(404),
    get("/").host("sub.third.com").is(404),
];

async fn run(subject: &Subject) -> Verdict {
    let all_hosts = "httproute-hostname-intersection-all";
    subject.gateway_object("httproute-hostname-intersection").must_be_programmed().await?;
    subject.gateway_object(all_hosts).must_be_programmed().await?;

    let gateway = subject.gateway("httproute-hostname-intersection").await?;
    for name in ROUTES {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    }
    gateway.http().must_give(INTERSECTING).await?;

    let disjoint = subject.http_route("no-intersecting-hosts").under(&gateway);
    disjoint.must_name_parent(&[Accepted.no(Reason::NoMatchingListenerHostname)]).await?;
    gateway.http().must_give(DISJOINT).await?;
    gateway.object().must_have_listeners(LISTENERS).await?;

    let gateway = subject.gateway(all_hosts).await?;
    let route = subject.http_route(all_hosts).under(&gateway);
    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(UNRESTRICTED).await
}
