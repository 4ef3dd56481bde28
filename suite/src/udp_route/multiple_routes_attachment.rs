//! UDPRoute: two routes on one listener.
//!
//! Nothing but their age tells them apart: catches who serves the newer one, or both in turn, and who does
//! not count the one that gets nothing.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "UDPRouteMultipleRoutesAttachment",
    requirement: "Of several routes on one listener each MUST be accepted and counted as attached, \
                  and the oldest MUST take all datagrams.",
    spec: "apis/v1/gateway_types.go#AllowedRoutes",
    features: &[Feature::Gateway, Feature::UdpRoute],
    manifests: &["udp-route/multiple-routes-attachment.yaml"],
    later: &["udp-route/multiple-routes-attachment-newer.yaml"],
    sends: &[streams_through("udp-multi-route-attach-gateway", &[CONVERSATION])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const OLDER: Backend = Backend { name: "udp-attach-backend-1", namespace: INFRA };
const CONVERSATION: Conversation = udp("udp").reaches(OLDER);

const BOTH: ListenerExpectation =
    listener("udp").with_kinds(&["UDPRoute"]).attached(2).with(&[Accepted.yes()]);

async fn run(subject: &Subject) -> Verdict {
    let name = "udp-multi-route-attach-gateway";
    subject.gateway_object(name).must_be_programmed().await?;
    let gateway = subject.gateway(name).await?;
    let older = subject.udp_route("udproute-attach-older").under(&gateway);
    let newer = subject.udp_route("udproute-attach-newer").under(&gateway);

    older.must_be(&[Accepted.yes()]).await?;
    subject.apply_later().await?;
    older.must_be(&[Accepted.yes()]).await?;
    newer.must_be(&[Accepted.yes()]).await?;
    gateway.object().must_have_listeners(&[BOTH]).await?;
    gateway.streams().must_give_each_time(&CONVERSATION, 20, Limit::DefaultTestTimeout).await
}
