//! The Pods by which an implementation serves a Gateway, where it makes some in the fixtures' namespaces.
//!
//! A Gateway may say Programmed while the image of its proxy is still being pulled. The Go suite waits for
//! every Pod of those namespaces; here it is waited for those of the Gateway under test alone.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use cluster::{
    Key, Kind, Object, apply, diagnosis, object::OwnerReference, views::status_conditions,
    wait::Progress, watch::Scope,
};
use model::{
    names::RUN_LABEL,
    timeouts::Limit,
    timing::SpanKind,
    verdict::{Failure, JudgeError, Mismatch, Verdict},
};
use tokio::time::Instant;

use crate::{session::Session, subject::Subject};

/// The label of what an implementation makes for a Gateway, with the Gateway's name.
const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";
/// What a Pod can be owned by, at most: ReplicaSet, Deployment, Gateway.
const GENERATIONS: usize = 3;

/// For what each owner of Pods was made, by the owner's UID.
pub(crate) type Owners = Mutex<BTreeMap<String, MadeFor>>;

/// For what a Pod was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MadeFor {
    /// For the Gateway of this name.
    Gateway(String),
    /// For something else.
    Other,
}

/// Waits until the Pods are ready by which a Gateway is served, within `NamespacesMustBeReady`.
///
/// # Errors
///
/// A failure that names a Pod that is not, and what holds it.
pub(crate) async fn must_be_ready(subject: &Subject, gateway: &Key) -> Verdict {
    let session = &subject.session;
    let Some(namespace) = &gateway.namespace else { return Ok(()) };
    let store = session.watches().on(Scope::all(Kind::Pod).within(namespace));
    let began = Instant::now();
    let limit = subject.limit(Limit::NamespacesMustBeReady);
    let waited = async {
        loop {
            let left = limit.saturating_sub(began.elapsed());
            let met = store.until_all(left, |pods| {
                let unknown = pods.iter().find(|pod| session.made_for(pod).is_none());
                let unready = || {
                    let own = Some(MadeFor::Gateway(gateway.name.clone()));
                    let made_for = |pod: &&Arc<Object>| session.made_for(pod) == own;
                    pods.iter().filter(made_for).find_map(|pod| Some((pod, unready(pod)?)))
                };
                match (unknown, unready()) {
                    (Some(pod), _) => Progress::Met(Some(pod.clone())),
                    (None, Some((pod, because))) => {
                        Progress::NotYet(format!("{}: {because}", name(pod)))
                    }
                    (None, None) => Progress::Met(None),
                }
            });
            match met.await {
                Ok(None) => return Ok(()),
                Ok(Some(pod)) => session.learn_owners(namespace, &pod).await,
                Err(unmet) => return Err(unmet),
            }
        }
    };
    let Err(unmet) = subject.notes.during(SpanKind::Status, waited).await else { return Ok(()) };
    if let Some(error) = unmet.watch_error {
        return Err(JudgeError::new(error).into());
    }
    let troubles =
        diagnosis::find_troubles(session.client(), std::slice::from_ref(namespace)).await;
    let mismatch = Mismatch {
        since: Some(unmet.since),
        waited: Some(began.elapsed()),
        ..Mismatch::new(gateway.to_string(), "the Pods that serve it ready", unmet.because)
    };
    let failure = Failure::of(mismatch);
    Err(match diagnosis::sentences(troubles).into_iter().next() {
        Some(trouble) => failure.because(trouble).into(),
        None => failure.into(),
    })
}

/// Why a Pod is not ready, as the Go suite counts: one that has done its work, or that goes away, is.
fn unready(pod: &Object) -> Option<String> {
    let is_over =
        pod.metadata.deletion_timestamp.is_some() || pod.data["status"]["phase"] == "Succeeded";
    let conditions = status_conditions(pod);
    let ready = conditions.iter().any(|it| it.kind == "Ready" && it.status == "True");
    (!is_over && !ready).then(|| {
        let phase = pod.data["status"]["phase"].as_str().unwrap_or("no phase");
        format!("not ready ({phase})")
    })
}

fn name(object: &Object) -> &str {
    object.metadata.name.as_deref().unwrap_or_default()
}

fn owner(object: &Object) -> Option<&OwnerReference> {
    object.metadata.owner_references.iter().flatten().next()
}

fn labelled(object: &Object) -> Option<String> {
    object.metadata.labels.as_ref()?.get(GATEWAY_NAME).cloned()
}

impl Session {
    /// For what a Pod was made; none if that is not known yet.
    fn made_for(&self, pod: &Object) -> Option<MadeFor> {
        if let Some(gateway) = labelled(pod) {
            return Some(MadeFor::Gateway(gateway));
        }
        let Some(owner) = owner(pod) else { return Some(MadeFor::Other) };
        if owner.kind == "Gateway" {
            return Some(MadeFor::Gateway(owner.name.clone()));
        }
        // The fixtures' own Pods, of ReplicaSets that are named after their Deployments.
        let deployment = owner.name.rsplit_once('-').map_or("", |(deployment, _)| deployment);
        let namespace = pod.metadata.namespace.as_deref();
        let fixture =
            self.store(Kind::Deployment).get(&Key::new(Kind::Deployment, namespace, deployment));
        if fixture
            .is_some_and(|it| it.metadata.labels.iter().flatten().any(|(l, _)| l == RUN_LABEL))
        {
            return Some(MadeFor::Other);
        }
        self.owners().lock().unwrap_or_else(PoisonError::into_inner).get(&owner.uid).cloned()
    }

    /// Follows the owners of a Pod. One that may not be read, or is gone, was made for none.
    async fn learn_owners(&self, namespace: &str, pod: &Object) {
        let Some(first) = owner(pod).cloned() else { return };
        let (mut gateway, mut next) = (None, Some(first.clone()));
        for _ in 0..GENERATIONS {
            let Some(owner_ref) = next.take() else { break };
            if owner_ref.kind == "Gateway" {
                gateway = Some(owner_ref.name);
                break;
            }
            let Ok(Some(there)) = apply::get_owner(self.client(), namespace, &owner_ref).await
            else {
                break;
            };
            gateway = labelled(&there);
            if gateway.is_some() {
                break;
            }
            next = owner(&there).cloned();
        }
        let mut owners = self.owners().lock().unwrap_or_else(PoisonError::into_inner);
        owners.insert(first.uid, gateway.map_or(MadeFor::Other, MadeFor::Gateway));
    }
}
