//! Route delegation: a chain of routes that is longer than it may be.
//!
//! How long it may be is described; all above must go on working.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "RouteDelegationDepth",
    requirement: "Requests MUST be handed on as often as an implementation says that it can, and MUST be refused beyond that.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::RouteDelegation),
    manifests: &["route-delegation/depth.yaml"],
    sends: &[through("delegation-depth", &LEVELS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const LEVELS: [Exchange; 6] = [
    level("/depth/1"),
    level("/depth/2"),
    level("/depth/3"),
    level("/depth/4"),
    level("/depth/5"),
    level("/depth/6"),
];

const CHILDREN: [&str; 6] = [
    "delegation-depth-1",
    "delegation-depth-2",
    "delegation-depth-3",
    "delegation-depth-4",
    "delegation-depth-5",
    "delegation-depth-6",
];

const fn level(path: &'static str) -> Exchange {
    get(path).reaches(INFRA_V1)
}

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("delegation-depth").await?;
    subject.http_route("delegation-depth").under(&gateway).must_be_under(&[Accepted.yes()]).await?;
    let most = subject.most_delegations();
    // That nobody answers means nothing before the first route is known that must not.
    if let Some(first) = most.and_then(|most| CHILDREN.get(most as usize)) {
        subject.http_route(first).under(&gateway).may_be_reported().await?;
    }
    let rows = LEVELS.into_iter().zip(1..).map(|(level, depth)| {
        if most.is_some_and(|most| depth > most) { level.request.fails() } else { level }
    });
    gateway.http().must_give(&rows.collect::<Vec<_>>()).await
}
