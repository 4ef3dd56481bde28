//! HTTPRoute: listeners that differ in their hostname alone.
//!
//! The routes have no hostnames, so the listener decides; one route is attached to two listeners by
//! two parentRefs. `foo.bar.com` fits an exact and a wildcard listener.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteListenerHostnameMatching",
    requirement: "Requests MUST be assigned to the listener with the most specific hostname: \
                  exact before wildcard. A wildcard covers any number of labels, and not the \
                  bare domain; a hostname of no listener MUST be answered with 404.",
    spec: "apis/v1/gateway_types.go#GatewaySpec",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["listener/http-route-listener-hostname-matching.yaml"],
    sends: &[through("httproute-listener-hostname-matching", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/").host("bar.com").reaches(INFRA_V1),
    get("/").host("foo.bar.com").reaches(INFRA_V2),
    get("/").host("baz.bar.com").reaches(INFRA_V3),
    get("/").host("boo.bar.com").reaches(INFRA_V3),
    get("/").host("multiple.prefixes.bar.com").reaches(INFRA_V3),
    get("/").host("multiple.prefixes.foo.com").reaches(INFRA_V3),
    get("/").host("foo.com").is(404),
    get("/").host("no.matching.host").is(404),
];

async fn run(subject: &Subject) -> Verdict {
    let name = "httproute-listener-hostname-matching";
    subject.gateway_object(name).must_be_programmed().await?;

    let gateway = subject.gateway(name).await?;
    for name in ["backend-v1", "backend-v2", "backend-v3"] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    gateway.http().must_give(EXCHANGES).await
}
