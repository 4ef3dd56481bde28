//! HTTPRoute: `rules[].matches[].queryParams`.
//!
//! Parameters alone, with a path, with a header, and with both; two at once, and two of which either
//! suffices; names and values that differ by their case; requests that fit two rules. The query must
//! reach the backend as it was sent.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteQueryParamMatching",
    requirement: "All query parameters of a match MUST be in the request, by exact name and exact \
                  value; others do not count; the longer path has precedence, after that the \
                  match with more headers, and after that the one with more query parameters.",
    spec: "apis/v1/httproute_types.go#HTTPQueryParamMatch",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteQueryParamMatching],
    manifests: &["http-route/matching/query-param-matching.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/?animal=whale").reaches(INFRA_V1),
    get("/?animal=dolphin").reaches(INFRA_V2),
    get("/?animal=dolphin&color=blue").reaches(INFRA_V3),
    get("/?ANIMAL=Whale").reaches(INFRA_V3),
    get("/?animal=whale&otherparam=irrelevant").reaches(INFRA_V1),
    get("/?animal=dolphin&color=yellow").reaches(INFRA_V2),
    get("/?color=blue").is(404),
    get("/?animal=dog").is(404),
    get("/?animal=whaledolphin").is(404),
    get("/").is(404),
    get("/path1?animal=whale").reaches(INFRA_V1),
    get("/?animal=whale").with(&[("Version", "one")]).reaches(INFRA_V2),
    get("/path2?animal=whale").with(&[("Version", "two")]).reaches(INFRA_V3),
    get("/path3?animal=shark").reaches(INFRA_V1),
    get("/path4?animal=kraken").with(&[("Version", "three")]).reaches(INFRA_V1),
    get("/?animal=shark").is(404),
    get("/path4?animal=kraken").is(404),
    get("/path5?animal=hydra").reaches(INFRA_V1),
    get("/?animal=hydra").with(&[("Version", "four")]).reaches(INFRA_V3),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("query-param-matching").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
