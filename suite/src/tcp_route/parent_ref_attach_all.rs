//! TCPRoute: a parentRef that names a Gateway alone.
//!
//! Four listeners, and a route that names none of them: catches who serves the first only.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TCPRouteParentRefAttachAll",
    requirement: "A route whose parentRef has neither sectionName nor port MUST be attached to \
                  every listener of the Gateway that takes it, and answer on each.",
    spec: "apis/v1/shared_types.go#ParentReference",
    features: &[Feature::Gateway, Feature::TcpRoute],
    manifests: &["tcp-route/parent-ref-attach-all.yaml"],
    sends: &[streams_through("tcp-attach-all-gateway", CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const BACKEND: Backend = Backend { name: "tcp-echo-attach-all", namespace: INFRA };

const CONVERSATIONS: &[Conversation] = &[
    tcp("one").reaches(BACKEND),
    tcp("two").reaches(BACKEND),
    tcp("three").reaches(BACKEND),
    tcp("four").reaches(BACKEND),
];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("tcp-attach-all-gateway").must_be_programmed().await?;
    let gateway = subject.gateway("tcp-attach-all-gateway").await?;
    let route = subject.tcp_route("tcp-route-attach-all").under(&gateway);

    route.must_be_under(&[Accepted.yes()]).await?;
    gateway.streams().must_give(CONVERSATIONS).await
}
