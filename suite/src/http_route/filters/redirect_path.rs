//! HTTPRoute: the filter `RequestRedirect` with a path.
//!
//! Two requests have more elements than the prefix of their rule: they tell the two ways to change a
//! path from each other.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRedirectPath",
    requirement: "RequestRedirect with a path MUST answer with a Location whose path is the new \
                  one, or with ReplacePrefixMatch the new prefix and what follows the matched one \
                  in the request.",
    spec: "apis/v1/httproute_types.go#HTTPPathModifier",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRoutePathRedirect],
    manifests: &["http-route/filters/redirect-path.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/original-prefix/lemon").gives(redirect(302).path("/replacement-prefix/lemon")),
    get("/full/path/original").gives(redirect(302).path("/full-path-replacement")),
    get("/path-and-host").gives(redirect(302).host("example.org").path("/replacement-prefix")),
    get("/path-and-status").gives(redirect(301).path("/replacement-prefix")),
    get("/full-path-and-host").gives(redirect(302).host("example.org").path("/replacement-full")),
    get("/full-path-and-status").gives(redirect(301).path("/replacement-full")),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("redirect-path").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
