//! GRPCRoute: `rules[].name`.
//!
//! A rule with a name and one without: catches who refuses or leaves out the former.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GRPCRouteNamedRule",
    requirement: "A rule with a name MUST be served like one without.",
    spec: "apis/v1/grpcroute_types.go#GRPCRouteRule",
    features: &[Feature::Gateway, Feature::GrpcRoute, Feature::GrpcRouteNamedRouteRule],
    manifests: &["grpc-route/named-rule.yaml"],
    sends: &[calls_through("same-namespace", CALLS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CALLS: &[Call] =
    &[call(GRPC_ECHO, "Echo").reaches(GRPC_V1), call(GRPC_ECHO, "EchoTwo").reaches(GRPC_V2)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.grpc_route("grpc-named-rules").under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.grpc().must_give(CALLS).await
}
