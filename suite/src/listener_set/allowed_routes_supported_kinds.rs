//! ListenerSet: a listener that allows a kind of route which its protocol does not support.
//!
//! HTTPRoute is a kind that exists, and no other is named: catches who looks up kinds without regard to the
//! protocol. The Gateway has a listener for it, and must be accepted.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetAllowedRoutesSupportedKinds",
    requirement: "A listener of a ListenerSet that allows a kind of route which is not supported \
                  with its protocol MUST have ResolvedRefs=False with reason InvalidRouteKinds; \
                  its Gateway MUST be accepted all the same.",
    spec: "apis/v1/listenerset_types.go#ListenerEntryStatus",
    features: &[Feature::Gateway, Feature::TlsRoute, Feature::ListenerSet],
    manifests: &["listener-set/allowed-routes-supported-kinds.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = "gateway-with-listener-sets-test-supported-route-kinds";
    subject.gateway_object(gateway).must_be_programmed().await?;

    let set = subject.listener_set("listenerset-test-allowed-routes-supported-kinds");
    let unsupported = [ResolvedRefs.no(Reason::InvalidRouteKinds)];
    set.listener_must_be("listener-set-listener-allowed-routes-tls-only", &unsupported).await
}
