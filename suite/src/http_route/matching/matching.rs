//! HTTPRoute: prefix and header matches of two rules.
//!
//! Each rule matches a prefix or a header. `/v2example` has `/v2` as its first letters but not as a
//! path element, and `/foo/v2/example` has it elsewhere than at the start.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteMatching",
    requirement: "A path prefix MUST be matched by whole path elements, a trailing slash in the \
                  request ignored; any match of a rule suffices; the longer prefix has \
                  precedence, and after that the match with more headers.",
    spec: "apis/v1/httproute_types.go#PathMatchPathPrefix",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/matching/matching.yaml"],
    sends: &[through("same-namespace", EXCHANGES), through("same-namespace", OTHER_CASE)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/").reaches(INFRA_V1),
    get("/example").reaches(INFRA_V1),
    get("/").with(&[("Version", "one")]).reaches(INFRA_V1),
    get("/v2").reaches(INFRA_V2),
    get("/v2/example").reaches(INFRA_V2),
    get("/").with(&[("Version", "two")]).reaches(INFRA_V2),
    get("/v2/").reaches(INFRA_V2),
    get("/v2example").reaches(INFRA_V1),
    get("/foo/v2/example").reaches(INFRA_V1),
];

const OTHER_CASE: &[Exchange] = &[get("/V2").reaches(INFRA_V1)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("matching").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await?;

    let rule = "A path prefix is matched with regard to case.";
    gateway.http().should_give(rule, TEST.spec, OTHER_CASE).await
}
