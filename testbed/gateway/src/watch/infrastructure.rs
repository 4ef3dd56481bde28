//! What is made in the cluster for a Gateway: what it is known by, and an account of its own.
//!
//! The account is what a proxy of the Gateway would run under. There is none here unless Gateways are
//! [`Pods`](super::pods), but whoever looks for what belongs to a Gateway finds it.

use std::collections::BTreeMap;

use kube::Client;
use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ObjectMeta, Patch, PatchParams,
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tracing::debug;

use super::addresses::ByGateway;
use crate::core::objects::{GATEWAY_GROUP, Gateway, Key, Object};
use crate::core::snapshot::Snapshot;
use crate::faults::{self, Faults};

/// By this label is found what is made for a Gateway.
const LABEL: &str = "gateway.networking.k8s.io/gateway-name";
/// The greatest length of a label's value.
const LONGEST_LABEL: usize = 63;
/// Who applies.
const MANAGER: &str = "reference-gateway";

/// The metadata of what is made for a Gateway.
pub fn metadata(gateway: &Object<Gateway>, faults: &Faults) -> ObjectMeta {
    let (own, infrastructure) = (&gateway.metadata, &gateway.spec.infrastructure);
    let mut labels = infrastructure.labels.clone();
    if faults.has(faults::INFRASTRUCTURE_LABELS_DROPPED) {
        labels.clear();
    }
    // A Gateway's name may be longer than a label; what is made for it is found by its owner then.
    if own.name.len() <= LONGEST_LABEL && !faults.has(faults::GATEWAY_NAME_LABEL_OMITTED) {
        labels.insert(LABEL.to_owned(), own.name.clone());
    }
    let mut annotations = infrastructure.annotations.clone();
    if faults.has(faults::INFRASTRUCTURE_ANNOTATIONS_DROPPED) {
        annotations.clear();
    }
    let metadata = json!({
        "name": format!("gateway-{}", own.uid),
        "namespace": own.namespace,
        "labels": labels,
        "annotations": annotations,
        "ownerReferences": [{
            "apiVersion": format!("{GATEWAY_GROUP}/v1"),
            "kind": "Gateway",
            "name": own.name,
            "uid": own.uid,
            "controller": true,
        }],
    });
    serde_json::from_value(metadata).unwrap_or_default()
}

/// The accounts of our Gateways.
pub struct Accounts {
    /// By their own names.
    known: BTreeMap<Key, Value>,
    orders: UnboundedSender<Order>,
}

/// What is to be written.
enum Order {
    Apply(Key, Value),
    Remove(Key),
}

impl Accounts {
    /// There are none yet.
    pub fn new(client: Client) -> Self {
        let (orders, receiver) = mpsc::unbounded_channel();
        // One after the other, so that what came last stays.
        tokio::spawn(carry_out(client, receiver));
        Self { known: BTreeMap::new(), orders }
    }

    /// Has the accounts of the Gateways that have an address be as they ask for it, and removes those
    /// of Gateways that are gone.
    pub fn keep(
        &mut self,
        snapshot: &Snapshot,
        controller: &str,
        addresses: &ByGateway,
        faults: &Faults,
    ) {
        let served = snapshot.gateways_of(controller);
        let served = served.filter(|(key, _)| addresses.contains_key(key));
        let wanted: BTreeMap<_, _> = served.map(|(_, gateway)| account(gateway, faults)).collect();
        let gone = self.known.keys().filter(|key| !wanted.contains_key(key));
        let changed = wanted.iter().filter(|(key, account)| self.known.get(key) != Some(account));
        let orders = gone
            .map(|key| Order::Remove(key.clone()))
            .chain(changed.map(|(key, account)| Order::Apply(key.clone(), account.clone())));
        for order in orders {
            // They are carried out for as long as there are any.
            self.orders.send(order).ok();
        }
        self.known = wanted;
    }
}

fn account(gateway: &Object<Gateway>, faults: &Faults) -> (Key, Value) {
    let metadata = metadata(gateway, faults);
    let key = Key::new(&gateway.metadata.namespace, metadata.name.clone().unwrap_or_default());
    let account = json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata });
    (key, account)
}

async fn carry_out(client: Client, mut orders: UnboundedReceiver<Order>) {
    let kind = GroupVersionKind::gvk("", "v1", "ServiceAccount");
    let resource = ApiResource::from_gvk_with_plural(&kind, "serviceaccounts");
    let api = |key: &Key| -> Api<DynamicObject> {
        Api::namespaced_with(client.clone(), &key.namespace, &resource)
    };
    while let Some(order) = orders.recv().await {
        let done = match &order {
            Order::Apply(key, account) => {
                let parameters = PatchParams::apply(MANAGER).force();
                let applied = api(key).patch(&key.name, &parameters, &Patch::Apply(account)).await;
                applied.map(drop)
            }
            Order::Remove(key) => {
                api(key).delete(&key.name, &DeleteParams::default()).await.map(drop)
            }
        };
        if let Err(error) = done {
            // Where a Namespace is going, nothing is to be created, and all is removed.
            debug!(%error, "failed to write the account of a Gateway");
        }
    }
}
