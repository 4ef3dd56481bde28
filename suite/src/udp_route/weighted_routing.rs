//! UDPRoute: `backendRefs[].weight`.
//!
//! Shares of 70 and 30, and a third backend whose weight is 0 and which must get nothing at all.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "UDPRouteWeightedRouting",
    requirement: "Datagrams of different clients MUST be shared among the backends of a rule in \
                  proportion to their weights, and a backend of weight 0 gets none.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::UdpRoute],
    manifests: &["udp-route/weighted-routing.yaml"],
    sends: &[streams_through("udp-weighted-gateway", &[CONVERSATION])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CONVERSATION: Conversation = udp("udp").reaches(ANY_BACKEND);
const SHARES: &[(&str, f64)] =
    &[("udp-backend-v1", 0.7), ("udp-backend-v2", 0.3), ("udp-backend-v3", 0.0)];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("udp-weighted-gateway").must_be_programmed().await?;
    let gateway = subject.gateway("udp-weighted-gateway").await?;
    let route = subject.udp_route("udp-weighted-route").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;

    gateway.streams().must_give(&[CONVERSATION]).await?;
    gateway.streams().must_share(&CONVERSATION, SHARES).await
}
