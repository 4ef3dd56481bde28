//! GRPCRoute: listeners that differ in their hostname alone.
//!
//! The routes have no hostnames, so the listener decides; one route is attached to two listeners by
//! two parentRefs. `foo.bar.com` fits an exact and a wildcard listener.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GRPCRouteListenerHostnameMatching",
    requirement: "Calls MUST be assigned by their authority to the listener with the most specific \
                  hostname: exact before wildcard. A wildcard covers any number of labels, and not \
                  the bare domain; an authority of no listener MUST be answered UNIMPLEMENTED.",
    spec: "apis/v1/gateway_types.go#GatewaySpec",
    features: &[Feature::Gateway, Feature::GrpcRoute],
    manifests: &["listener/grpc-route-listener-hostname-matching.yaml"],
    sends: &[calls_through("grpcroute-listener-hostname-matching", CALLS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CALLS: &[Call] = &[
    call(GRPC_ECHO, "Echo").host("bar.com").reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo").host("foo.bar.com").reaches(GRPC_V2),
    call(GRPC_ECHO, "Echo").host("baz.bar.com").reaches(GRPC_V3),
    call(GRPC_ECHO, "Echo").host("boo.bar.com").reaches(GRPC_V3),
    call(GRPC_ECHO, "Echo").host("multiple.prefixes.bar.com").reaches(GRPC_V3),
    call(GRPC_ECHO, "Echo").host("multiple.prefixes.foo.com").reaches(GRPC_V3),
    call(GRPC_ECHO, "Echo").host("foo.com").is(Code::UNIMPLEMENTED),
    call(GRPC_ECHO, "Echo").host("no.matching.host").is(Code::UNIMPLEMENTED),
];

async fn run(subject: &Subject) -> Verdict {
    let name = "grpcroute-listener-hostname-matching";
    subject.gateway_object(name).must_be_programmed().await?;

    let gateway = subject.gateway(name).await?;
    for name in ["backend-v1", "backend-v2", "backend-v3"] {
        let route = subject.grpc_route(name).under(&gateway);
        route.must_be(&[Accepted.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    gateway.grpc().must_give(CALLS).await
}
