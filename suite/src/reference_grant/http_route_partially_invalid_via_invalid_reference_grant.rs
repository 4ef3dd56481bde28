//! HTTPRoute: two backends in another namespace, of which a ReferenceGrant allows one.
//!
//! The grant names the one Service, which catches who lets it stand for its namespace; the other
//! rule catches who drops the whole route.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
    requirement: "A ReferenceGrant for one Service MUST NOT allow another: the rule with the \
                  refused backend MUST answer 500 and ResolvedRefs be False with reason \
                  RefNotPermitted, while the other rule is served.",
    spec: "apis/v1/httproute_types.go#HTTPBackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/http-route-partially-invalid-via-invalid-reference-grant.yaml"],
    referred_first: true,
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/v2").is(500), get("/").reaches(APP_V1)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("invalid-reference-grant").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.no(Reason::RefNotPermitted)]).await?;
    gateway.http().must_give(EXCHANGES).await?;
    route.should_explain(ResolvedRefs, "app-backend-v2");
    Ok(())
}
