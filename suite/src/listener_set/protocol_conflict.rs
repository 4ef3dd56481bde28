//! ListenerSet: listeners with another protocol on the port of another one.
//!
//! Two ListenerSets have other listeners too, and must not be dropped for one. TCP need not be supported:
//! the listeners of that protocol are in conflict all the same.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetProtocolConflict",
    requirement: "Of listeners with one port and several protocols those of the Gateway MUST be served, \
                  or else those of the oldest ListenerSet. The others MUST have Conflicted=True, and \
                  Accepted=False and Programmed=False, with reason ProtocolConflict. A ListenerSet \
                  MUST be accepted if it has a valid listener left, and only then.",
    spec: "apis/v1/listenerset_types.go#ListenerSetSpec",
    features: &[Feature::Gateway, Feature::ListenerSet],
    manifests: &["listener-set/protocol-conflict.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const WITH_GATEWAY: &str = "protocol-conflict-with-gateway-listener";
const WITH_SET: &str = "protocol-conflict-with-listener-set-listener";

const IN_CONFLICT: &[Condition] = &[
    Accepted.no(Reason::ProtocolConflict),
    Programmed.no(Reason::ProtocolConflict),
    Conflicted.yes_because(Reason::ProtocolConflict),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-with-listenerset-protocol-conflict");
    gateway.must_be_programmed().await?;
    gateway.listener_must_be_ready("gateway-listener").await?;
    gateway.listener_must_be_ready(WITH_GATEWAY).await?;

    let set = subject.listener_set("listenerset-with-protocol-conflict-with-gateway-1");
    accepts(&set, &["listener-set-1-listener", WITH_SET], WITH_GATEWAY).await?;
    let set = subject.listener_set("listenerset-with-protocol-conflict-with-gateway-2");
    refuses(&set, WITH_GATEWAY).await?;
    let set = subject.listener_set("listenerset-with-protocol-conflict-with-listener-set-1");
    accepts(&set, &["listener-set-2-listener"], WITH_SET).await?;
    let set = subject.listener_set("listenerset-with-protocol-conflict-with-listener-set-2");
    refuses(&set, WITH_SET).await?;
    gateway.must_have_only_listener_sets(2).await
}

async fn accepts(set: &Parent<'_>, ready: &[&'static str], in_conflict: &'static str) -> Verdict {
    set.must_be(&[Accepted.yes().for_any_reason(), Programmed.yes()]).await?;
    for name in ready {
        set.listener_must_be_ready(name).await?;
    }
    set.listener_must_be(in_conflict, IN_CONFLICT).await
}

async fn refuses(set: &Parent<'_>, in_conflict: &'static str) -> Verdict {
    let none_left = Reason::ListenersNotValid;
    set.must_be(&[Accepted.no(none_left), Programmed.no(none_left)]).await?;
    set.listener_must_be(in_conflict, IN_CONFLICT).await
}
