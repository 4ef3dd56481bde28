//! ListenerSet: listeners with the port and hostname of another one.
//!
//! Two ListenerSets have other listeners too, and must not be dropped for one; the listener that comes first
//! must go on, whether it is the Gateway's or that of an older ListenerSet.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "ListenerSetHostnameConflict",
    requirement: "Of listeners with one port and hostname the Gateway's MUST be served, or else that of \
                  the oldest ListenerSet. The others MUST have Conflicted=True, and Accepted=False and \
                  Programmed=False, with reason HostnameConflict. A ListenerSet MUST be accepted if \
                  it has a valid listener left, and only then.",
    spec: "apis/v1/listenerset_types.go#ListenerSetSpec",
    features: &[Feature::Gateway, Feature::ListenerSet],
    manifests: &["listener-set/hostname-conflict.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const WITH_GATEWAY: &str = "hostname-conflict-with-gateway-listener";
const WITH_SET: &str = "hostname-conflict-with-listener-set-listener";

const IN_CONFLICT: &[Condition] = &[
    Accepted.no(Reason::HostnameConflict),
    Programmed.no(Reason::HostnameConflict),
    Conflicted.yes_because(Reason::HostnameConflict),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-with-listenerset-hostname-conflict");
    gateway.must_be_programmed().await?;
    gateway.listener_must_be_ready("gateway-listener").await?;
    gateway.listener_must_be_ready(WITH_GATEWAY).await?;

    let set = subject.listener_set("listenerset-with-hostname-conflict-with-gateway-1");
    accepts(&set, &["listener-set-1-listener", WITH_SET], WITH_GATEWAY).await?;
    let set = subject.listener_set("listenerset-with-hostname-conflict-with-gateway-2");
    refuses(&set, WITH_GATEWAY).await?;
    let set = subject.listener_set("listenerset-with-hostname-conflict-with-listener-set-1");
    accepts(&set, &["listener-set-2-listener"], WITH_SET).await?;
    let set = subject.listener_set("listenerset-with-hostname-conflict-with-listener-set-2");
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
