//! HTTPRoute: `rules[].matches[].headers`.
//!
//! The rules name headers in lower case and the requests do not. One rule wants two headers, two
//! rules have two matches each, and one request fits two rules with one header each.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteHeaderMatching",
    requirement: "All headers of a match MUST be in the request, by case-insensitive name and \
                  exact value; any match of a rule suffices; the match with more headers has \
                  precedence, and after that the earlier rule.",
    spec: "apis/v1/httproute_types.go#HTTPRouteMatch",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/matching/header-matching.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/").with(&[("Version", "one")]).reaches(INFRA_V1),
    get("/").with(&[("Version", "two")]).reaches(INFRA_V2),
    get("/").with(&[("Version", "two"), ("Color", "orange")]).reaches(INFRA_V1),
    get("/").with(&[("Version", "two"), ("Color", "blue")]).reaches(INFRA_V2),
    get("/").with(&[("Color", "orange")]).is(404),
    get("/").with(&[("Some-Other-Header", "one")]).is(404),
    get("/").with(&[("Color", "blue")]).reaches(INFRA_V1),
    get("/").with(&[("Color", "green")]).reaches(INFRA_V1),
    get("/").with(&[("Color", "red")]).reaches(INFRA_V2),
    get("/").with(&[("Color", "yellow")]).reaches(INFRA_V2),
    get("/").with(&[("Color", "purple")]).is(404),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("header-matching").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
