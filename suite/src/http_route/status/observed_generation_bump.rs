//! HTTPRoute: `observedGeneration` follows the spec.
//!
//! Only the backend changes, so that every condition stays what it was: an implementation that
//! writes a condition only when its status changes leaves the old generation behind.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteObservedGenerationBump",
    requirement: "After each change of a route's spec, the observedGeneration of every one of \
                  its conditions MUST become the route's new generation.",
    spec: "apis/v1/shared_types.go#RouteParentStatus",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/status/observed-generation-bump.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let clock = subject.clock(Limit::LatestObservedGenerationSet);
    let gateway = subject.gateway_object("same-namespace");
    let route = subject.http_route("observed-generation-bump").under(&gateway);
    route.may_be_reported().await?;
    route.must_be_current().await?;

    let other = json!("infra-backend-v2");
    route.change_rules(|rules| rules[0]["backendRefs"][0]["name"] = other).await?;
    route.must_be(&[Accepted.yes().for_any_reason(), ResolvedRefs.yes()]).await?;
    route.must_be_current().await?;
    clock.must_not_be_over()
}
