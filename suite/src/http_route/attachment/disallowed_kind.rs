//! HTTPRoute: a parent whose listener takes another kind of route only.
//!
//! The backend is fine, so that `ResolvedRefs` must not suffer from the refusal, and the Gateway
//! must not count the route.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteDisallowedKind",
    requirement: "A route of a kind that no listener's allowedRoutes permits MUST have \
                  Accepted=False with reason NotAllowedByListeners, and MUST NOT be counted as \
                  attached.",
    spec: "apis/v1/gateway_types.go#AllowedRoutes",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::TlsRoute],
    manifests: &["http-route/attachment/disallowed-kind.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("tlsroutes-only");
    gateway.must_be_programmed().await?;
    let route = subject.http_route("disallowed-kind").under(&gateway);

    route.must_be(&[ResolvedRefs.yes(), Accepted.no(Reason::NotAllowedByListeners)]).await?;
    route.must_not_be_accepted().await?;
    route.should_repeat_parent_refs().await;
    // Last: whoever counts the route without right may do so a moment after its status.
    gateway.must_have_no_routes().await
}
