//! HTTPRoute: the filter `RequestRedirect` with status 303.
//!
//! The request is a POST, for which 303 is made: it is answered by a GET elsewhere.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRoute303Redirect",
    requirement: "RequestRedirect with statusCode 303 MUST answer with 303, and a Location that \
                  keeps what it does not change.",
    spec: "apis/v1/httproute_types.go#HTTPRequestRedirectFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRoute303RedirectStatusCode],
    manifests: &["http-route/filters/http-route-303-redirect.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[request("POST", "/see-other").gives(redirect(303))];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("303-redirect").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
