//! HTTPRoute: the filter `RequestRedirect` with a hostname.
//!
//! One rule names a status and the other leaves it to its default.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRedirectHostAndStatus",
    requirement: "RequestRedirect MUST answer with its statusCode, 302 if it has none, and a \
                  Location with its hostname and the scheme, port and path of the request.",
    spec: "apis/v1/httproute_types.go#HTTPRequestRedirectFilter",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/filters/redirect-host-and-status.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/hostname-redirect").gives(redirect(302).host("example.org")),
    get("/host-and-status").gives(redirect(301).host("example.org")),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("redirect-host-and-status").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
