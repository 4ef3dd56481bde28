//! GRPCRoute: `rules[].matches[].headers`.
//!
//! No match names a method. One rule wants two headers, two rules have two matches each, and one call fits
//! two rules with one header each.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GRPCRouteHeaderMatching",
    requirement: "All headers of a match MUST be in the call's metadata, with the exact value; any \
                  match of a rule suffices; the match with more headers has precedence, and after \
                  that the earlier rule; a call that no rule takes MUST be answered UNIMPLEMENTED.",
    spec: "apis/v1/grpcroute_types.go#GRPCRouteMatch",
    features: &[Feature::Gateway, Feature::GrpcRoute],
    manifests: &["grpc-route/header-matching.yaml"],
    sends: &[calls_through("same-namespace", CALLS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CALLS: &[Call] = &[
    call(GRPC_ECHO, "Echo").with(&[("version", "one")]).reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo").with(&[("version", "two")]).reaches(GRPC_V2),
    call(GRPC_ECHO, "Echo").with(&[("version", "two"), ("color", "orange")]).reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo").with(&[("version", "two"), ("color", "blue")]).reaches(GRPC_V2),
    call(GRPC_ECHO, "Echo").with(&[("color", "orange")]).is(Code::UNIMPLEMENTED),
    call(GRPC_ECHO, "Echo").with(&[("some-other-header", "one")]).is(Code::UNIMPLEMENTED),
    call(GRPC_ECHO, "Echo").with(&[("color", "blue")]).reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo").with(&[("color", "green")]).reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo").with(&[("color", "red")]).reaches(GRPC_V2),
    call(GRPC_ECHO, "Echo").with(&[("color", "yellow")]).reaches(GRPC_V2),
    call(GRPC_ECHO, "Echo").with(&[("color", "purple")]).is(Code::UNIMPLEMENTED),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.grpc_route("grpc-header-matching").under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.grpc().must_give(CALLS).await
}
