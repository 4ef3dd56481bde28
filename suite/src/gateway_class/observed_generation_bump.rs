//! GatewayClass: `observedGeneration` follows the spec.
//!
//! Only the description changes, which changes nothing for the data plane: an implementation that
//! does not write the status of a class again leaves the old generation behind.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayClassObservedGenerationBump",
    requirement: "After each change of a GatewayClass's spec, the observedGeneration of every one \
                  of its conditions MUST become the class's new generation.",
    spec: "apis/v1/gatewayclass_types.go#GatewayClassStatus",
    features: &[Feature::Gateway],
    manifests: &["gateway-class/observed-generation-bump.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let clock = subject.clock(Limit::LatestObservedGenerationSet);
    let class = subject.gateway_class("gatewayclass-observed-generation-bump");
    class.must_be(&[Accepted.present()]).await?;
    class.must_be_current().await?;

    class.change(&json!({ "spec": { "description": "new" } })).await?;
    class.must_be(&[Accepted.present()]).await?;
    class.must_be_current().await?;
    clock.must_not_be_over()
}
