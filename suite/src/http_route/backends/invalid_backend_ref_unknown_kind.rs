//! HTTPRoute: a backend of a kind that does not exist.
//!
//! The reference has the name of a Service, so an implementation that does not look at group and
//! kind finds a backend.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteInvalidBackendRefUnknownKind",
    requirement: "A backendRef of a kind that is not known MUST set ResolvedRefs to False with \
                  reason InvalidKind, and its traffic MUST receive a 500.",
    spec: "apis/v1/shared_types.go#RouteReasonInvalidKind",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/backends/invalid-backend-ref-unknown-kind.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/v2").is(500)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("invalid-backend-ref-unknown-kind").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.no(Reason::InvalidKind)]).await?;
    gateway.http().must_give(EXCHANGES).await?;
    route.should_explain(ResolvedRefs, "NonExistent");
    Ok(())
}
