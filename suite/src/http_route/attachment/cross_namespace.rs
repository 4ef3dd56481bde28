//! HTTPRoute: a route in another namespace than its Gateway.
//!
//! The Gateway selects namespaces by a label that its own does not have. The parent's entry in the
//! route's status must then name the Gateway's namespace.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteCrossNamespace",
    requirement: "A route in a namespace that a listener's allowedRoutes selects MUST be \
                  accepted, and its traffic forwarded to the backend in the route's own \
                  namespace.",
    spec: "apis/v1/gateway_types.go#RouteNamespaces",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/attachment/cross-namespace.yaml"],
    sends: &[through("backend-namespaces", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").reaches(WEB_BACKEND)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("backend-namespaces").await?;
    let route = subject.http_route_in(WEB, "cross-namespace").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
