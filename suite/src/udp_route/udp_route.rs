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
    manifests: &["udp-route/udp-route.yaml"],
    sends: &[
        streams_through("udp-gateway", &[ECHO]).since(SuiteVersion::V1_7_0),
        streams_through("udp-gateway", &[QUESTION]).until(SuiteVersion::V1_6_3),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const ECHO: Conversation = udp("udp").reaches(UDP_ECHO);
/// The suite before had a DNS server for a backend.
const QUESTION: Conversation = dns("coredns", "foo.bar.com.");

async fn run(subject: &Subject) -> Verdict {
    let (name, conversation) = match subject.suite_version() {
        SuiteVersion::V1_6_3 => ("udp-coredns", QUESTION),
        SuiteVersion::V1_7_0 => ("udp-route", ECHO),
    };
    let gateway = subject.gateway("udp-gateway").await?;
    let route = subject.udp_route(name).under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.streams().must_give(&[conversation]).await
}
