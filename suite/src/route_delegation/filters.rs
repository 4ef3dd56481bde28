//! Route delegation: filters of the rule that hands on.
//!
//! Catches who forgets them, and who forgets them where the child has one of its own.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationFilters",
    requirement: "The filters of a rule that hands requests on MUST hold for these, beside those of the route that gets them.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteResponseHeaderModification],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/filters.yaml"],
    sends: &[through("delegation-filters", &[NONE, OWN])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const NONE: Exchange = get("/filters/none").reaches(INFRA_V1).as_headers(&[("X-Parent", "yes")]);
const OWN: Exchange = get("/filters/own")
    .reaches(INFRA_V2)
    .as_headers(&[("X-Parent", "yes")])
    .answers_with(&[("X-Child", "yes")]);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-filters").await?;
    subject
        .http_route("delegation-filters")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    gateway.http().must_give(&[NONE, OWN]).await
}
