//! Gateway: `observedGeneration` follows the spec.
//!
//! A second listener is added; an implementation that writes a condition only when its status
//! changes leaves the generation of the first spec behind.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayObservedGenerationBump",
    requirement: "After each change of a Gateway's spec, the observedGeneration of every one of \
                  its conditions MUST become the Gateway's new generation.",
    spec: "apis/v1/gateway_types.go#GatewayStatus",
    features: &[Feature::Gateway],
    manifests: &["gateway/observed-generation-bump.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-observed-generation-bump");
    gateway.must_be_programmed().await?;
    gateway.must_be_current().await?;

    let clock = subject.clock(Limit::LatestObservedGenerationSet);
    let alternate = json!({
        "name": "alternate", "port": 80, "protocol": "HTTP", "hostname": "foo.com",
        "allowedRoutes": { "namespaces": { "from": "All" } },
    });
    gateway.change_listeners(|listeners| listeners.push(alternate)).await?;
    gateway.must_be_programmed().await?;
    gateway.must_be_current().await?;
    clock.must_not_be_over()
}
