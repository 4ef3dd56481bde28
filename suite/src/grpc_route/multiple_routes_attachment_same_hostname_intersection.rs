//! GRPCRoute: two routes whose hostnames have the same in common with the listener's.
//!
//! The route with the more specific hostname is the newer one: who compares what is left of the hostnames at
//! the listener lets age decide, and is wrong each time.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GRPCRouteMultipleRoutesAttachmentSameHostnameIntersection",
    requirement: "Of the routes that match a call, the one with the more specific hostname of its \
                  own MUST take it, before age is compared, whatever the listener leaves of the \
                  hostnames.",
    spec: "apis/v1/grpcroute_types.go#GRPCRouteSpec",
    features: &[
        Feature::Gateway,
        Feature::GrpcRoute,
        Feature::GatewayRouteHostnameIntersectionPrecedence,
    ],
    since: SuiteVersion::V1_7_0,
    manifests: &["grpc-route/multiple-routes-attachment-same-hostname-intersection.yaml"],
    later: &["grpc-route/multiple-routes-attachment-same-hostname-intersection-newer.yaml"],
    sends: &[
        calls_through("gw-grpcroute-exact-hostname-x", CALLS),
        calls_through("gw-grpcroute-wc-hostname-x", CALLS),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CALLS: &[Call] = &[call(GRPC_ECHO, "Echo").host("abc.example.com").reaches(GRPC_V2)];

/// Two routes of one Gateway.
struct Case {
    gateway: &'static str,
    older: &'static str,
    newer: &'static str,
}

const CASES: &[Case] = &[
    Case {
        gateway: "gw-grpcroute-exact-hostname-x",
        older: "grpcroute-wc-hostname-x-older",
        newer: "grpcroute-exact-hostname-x-newer",
    },
    Case {
        gateway: "gw-grpcroute-wc-hostname-x",
        older: "grpcroute-less-specific-wc-hostname-x-older",
        newer: "grpcroute-more-specific-wc-hostname-x-newer",
    },
];

async fn run(subject: &Subject) -> Verdict {
    all_of(CASES.iter().map(|case| accept_older(subject, case))).await?;
    subject.apply_later().await?;
    all_of(CASES.iter().map(|case| prefer_newer(subject, case))).await
}

async fn accept_older(subject: &Subject, case: &Case) -> Verdict {
    subject.gateway_object(case.gateway).must_be_programmed().await?;
    let gateway = subject.gateway(case.gateway).await?;
    subject.grpc_route(case.older).under(&gateway).must_be(&[Accepted.yes()]).await
}

async fn prefer_newer(subject: &Subject, case: &Case) -> Verdict {
    let gateway = subject.gateway(case.gateway).await?;
    for name in [case.older, case.newer] {
        let route = subject.grpc_route(name).under(&gateway);
        route.must_be(&[Accepted.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    gateway.grpc().must_give(CALLS).await
}
