//! For what a Pod in the fixtures' namespaces was made: for a Gateway, or for something else.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use cluster::{Key, Kind, Object, apply, object::OwnerReference, watch::Store};
use kube::Client;
use model::names::RUN_LABEL;

/// The label of what an implementation makes for a Gateway, with the Gateway's name.
pub(crate) const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";
/// What a Pod can be owned by, at most: ReplicaSet, Deployment, Gateway.
const GENERATIONS: usize = 3;

/// For what each owner of Pods was made, by the owner's UID.
#[derive(Default)]
pub(crate) struct Owners(Mutex<BTreeMap<String, MadeFor>>);

/// For what a Pod was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MadeFor {
    /// For the Gateway of this name.
    Gateway(String),
    /// For something else.
    Other,
}

impl Owners {
    /// For what a Pod was made, given the run's Deployments; none if that is not known yet.
    pub(crate) fn made_for(&self, pod: &Object, deployments: &Store) -> Option<MadeFor> {
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
        let fixture = deployments.get(&Key::new(Kind::Deployment, namespace, deployment));
        if fixture
            .is_some_and(|it| it.metadata.labels.iter().flatten().any(|(l, _)| l == RUN_LABEL))
        {
            return Some(MadeFor::Other);
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&owner.uid).cloned()
    }

    /// Follows the owners of a Pod. One that may not be read, or is gone, was made for none.
    pub(crate) async fn learn(&self, client: &Client, namespace: &str, pod: &Object) {
        let Some(first) = owner(pod).cloned() else { return };
        let (mut gateway, mut next) = (None, Some(first.clone()));
        for _ in 0..GENERATIONS {
            let Some(owner_ref) = next.take() else { break };
            if owner_ref.kind == "Gateway" {
                gateway = Some(owner_ref.name);
                break;
            }
            let Ok(Some(there)) = apply::get_owner(client, namespace, &owner_ref).await else {
                break;
            };
            gateway = labelled(&there);
            if gateway.is_some() {
                break;
            }
            next = owner(&there).cloned();
        }
        let mut owners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        owners.insert(first.uid, gateway.map_or(MadeFor::Other, MadeFor::Gateway));
    }
}

fn owner(object: &Object) -> Option<&OwnerReference> {
    object.metadata.owner_references.iter().flatten().next()
}

fn labelled(object: &Object) -> Option<String> {
    object.metadata.labels.as_ref()?.get(GATEWAY_NAME).cloned()
}
