//! HTTPRoute: a parent in another namespace whose listener takes routes of its own only.
//!
//! The backend is fine, so that `ResolvedRefs` must not suffer from the refusal, and the Gateway
//! must not count the route.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteInvalidCrossNamespaceParentRef",
    requirement: "A route in a namespace that no listener's allowedRoutes permits MUST have \
                  Accepted=False with reason NotAllowedByListeners, and MUST NOT be counted as \
                  attached.",
    spec: "apis/v1/shared_types.go#RouteReasonNotAllowedByListeners",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/attachment/invalid-cross-namespace-parent-ref.yaml"],
    exclusive: &["same-namespace"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").is(404)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("same-namespace");
    let route = subject.http_route_in(WEB, "invalid-cross-namespace-parent-ref").under(&gateway);

    let refused = Accepted.no(Reason::NotAllowedByListeners);
    route.must_be(&[ResolvedRefs.yes(), refused]).await?;
    route.must_not_be_accepted().await?;

    let rule = "A request that only a route which is not accepted would match is answered 404.";
    let spec = "apis/v1/httproute_types.go#HTTPRouteRule";
    gateway.should_give(rule, spec, EXCHANGES).await?;
    // Last: whoever counts the route without right may do so a moment after its status.
    gateway.must_have_no_routes().await
}
