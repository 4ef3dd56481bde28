//! HTTPRoute: the filter `RequestRedirect` with a scheme.
//!
//! The port of the listener must not stay where the scheme changes.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRedirectScheme",
    requirement: "RequestRedirect with a scheme MUST answer with a Location of that scheme at its \
                  well-known port, and of the path of the request.",
    spec: "apis/v1/httproute_types.go#HTTPRequestRedirectFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteSchemeRedirect],
    manifests: &["http-route/filters/redirect-scheme.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/scheme").gives(redirect(302).scheme("https")),
    get("/scheme-and-host").gives(redirect(302).scheme("https").host("example.org")),
    get("/scheme-and-status").gives(redirect(301).scheme("https")),
    get("/scheme-and-host-and-status").gives(redirect(302).scheme("https").host("example.org")),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("redirect-scheme").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
