//! GRPCRoute: the filter `RequestHeaderModifier` of a rule.
//!
//! Each operation alone and all at once, asked with and without the metadata that it is about: catches who
//! refuses a rule with the filter, or does not serve it.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GRPCRouteRequestHeaderModifier",
    requirement: "A rule with the filter RequestHeaderModifier MUST take the calls that it matches, \
                  whatever metadata they have, and hand them on to its backend.",
    spec: "apis/v1/grpcroute_types.go#GRPCRouteFilter",
    features: &[Feature::Gateway, Feature::GrpcRoute, Feature::GrpcRouteRequestHeaderModifier],
    since: SuiteVersion::V1_7_0,
    manifests: &["grpc-route/request-header-modifier.yaml"],
    sends: &[calls_through("same-namespace", CALLS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SOME_OTHER: (&str, &str) = ("Some-Other-Header", "this-header-should-be-set");

// The headers that come to the backend are not compared, as in the Go suite.
const CALLS: &[Call] = &[
    call(GRPC_ECHO, "Echo").host(GRPC_ECHO).with(&[SOME_OTHER]).reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo")
        .host(GRPC_ECHO)
        .with(&[SOME_OTHER, ("X-Header-Set", "this-value-should-be-overwritten")])
        .reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo").host(GRPC_ECHO).with(&[SOME_OTHER]).reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo")
        .host(GRPC_ECHO)
        .with(&[SOME_OTHER, ("X-Header-Add", "this-value-should-be-appended")])
        .reaches(GRPC_V1),
    call(GRPC_ECHO, "Echo")
        .host(GRPC_ECHO)
        .with(&[("X-Header-Remove", "this-should-be-removed")])
        .reaches(GRPC_V1),
    call(GRPC_ECHO, "EchoTwo")
        .host(GRPC_ECHO)
        .with(&[
            ("X-Header-Set-2", "set-header-2"),
            ("X-Header-Add-2", "add-header-2"),
            ("X-Header-Remove-2", "should-be-removed-2"),
            ("Some-Other-Header", "another-header-val"),
        ])
        .reaches(GRPC_V2),
    call(GRPC_ECHO, "EchoTwo")
        .host(GRPC_ECHO)
        .with(&[
            ("x-header-set-1", "original-set-1"),
            ("x-header-add-1", "existing-add-1"),
            ("x-header-remove-1", "should-be-removed-1"),
        ])
        .reaches(GRPC_V2),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.grpc_route("grpc-request-header-modifier").under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.grpc().must_give(CALLS).await
}
