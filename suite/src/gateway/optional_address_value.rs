//! Gateway: an entry of `addresses` that says of which type the address is to be, and not which.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayOptionalAddressValue",
    requirement: "A Gateway that asks for an address of a type without a value MUST be given one \
                  by the implementation.",
    spec: "apis/v1/gateway_types.go#GatewaySpecAddress",
    features: &[Feature::Gateway, Feature::GatewayAddressEmpty],
    manifests: &["gateway/optional-address-value.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-without-address-value");
    gateway.must_be_programmed().await?;
    gateway.must_be_current().await?;
    subject.gateway("gateway-without-address-value").await?;
    Ok(())
}
