//! Gateway: `addresses` of its choice.
//!
//! It asks for an address of a type that nobody knows, for one that it cannot have and for one that it can. One
//! after the other is withdrawn: first it is not accepted, then not programmed, then it has the last and no
//! other. Which addresses those are depends on the cluster, and is said on the command line.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayStaticAddresses",
    requirement: "A Gateway that asks for an address of an unsupported type MUST NOT be accepted; \
                  one that asks for an address that it cannot have MUST be accepted and not \
                  programmed; else it MUST have exactly the addresses that it asks for.",
    spec: "apis/v1/gateway_types.go#GatewaySpec",
    features: &[Feature::Gateway, Feature::GatewayStaticAddresses],
    manifests: &["gateway/static-addresses.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const OF_UNKNOWN_TYPE: &str = "fake address teehee!";

const HTTP: ListenerExpectation =
    listener("http").with(&[Accepted.yes().for_any_reason(), ResolvedRefs.yes().for_any_reason()]);

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-static-addresses");
    let clock = subject.clock(Limit::DefaultTestTimeout);
    gateway.must_be_current().await?;
    gateway.must_be(&[Accepted.no(Reason::UnsupportedAddress)]).await?;

    gateway.ask_no_longer_for(&[OF_UNKNOWN_TYPE]).await?;
    gateway.must_be_current().await?;
    gateway.must_be(&[Accepted.yes(), Programmed.no(Reason::AddressNotUsable)]).await?;

    let unusable: Vec<_> =
        subject.unusable_addresses().iter().map(|address| address.value.as_str()).collect();
    gateway.ask_no_longer_for(&unusable).await?;
    gateway.must_be_current().await?;
    clock.must_not_be_over()?;
    gateway.must_be(&[Accepted.yes(), Programmed.yes()]).await?;
    gateway.must_have_listeners(&[HTTP]).await?;
    gateway.must_have_only_addresses(subject.usable_addresses()).await
}
