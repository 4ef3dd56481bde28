//! Gateway: a listener with a protocol that no implementation knows.
//!
//! One Gateway has no other listener and must be refused. The other has a plain HTTP listener too:
//! an implementation that drops a whole Gateway for one bad listener fails there.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayListenerUnsupportedProtocol",
    requirement: "A listener whose protocol is not supported MUST have Accepted=False with reason \
                  UnsupportedProtocol. Its Gateway says ListenersNotValid as the reason of \
                  Accepted, which is False if it has no valid listener and True if it has one.",
    spec: "apis/v1/gateway_types.go#ListenerReasonUnsupportedProtocol",
    features: &[Feature::Gateway],
    manifests: &["listener/gateway-listener-unsupported-protocol.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const UNSUPPORTED: ListenerExpectation =
    listener("invalid").without_kinds().with(&[Accepted.no(Reason::UnsupportedProtocol)]);
const SUPPORTED: ListenerExpectation = listener("http").with(&[Accepted.yes()]);

async fn run(subject: &Subject) -> Verdict {
    let refused = Accepted.no(Reason::ListenersNotValid);
    let accepted = Accepted.yes_because(Reason::ListenersNotValid);
    all_of([
        judge(subject, "gateway-only-unsupported-protocols", refused, &[UNSUPPORTED]),
        judge(
            subject,
            "gateway-supported-and-unsupported-protocols",
            accepted,
            &[SUPPORTED, UNSUPPORTED],
        ),
    ])
    .await
}

async fn judge(
    subject: &Subject,
    name: &'static str,
    condition: Condition,
    listeners: &[ListenerExpectation],
) -> Verdict {
    let gateway = subject.gateway_object(name);
    gateway.must_be_current().await?;
    gateway.must_be(&[condition]).await?;
    gateway.must_have_listeners(listeners).await?;

    gateway.listeners_should_be(
        "Programmed is a summary that should always be present, whatever it says.",
        "apis/v1/gateway_types.go#ListenerConditionProgrammed",
        &[Programmed.present()],
    );
    Ok(())
}
