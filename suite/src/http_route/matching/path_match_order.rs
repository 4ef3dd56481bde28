//! HTTPRoute: precedence of paths in one route.
//!
//! The rules stand in another order than that of their precedence, so an implementation that takes
//! the first one that matches fails.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRoutePathMatchOrder",
    requirement: "An exact path match MUST have precedence over prefix matches, and a longer \
                  prefix over a shorter one, in whatever order the rules stand.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRule",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/matching/path-match-order.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/match/exact/one").reaches(INFRA_V3),
    get("/match/exact").reaches(INFRA_V2),
    get("/match").reaches(INFRA_V1),
    get("/match/prefix/one/any").reaches(INFRA_V2),
    get("/match/prefix/any").reaches(INFRA_V1),
    get("/match/any").reaches(INFRA_V3),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("path-matching-order").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
