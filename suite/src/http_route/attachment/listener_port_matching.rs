//! HTTPRoute: parentRefs that choose listeners by their port.
//!
//! On port 8080 one parentRef means two listeners, which differ in their hostname. On port 8090 the
//! other parentRef names one of two, so who looks at the port alone serves `bar.com` there too.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteListenerPortMatching",
    requirement: "A route whose parentRef has a port MUST be attached to all listeners on that \
                  port and to no other; if it has a sectionName too, to the listener of both alone.",
    spec: "apis/v1/shared_types.go#ParentReference",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteParentRefPort],
    manifests: &["http-route/attachment/listener-port-matching.yaml"],
    sends: &[
        through(GATEWAY, ON_80).at("listener-1"),
        through(GATEWAY, ON_8080).at("listener-2"),
        through(GATEWAY, ON_8090).at("listener-4"),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GATEWAY: &str = "httproute-listener-port-matching";

const ON_80: &[Exchange] = &[get("/").host("foo.com").reaches(INFRA_V1)];
const ON_8080: &[Exchange] = &[
    get("/").host("foo.com:8080").reaches(INFRA_V2),
    get("/").host("bar.com:8080").reaches(INFRA_V2),
];
const ON_8090: &[Exchange] =
    &[get("/").host("foo.com:8090").reaches(INFRA_V3), get("/").host("bar.com:8090").is(404)];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object(GATEWAY).must_be_programmed().await?;

    let gateway = subject.gateway(GATEWAY).await?;
    for name in ["backend-v1", "backend-v2", "backend-v3"] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    let (first, second) = (gateway.http_at("listener-1")?, gateway.http_at("listener-2")?);
    let fourth = gateway.http_at("listener-4")?;
    all_of([first.must_give(ON_80), second.must_give(ON_8080), fourth.must_give(ON_8090)]).await
}
