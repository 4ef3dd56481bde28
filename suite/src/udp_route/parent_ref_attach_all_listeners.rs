//! UDPRoute: a parentRef that names a Gateway alone.
//!
//! Three listeners, and a route that names none of them: catches who serves the first only, or counts the
//! route at one of them.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "UDPRouteParentRefAttachAllListeners",
    requirement: "A route whose parentRef has neither sectionName nor port MUST be attached to \
                  every listener of the Gateway that takes it, be counted at each, and answer on \
                  each.",
    spec: "apis/v1/shared_types.go#ParentReference",
    features: &[Feature::Gateway, Feature::UdpRoute],
    manifests: &["udp-route/parent-ref-attach-all-listeners.yaml"],
    sends: &[streams_through("udp-attach-all-listeners-gateway", CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const BACKEND: Backend = Backend { name: "udp-echo-attach-all", namespace: INFRA };

const CONVERSATIONS: &[Conversation] =
    &[udp("udp-1").reaches(BACKEND), udp("udp-2").reaches(BACKEND), udp("udp-3").reaches(BACKEND)];

const LISTENERS: &[ListenerExpectation] =
    &[with_route("udp-1"), with_route("udp-2"), with_route("udp-3")];

const fn with_route(name: &'static str) -> ListenerExpectation {
    const READY: &[Condition] =
        &[Accepted.yes().for_any_reason(), ResolvedRefs.yes().for_any_reason()];
    listener(name).with_kinds(&["UDPRoute"]).attached(1).with(READY)
}

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("udp-attach-all-listeners-gateway").must_be_programmed().await?;
    let gateway = subject.gateway("udp-attach-all-listeners-gateway").await?;
    let route = subject.udp_route("udp-route-attach-all").under(&gateway);

    route.must_be_under(&[Accepted.yes()]).await?;
    gateway.object().must_have_listeners(LISTENERS).await?;
    gateway.streams().must_give(CONVERSATIONS).await
}
