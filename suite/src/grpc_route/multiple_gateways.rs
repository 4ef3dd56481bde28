//! GRPCRoute: one route with two Gateways as parents.
//!
//! Each Gateway also has a route of its own for the same method, which catches who serves a route on
//! a Gateway that is not its parent.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GRPCRouteMultipleGateways",
    requirement: "A route MUST be attached to each Gateway that its parentRefs name, and a \
                  Gateway MUST serve the routes that name it and no others.",
    spec: "apis/v1/shared_types.go#CommonRouteSpec",
    features: &[Feature::Gateway, Feature::GrpcRoute],
    since: SuiteVersion::V1_7_0,
    manifests: &["grpc-route/multiple-gateways.yaml"],
    sends: &[calls_through("same-namespace", SAME), calls_through("all-namespaces", ALL)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SHARED: Call = call(GRPC_ECHO, "Echo").reaches(GRPC_V1);
const SAME: &[Call] = &[SHARED, call(GRPC_ECHO, "EchoTwo").reaches(GRPC_V2)];
const ALL: &[Call] = &[SHARED, call(GRPC_ECHO, "EchoTwo").reaches(GRPC_V3)];

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
    calls: &[Call],
) -> Verdict {
    let gateway = subject.gateway(gateway).await?;
    for name in ["multiple-gateways-shared-route", dedicated] {
        let route = subject.grpc_route(name).under(&gateway);
        route.must_be(&[Accepted.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    gateway.grpc().must_give(calls).await
}
