//! GRPCRoute: `backendRefs[].weight`.
//!
//! Shares of 70 and 30, and a third backend whose weight is 0 and which must get nothing at all.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GRPCRouteWeight",
    requirement: "Calls MUST be shared among the backends of a rule in proportion to their \
                  weights, and a backend of weight 0 gets none.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::GrpcRoute],
    manifests: &["grpc-route/weight.yaml"],
    sends: &[calls_through("same-namespace", &[CALL])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CALL: Call = call(GRPC_ECHO, "Echo").reaches(ANY_BACKEND);
const SHARES: &[(&str, f64)] = &[
    ("grpc-infra-backend-v1", 0.7),
    ("grpc-infra-backend-v2", 0.3),
    ("grpc-infra-backend-v3", 0.0),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.grpc_route("weighted-backends").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;

    gateway.grpc().must_give(&[CALL]).await?;
    gateway.grpc().must_share(&CALL, SHARES).await
}
