//! HTTPRoute: a parentRef to a listener that is on another port than the parentRef says.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteInvalidParentRefSectionNameNotMatchingPort",
    requirement: "A route whose parentRef has the name of one listener and the port of none MUST \
                  have Accepted=False with reason NoMatchingParent, and MUST NOT be counted as \
                  attached: both must match.",
    spec: "apis/v1/shared_types.go#ParentReference",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteParentRefPort],
    manifests: &["http-route/attachment/invalid-parent-ref-section-name-not-matching-port.yaml"],
    sends: &[through(GATEWAY, EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const GATEWAY: &str = "gateway-with-one-not-matching-port-and-section-name-route";

const EXCHANGES: &[Exchange] = &[get("/").is(404)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object(GATEWAY);
    let name = "httproute-listener-section-name-not-matching-port";
    let route = subject.http_route(name).under(&gateway);

    route.must_be(&[Accepted.no(Reason::NoMatchingParent)]).await?;
    route.must_not_be_accepted().await?;

    route.should_repeat_parent_refs().await;
    let rule = "A request that only a route which is not accepted would match is answered 404.";
    let spec = "apis/v1/httproute_types.go#HTTPRouteRule";
    gateway.should_give(rule, spec, EXCHANGES).await?;
    // Last: whoever counts the route without right may do so a moment after its status.
    gateway.must_have_no_routes().await
}
