//! GRPCRoute: `rules[].matches[].method` of type `Exact`.
//!
//! Catches who goes by the service alone, and who has another answer to a call that no rule takes than
//! that nobody implements it.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GRPCExactMethodMatching",
    requirement: "An exact method match MUST take the calls of its method of its service only; a call \
                  that no rule takes MUST be answered UNIMPLEMENTED.",
    spec: "apis/v1/grpcroute_types.go#GRPCMethodMatch",
    features: &[Feature::Gateway, Feature::GrpcRoute],
    manifests: &["grpc-route/grpc-exact-method-matching.yaml"],
    sends: &[calls_through("same-namespace", CALLS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CALLS: &[Call] = &[
    call(GRPC_ECHO, "Echo").reaches(GRPC_V1),
    call(GRPC_ECHO, "EchoTwo").reaches(GRPC_V2),
    call(GRPC_ECHO, "EchoThree").is(Code::UNIMPLEMENTED),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.grpc_route("exact-matching").under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.grpc().must_give(CALLS).await
}
