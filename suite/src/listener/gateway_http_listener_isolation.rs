//! Gateway: listeners whose hostnames lie within each other.
//!
//! Each listener has a route of its own for a path of its own, so that a wrong answer tells which
//! listener took the request. The routes of the second Gateway have hostnames, which reach beyond their
//! listener: who sorts routes by those alone fails there.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayHTTPListenerIsolation",
    requirement: "A request MUST be taken by the listener with the most specific hostname that \
                  matches it, and by no other: where none of the routes of that listener matches, \
                  it MUST be answered with 404.",
    spec: "apis/v1/gateway_types.go#GatewaySpec",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::GatewayHttpListenerIsolation],
    manifests: &["listener/gateway-http-listener-isolation.yaml"],
    sends: &[through(WITHOUT_HOSTNAMES, EXCHANGES), through(WITH_HOSTNAMES, EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const WITHOUT_HOSTNAMES: &str = "http-listener-isolation";
const WITH_HOSTNAMES: &str = "http-listener-isolation-with-hostname-intersection";

const EXCHANGES: &[Exchange] = &[
    get("/empty-hostname").host("bar.com").reaches(INFRA_V1),
    get("/wildcard-example-com").host("bar.com").is(404),
    get("/wildcard-foo-example-com").host("bar.com").is(404),
    get("/abc-foo-example-com").host("bar.com").is(404),
    get("/empty-hostname").host("bar.example.com").is(404),
    get("/wildcard-example-com").host("bar.example.com").reaches(INFRA_V1),
    get("/wildcard-foo-example-com").host("bar.example.com").is(404),
    get("/abc-foo-example-com").host("bar.example.com").is(404),
    get("/empty-hostname").host("bar.foo.example.com").is(404),
    get("/wildcard-example-com").host("bar.foo.example.com").is(404),
    get("/wildcard-foo-example-com").host("bar.foo.example.com").reaches(INFRA_V1),
    get("/abc-foo-example-com").host("bar.foo.example.com").is(404),
    get("/empty-hostname").host("abc.foo.example.com").is(404),
    get("/wildcard-example-com").host("abc.foo.example.com").is(404),
    get("/wildcard-foo-example-com").host("abc.foo.example.com").is(404),
    get("/abc-foo-example-com").host("abc.foo.example.com").reaches(INFRA_V1),
];

async fn run(subject: &Subject) -> Verdict {
    let without = [
        "attaches-to-empty-hostname",
        "attaches-to-wildcard-example-com",
        "attaches-to-wildcard-foo-example-com",
        "attaches-to-abc-foo-example-com",
    ];
    let with = [
        "attaches-to-empty-hostname-with-hostname-intersection",
        "attaches-to-wildcard-example-com-with-hostname-intersection",
        "attaches-to-wildcard-foo-example-com-with-hostname-intersection",
        "attaches-to-abc-foo-example-com-with-hostname-intersection",
    ];
    all_of([isolate(subject, WITHOUT_HOSTNAMES, without), isolate(subject, WITH_HOSTNAMES, with)])
        .await
}

async fn isolate(subject: &Subject, gateway: &'static str, routes: [&'static str; 4]) -> Verdict {
    subject.gateway_object(gateway).must_be_programmed().await?;

    let gateway = subject.gateway(gateway).await?;
    for name in routes {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    gateway.http().must_give(EXCHANGES).await
}
