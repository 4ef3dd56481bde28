//! HTTPRoute: a backend that does not exist.
//!
//! Catches who waits for the Service, answers 404 or 503 for it, or does not accept the route.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteInvalidNonExistentBackendRef",
    requirement: "A backendRef to a Service that does not exist MUST set ResolvedRefs to False \
                  with reason BackendNotFound, and its traffic MUST receive a 500.",
    spec: "apis/v1/shared_types.go#RouteReasonBackendNotFound",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/backends/invalid-non-existent-backend-ref.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").is(500)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("invalid-nonexistent-backend-ref").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.no(Reason::BackendNotFound)]).await?;
    gateway.http().must_give(EXCHANGES).await?;
    route.should_explain(ResolvedRefs, "nonexistent");
    Ok(())
}
