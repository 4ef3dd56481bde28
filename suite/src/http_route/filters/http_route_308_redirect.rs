//! HTTPRoute: the filter `RequestRedirect` with status 308.
//!
//! Catches who answers with 301, which lets a client change the method.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRoute308Redirect",
    requirement: "RequestRedirect with statusCode 308 MUST answer with 308, and a Location that \
                  keeps what it does not change.",
    spec: "apis/v1/httproute_types.go#HTTPRequestRedirectFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRoute308RedirectStatusCode],
    manifests: &["http-route/filters/http-route-308-redirect.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/permanent").gives(redirect(308))];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("308-redirect").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
