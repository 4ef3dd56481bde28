//! HTTPRoute: one route with two Gateways as parents.
//!
//! Each Gateway also has a route of its own for the same path, which catches who serves a route on
//! a Gateway that is not its parent.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteMultipleGateways",
    requirement: "A route MUST be attached to each Gateway that its parentRefs name, and a \
                  Gateway MUST serve the routes that name it and no others.",
    spec: "apis/v1/shared_types.go#CommonRouteSpec",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/attachment/multiple-gateways.yaml"],
    sends: &[through("same-namespace", SAME), through("all-namespaces", ALL)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SAME: &[Exchange] = &[get("/shared").reaches(INFRA_V1), get("/").reaches(INFRA_V2)];
const ALL: &[Exchange] = &[get("/shared").reaches(INFRA_V1), get("/").reaches(INFRA_V3)];

async fn run(subject: &Subject) -> Verdict {
    all_of([
        serve(subject, "same-namespace", "same-namespace-dedicated-route", SAME),
        serve(subject, "all-namespaces", "all-namespaces-dedicated-route", ALL),
    ])
    .await
}

async fn serve(
    subject: &Subject,
    gateway: &'static str,
    dedicated: &'static str,
    exchanges: &[Exchange],
) -> Verdict {
    let gateway = subject.gateway(gateway).await?;
    for name in ["multiple-gateways-shared-route", dedicated] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    gateway.http().must_give_in_order(exchanges).await
}
