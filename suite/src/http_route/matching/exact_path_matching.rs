//! HTTPRoute: `rules[].matches[].path` of type `Exact`.
//!
//! Catches who matches prefixes, ignores a trailing slash, or ignores case.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteExactPathMatching",
    requirement: "An exact path match on /abc MUST match requests to /abc only: not /abc/, not \
                  /Abc, not /abcd.",
    spec: "apis/v1/httproute_types.go#PathMatchExact",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/matching/exact-path-matching.yaml"],
    sends: &[through("same-namespace", EXCHANGES), through("same-namespace", LONGER)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/one").reaches(INFRA_V1),
    get("/two").reaches(INFRA_V2),
    get("/").is(404),
    get("/one/example").is(404),
    get("/two/").is(404),
    get("/Two").is(404),
];

const LONGER: &[Exchange] = &[get("/ones").is(404)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("exact-matching").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await?;
    gateway.http().should_give(TEST.requirement, TEST.spec, LONGER).await
}
