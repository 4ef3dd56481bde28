//! ListenerSet: a Gateway that allows listeners from its own namespace.
//!
//! The two ListenerSets differ in their namespace and in the hostname of their listener alone.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetAllowedNamespaceSame",
    requirement: "A Gateway that allows listeners from Same MUST take ListenerSets of its own \
                  namespace and no others; those MUST have Accepted=False and Programmed=False with \
                  reason NotAllowed, and MUST NOT be counted as attached.",
    spec: "apis/v1/gateway_types.go#ListenerNamespaces",
    features: &[Feature::Gateway, Feature::ListenerSet],
    manifests: &["listener-set/allowed-namespace-same.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-allows-listenerset-in-same-namespace");
    gateway.must_be_programmed().await?;

    let allowed = subject.listener_set("listenerset-in-same-namespace");
    allowed.must_be(&[Accepted.yes(), Programmed.yes()]).await?;
    allowed.listener_must_be_ready("listenerset-in-same-namespace-listener").await?;
    let other = subject.listener_set_in(
        "gateway-api-listenerset-not-allowed-ns",
        "listenerset-in-different-namespace",
    );
    let refused = [Accepted.no(Reason::NotAllowed), Programmed.no(Reason::NotAllowed)];
    other.must_be(&refused).await?;
    gateway.must_have_only_listener_sets(1).await
}
