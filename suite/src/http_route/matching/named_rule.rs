//! HTTPRoute: `rules[].name`.
//!
//! A rule with a name and one without: catches who refuses or leaves out the former.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteNamedRule",
    requirement: "A rule with a name MUST be served like one without.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRule",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteNamedRouteRule],
    manifests: &["http-route/matching/named-rule.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] =
    &[get("/named").reaches(ANY_BACKEND), get("/unnamed").reaches(ANY_BACKEND)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("http-named-rules").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
