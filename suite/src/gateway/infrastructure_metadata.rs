//! Gateway: `infrastructure.labels` and `infrastructure.annotations`.
//!
//! They are for what is made for the Gateway in the cluster, whichever kinds that are: what is found by the
//! label with the Gateway's name is looked at.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayInfrastructureMetadata",
    requirement: "What is made in the cluster for a Gateway has the Gateway's name in the label \
                  gateway.networking.k8s.io/gateway-name, and the labels and annotations of the \
                  Gateway's infrastructure.",
    spec: "apis/v1/gateway_types.go#GatewayInfrastructure",
    features: &[Feature::Gateway, Feature::GatewayInfrastructure],
    manifests: &["gateway/infrastructure-metadata.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-with-infrastructure-metadata");
    gateway.must_be_programmed().await?;
    gateway.must_be_current().await?;
    gateway.must_be(&[Accepted.yes().for_any_reason()]).await?;
    gateway.must_mark_what_is_made_for_it(TEST.requirement, TEST.spec).await
}
