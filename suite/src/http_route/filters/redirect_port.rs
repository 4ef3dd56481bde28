//! HTTPRoute: the filter `RequestRedirect` with a port.
//!
//! The port is neither that of the listener nor the well-known one, so it must be in the Location.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRedirectPort",
    requirement: "RequestRedirect with a port MUST answer with a Location of that port, and of \
                  the scheme and path of the request.",
    spec: "apis/v1/httproute_types.go#HTTPRequestRedirectFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRoutePortRedirect],
    manifests: &["http-route/filters/redirect-port.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/port").gives(redirect(302).port(8083)),
    get("/port-and-host").gives(redirect(302).port(8083).host("example.org")),
    get("/port-and-status").gives(redirect(301).port(8083)),
    get("/port-and-host-and-status").gives(redirect(302).port(8083).host("example.org")),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("redirect-port").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
