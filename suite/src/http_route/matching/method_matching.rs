//! HTTPRoute: `rules[].matches[].method`.
//!
//! A method alone, with a path, with a header, and with both; a HEAD that no rule for GET takes; and
//! requests that fit two rules, of which the later one has precedence by its headers alone.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteMethodMatching",
    requirement: "A request MUST have the method of a match, which for GET does not include HEAD; \
                  the longer path has precedence, after that the match with a method, and after \
                  that the one with more headers.",
    spec: "apis/v1/httproute_types.go#HTTPRouteMatch",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteMethodMatching],
    manifests: &["http-route/matching/method-matching.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    request("POST", "/").reaches(INFRA_V1),
    get("/").reaches(INFRA_V2),
    request("HEAD", "/").is(404),
    get("/path1").reaches(INFRA_V1),
    request("PUT", "/").with(&[("Version", "one")]).reaches(INFRA_V2),
    request("POST", "/path2").with(&[("Version", "two")]).reaches(INFRA_V3),
    request("PATCH", "/path3").reaches(INFRA_V1),
    request("DELETE", "/path4").with(&[("Version", "three")]).reaches(INFRA_V1),
    request("PUT", "/").is(404),
    request("DELETE", "/path4").is(404),
    request("PATCH", "/path5").reaches(INFRA_V1),
    request("PATCH", "/").with(&[("Version", "four")]).reaches(INFRA_V2),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("method-matching").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
