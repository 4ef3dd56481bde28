//! HTTPRoute: two routes that share a hostname.
//!
//! Their matches compete as if they were of one route, but for the hostname that only one of them
//! has, where the other's longer prefix must not count.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteMatchingAcrossRoutes",
    requirement: "Precedence of matches MUST be given across all rules of all routes that apply \
                  to a request's hostname: first the longer path prefix, then the match with \
                  more headers.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRule",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/matching/matching-across-routes.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/").host("example.com").reaches(INFRA_V1),
    get("/example").host("example.com").reaches(INFRA_V1),
    get("/example").host("example.net").reaches(INFRA_V1),
    get("/example").host("example.com").with(&[("Version", "one")]).reaches(INFRA_V1),
    get("/v2").host("example.com").reaches(INFRA_V2),
    get("/v2").host("example.net").reaches(INFRA_V1),
    get("/v2/example").host("example.com").reaches(INFRA_V2),
    get("/").host("example.com").with(&[("Version", "two")]).reaches(INFRA_V2),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    for name in ["matching-part1", "matching-part2"] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    }
    gateway.http().must_give(EXCHANGES).await
}
