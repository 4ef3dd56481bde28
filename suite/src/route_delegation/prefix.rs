//! Route delegation: a child that asks for more than the prefix it is handed.
//!
//! Catches who compares prefixes letter by letter: `/prefixed` does not lie within `/prefix`.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationPrefix",
    requirement: "A route MUST NOT get requests beyond the path prefix that is handed on to it.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/prefix.yaml"],
    sends: &[through("delegation-prefix", &[INSIDE, PREFIXED, OUTSIDE])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const INSIDE: Exchange = get("/prefix/inside").reaches(INFRA_V1);
const PREFIXED: Exchange = get("/prefixed").fails();
const OUTSIDE: Exchange = get("/outside").fails();

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-prefix").await?;
    subject
        .http_route("delegation-prefix")
        .under(&gateway)
        .must_be_under(&[Accepted.yes()])
        .await?;
    gateway.http().must_give(&[INSIDE, PREFIXED, OUTSIDE]).await
}
