//! ListenerSet: a Gateway that allows listeners from the namespaces with a label.
//!
//! Neither ListenerSet is in the namespace of the Gateway, which does not have the label.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetAllowedNamespaceSelector",
    requirement: "A Gateway that allows listeners from a Selector MUST take ListenerSets of the \
                  namespaces that it selects and no others; those MUST have Accepted=False and \
                  Programmed=False with reason NotAllowed, and MUST NOT be counted as attached.",
    spec: "apis/v1/gateway_types.go#ListenerNamespaces",
    features: &[Feature::Gateway, Feature::ListenerSet],
    manifests: &["listener-set/allowed-namespace-selector.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-allows-listenerset-in-selected-namespace");
    gateway.must_be_programmed().await?;

    let allowed = subject.listener_set_in(
        "gateway-api-listenerset-selector-allowed-ns",
        "listenerset-in-selected-namespace",
    );
    allowed.must_be(&[Accepted.yes(), Programmed.yes()]).await?;
    allowed.listener_must_be_ready("listenerset-in-selected-namespace-listener").await?;
    let other = subject.listener_set_in(
        "gateway-api-listenerset-selector-not-allowed-ns",
        "listenerset-not-in-selected-namespace",
    );
    let refused = [Accepted.no(Reason::NotAllowed), Programmed.no(Reason::NotAllowed)];
    other.must_be(&refused).await?;
    gateway.must_have_only_listener_sets(1).await
}
