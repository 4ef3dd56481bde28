//! TCPRoute: `backendRefs[].weight`.
//!
//! Shares of 70 and 30, and a third backend whose weight is 0 and which must get nothing at all.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TCPRouteWeightedRouting",
    requirement: "Connections MUST be shared among the backends of a rule in proportion to \
                  their weights, and a backend of weight 0 gets none.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::TcpRoute],
    manifests: &["tcp-route/weighted-routing.yaml"],
    sends: &[streams_through("tcp-weighted-gateway", &[CONVERSATION])],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CONVERSATION: Conversation = tcp("tcp").reaches(ANY_BACKEND);
const SHARES: &[(&str, f64)] =
    &[("tcp-backend-v1", 0.7), ("tcp-backend-v2", 0.3), ("tcp-backend-v3", 0.0)];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("tcp-weighted-gateway").must_be_programmed().await?;
    let gateway = subject.gateway("tcp-weighted-gateway").await?;
    let route = subject.tcp_route("tcp-weighted-route").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;

    gateway.streams().must_give(&[CONVERSATION]).await?;
    gateway.streams().must_share(&CONVERSATION, SHARES).await
}
