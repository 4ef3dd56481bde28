//! ListenerSet: certificates in another namespace.
//!
//! The Gateway of both ListenerSets is allowed to refer to the Secret. One ListenerSet is too, by a grant
//! of its own; the other is in a namespace without one, and must get nothing of its Gateway's.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetReferenceGrant",
    requirement: "A certificateRef of a ListenerSet into another namespace MUST be resolved only if \
                  a ReferenceGrant there allows ListenerSets of its namespace; what is granted to \
                  its Gateway MUST NOT count. Without one ResolvedRefs MUST be False with reason \
                  RefNotPermitted, and a ListenerSet without another listener MUST have \
                  Accepted=False and Programmed=False with reason ListenersNotValid.",
    spec: "apis/v1/listenerset_types.go#ListenerSet",
    features: &[Feature::Gateway, Feature::ListenerSet, Feature::ReferenceGrant],
    manifests: &["reference-grant/listener-set-reference-grant.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = "gateway-with-listener-sets-test-reference-grant";
    subject.gateway_object(gateway).must_be_programmed().await?;

    let granted = subject.listener_set("listenerset-with-reference-grant");
    let well = [Accepted.yes().for_any_reason(), Programmed.yes().for_any_reason()];
    granted.must_be(&well).await?;
    let resolved = [ResolvedRefs.yes().for_any_reason()];
    granted.listener_must_be("listenerset-with-reference-grant-listener", &resolved).await?;

    let namespace = "gateway-api-listener-sets-test-reference-grant-ns";
    let other = subject.listener_set_in(namespace, "listenerset-without-reference-grant");
    let none_left = Reason::ListenersNotValid;
    other.must_be(&[Accepted.no(none_left), Programmed.no(none_left)]).await?;
    let refused = [ResolvedRefs.no(Reason::RefNotPermitted)];
    other.listener_must_be("listenerset-without-reference-grant-listener", &refused).await
}
