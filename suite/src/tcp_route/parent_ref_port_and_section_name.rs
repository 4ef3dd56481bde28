//! TCPRoute: parentRefs that name a listener by its port, by its name, and by both.
//!
//! Each listener has a route and a backend of its own: catches who looks at the Gateway's name alone, or at
//! one of the other two.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TCPRouteParentRefPortAndSectionName",
    requirement: "A route whose parentRef has a port, a sectionName or both MUST be attached to the \
                  listeners that have all of these, and answer there.",
    spec: "apis/v1/shared_types.go#ParentReference",
    features: &[Feature::Gateway, Feature::TcpRoute],
    manifests: &["tcp-route/parent-ref-port-and-section-name.yaml"],
    sends: &[streams_through("tcp-multi-listener-gateway", CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CONVERSATIONS: &[Conversation] = &[
    tcp("one").reaches(Backend { name: "tcp-echo-one", namespace: INFRA }),
    tcp("two").reaches(Backend { name: "tcp-echo-two", namespace: INFRA }),
    tcp("three").reaches(Backend { name: "tcp-echo-three", namespace: INFRA }),
];

async fn run(subject: &Subject) -> Verdict {
    let name = "tcp-multi-listener-gateway";
    subject.gateway_object(name).must_be_programmed().await?;
    let gateway = subject.gateway(name).await?;

    for name in ["tcp-route-by-port", "tcp-route-by-section", "tcp-route-by-section-and-port"] {
        let route = subject.tcp_route(name).under(&gateway);
        route.must_be_under(&[Accepted.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    gateway.streams().must_give(CONVERSATIONS).await
}
