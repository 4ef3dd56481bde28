//! HTTPRoute: a parentRef to a listener that the Gateway does not have.
//!
//! Its port is that of the one listener there is, so an implementation that looks at either of the
//! two attaches the route.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteInvalidParentRefNotMatchingSectionName",
    requirement: "A route whose parentRef names a listener that the Gateway does not have MUST \
                  have Accepted=False with reason NoMatchingParent, and MUST NOT be counted as \
                  attached.",
    spec: "apis/v1/shared_types.go#RouteReasonNoMatchingParent",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/attachment/invalid-parent-ref-not-matching-section-name.yaml"],
    exclusive: &["same-namespace"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").is(404)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("same-namespace");
    let route = subject.http_route("httproute-listener-not-matching-section-name").under(&gateway);

    route.must_be(&[Accepted.no(Reason::NoMatchingParent)]).await?;
    route.must_not_be_accepted().await?;

    route.should_repeat_parent_refs().await;
    let rule = "A request that only a route which is not accepted would match is answered 404.";
    let spec = "apis/v1/httproute_types.go#HTTPRouteRule";
    gateway.should_give(rule, spec, EXCHANGES).await?;
    // Last: whoever counts the route without right may do so a moment after its status.
    gateway.must_have_no_routes().await
}
