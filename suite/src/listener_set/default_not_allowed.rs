//! ListenerSet: a Gateway that does not say which listeners it allows.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetDefaultNotAllowed",
    requirement: "A ListenerSet of a Gateway without allowedListeners MUST have Accepted=False and \
                  Programmed=False with reason NotAllowed, and MUST NOT be counted as attached: \
                  none is allowed unless the Gateway says so.",
    spec: "apis/v1/gateway_types.go#AllowedListeners",
    features: &[Feature::Gateway, Feature::ListenerSet],
    manifests: &["listener-set/default-not-allowed.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-default-does-not-allow-listenerset");
    gateway.must_be_programmed().await?;

    let set = subject.listener_set("listenerset-default-not-allowed");
    let refused = [Accepted.no(Reason::NotAllowed), Programmed.no(Reason::NotAllowed)];
    set.must_be(&refused).await?;
    gateway.must_have_only_listener_sets(0).await
}
