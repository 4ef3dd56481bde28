//! Route delegation: two routes of one namespace.
//!
//! A second child is not there: catches who lets that harm the first, or the parent's own rules.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationSameNamespace",
    requirement: "A rule whose backendRef is an HTTPRoute that names it as its parent MUST hand its requests on to the rules of that route; what nobody can be handed MUST NOT be answered.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/same-namespace.yaml"],
    sends: &[through("delegation-same-namespace", &[OWN, ONE, TWO, NEITHER, MISSING])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const OWN: Exchange = get("/own").reaches(INFRA_V1);
const ONE: Exchange = get("/handed/one").reaches(INFRA_V1);
const TWO: Exchange = get("/handed/two/and/more").reaches(INFRA_V2);
const NEITHER: Exchange = get("/handed/three").fails();
const MISSING: Exchange = get("/missing").fails();

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-same-namespace").await?;
    subject
        .http_route("delegation-same-namespace")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    gateway.http().must_give(&[OWN, ONE, TWO, NEITHER, MISSING]).await
}
