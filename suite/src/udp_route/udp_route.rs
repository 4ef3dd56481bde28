//! UDPRoute: the least there is to say.
//!
//! A datagram, and its answer on the way back: catches who forwards to the TCP port of the Service, or
//! answers from another port.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "UDPRoute",
    requirement: "A route on a UDP listener MUST be accepted, its datagrams MUST reach its backend, \
                  and the answers the client.",
    spec: "apis/v1/udproute_types.go#UDPRoute",
    features: &[Feature::Gateway, Feature::UdpRoute],
    // The suite before had a DNS server for a backend, and asked it.
    since: SuiteVersion::V1_7_0,
    manifests: &["udp-route/udp-route.yaml"],
    sends: &[streams_through("udp-gateway", CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CONVERSATIONS: &[Conversation] = &[udp("udp").reaches(UDP_ECHO)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("udp-gateway").await?;
    let route = subject.udp_route("udp-route").under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.streams().must_give(CONVERSATIONS).await
}
