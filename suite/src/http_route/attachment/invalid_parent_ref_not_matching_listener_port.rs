//! HTTPRoute: a parentRef to a port on which the Gateway has no listener.
//!
//! The route's backend is right, so `ResolvedRefs` is True: who sets conditions of accepted routes
//! alone fails here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteInvalidParentRefNotMatchingListenerPort",
    requirement: "A route whose parentRef has a port on which the Gateway has no listener MUST \
                  have Accepted=False with reason NoMatchingParent, and MUST NOT be counted as \
                  attached; its ResolvedRefs MUST be True where its references resolve.",
    spec: "apis/v1/shared_types.go#RouteReasonNoMatchingParent",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteDestinationPortMatching],
    manifests: &["http-route/attachment/invalid-parent-ref-not-matching-listener-port.yaml"],
    exclusive: &["same-namespace"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").is(404)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("same-namespace");
    let route = subject.http_route("httproute-listener-not-matching-route-port").under(&gateway);

    route.must_be(&[ResolvedRefs.yes(), Accepted.no(Reason::NoMatchingParent)]).await?;
    route.must_not_be_accepted().await?;

    route.should_repeat_parent_refs().await;
    let rule = "A request that only a route which is not accepted would match is answered 404.";
    let spec = "apis/v1/httproute_types.go#HTTPRouteRule";
    gateway.should_give(rule, spec, EXCHANGES).await?;
    // Last: whoever counts the route without right may do so a moment after its status.
    gateway.must_have_no_routes().await
}
