//! Gateways as Pods that become ready late.
//!
//! Each Gateway has a Pod beside it, on a node that is not the testbed's. A status may say that the
//! Gateway is programmed; nothing is served before its Pod is ready.

use std::collections::BTreeMap;

use kube::Client;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch};
use kube::api::{PatchParams, PostParams};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::debug;

use super::addresses::ByGateway;
use super::infrastructure;
use crate::chance::{Chance, Purpose};
use crate::core::objects::{Gateway, Key, Object};
use crate::core::snapshot::Snapshot;
use crate::faults::Faults;
use crate::lag::{Delay, Lag};

/// Where the Pods run: nobody else looks after what is there.
const NODE: &str = "reference-gateway";
const CONTAINER: &str = "proxy";
const IMAGE: &str = "gateway-conformance.dev/reference:latest";

/// The Pods of our Gateways.
pub struct Pods {
    client: Client,
    time: Delay,
    chance: Chance,
    known: BTreeMap<Key, OfGateway>,
}

/// The Pod of a Gateway; it is removed when this is dropped.
struct OfGateway {
    uid: String,
    due: Instant,
    ready: bool,
    /// Has it say that it is ready.
    tell: Option<oneshot::Sender<()>>,
    _gone: DropGuard,
}

impl Pods {
    /// None if Gateways are no Pods.
    pub fn new(client: Client, lag: &Lag) -> Option<Self> {
        let chance = Chance::new(lag.seed, Purpose::Pods);
        let new = |time| Self { client, time, chance, known: BTreeMap::new() };
        lag.pods.clone().map(new)
    }

    /// Makes the Pods of the Gateways that have an address, and removes those of Gateways that are
    /// gone. A Pod stays as it was made. It is there before anything is told of its Gateway.
    pub async fn keep(
        &mut self,
        snapshot: &Snapshot,
        controller: &str,
        addresses: &ByGateway,
        faults: &Faults,
    ) {
        let Self { client, time, chance, known } = self;
        let uid = |key: &Key| snapshot.gateways.get(key).map(|gateway| &gateway.metadata.uid);
        known.retain(|key, pod| uid(key).is_some_and(|uid| *uid == pod.uid));
        let now = Instant::now();
        for (key, gateway) in snapshot.gateways_of(controller) {
            if !addresses.contains_key(key) || known.contains_key(key) {
                continue;
            }
            let (tell, told) = oneshot::channel();
            let gone = CancellationToken::new();
            let pod = pod(gateway, faults);
            let api = api(client.clone(), &key.namespace);
            match api.create(&PostParams::default(), &pod).await {
                Ok(pod) => {
                    let name = pod.metadata.name.unwrap_or_default();
                    report(&api, &name, false).await;
                    tokio::spawn(live(api, name, told, gone.clone()));
                }
                // Where a Namespace is going, nothing is to be created.
                Err(error) => debug!(gateway = %key, %error, "failed to create the Pod"),
            }
            let (uid, due) = (gateway.metadata.uid.clone(), now + chance.time(Some(time)));
            let pod =
                OfGateway { uid, due, ready: false, tell: Some(tell), _gone: gone.drop_guard() };
            known.insert(key.clone(), pod);
        }
        for pod in known.values_mut() {
            pod.ready |= pod.due <= now;
        }
    }

    /// When the next Pod is ready.
    pub fn due(&self) -> Option<Instant> {
        self.known.values().filter(|pod| !pod.ready).map(|pod| pod.due).min()
    }

    /// The addresses of those Gateways that can be served.
    pub fn ready(&self, addresses: &ByGateway) -> ByGateway {
        let ready = |key: &Key| self.known.get(key).is_none_or(|pod| pod.ready);
        let addresses = addresses.iter().filter(|(key, _)| ready(key));
        addresses.map(|(key, addresses)| (key.clone(), addresses.clone())).collect()
    }

    /// Has the Pods say that they are ready: what they serve is served by now.
    pub fn tell(&mut self) {
        for tell in
            self.known.values_mut().filter(|pod| pod.ready).filter_map(|pod| pod.tell.take())
        {
            // A Pod that could not be created says nothing.
            tell.send(()).ok();
        }
    }
}

/// A Pod's life, once it was created: not ready, ready, removed.
async fn live(
    api: Api<DynamicObject>,
    name: String,
    told: oneshot::Receiver<()>,
    gone: CancellationToken,
) {
    tokio::select! {
        told = told => if told.is_ok() {
            report(&api, &name, true).await;
        },
        () = gone.cancelled() => {}
    }
    gone.cancelled().await;
    let removed = api.delete(&name, &DeleteParams::default().grace_period(0)).await;
    if let Err(error) = removed {
        debug!(pod = %name, %error, "failed to remove the Pod of a Gateway");
    }
}

async fn report(api: &Api<DynamicObject>, name: &str, ready: bool) {
    let patch = Patch::Merge(json!({ "status": status(ready) }));
    if let Err(error) = api.patch_status(name, &PatchParams::default(), &patch).await {
        debug!(pod = %name, %error, "failed to report on the Pod of a Gateway");
    }
}

fn status(ready: bool) -> Value {
    let (phase, status) = if ready { ("Running", "True") } else { ("Pending", "False") };
    let condition = |kind: &str| {
        let mut condition = json!({ "type": kind, "status": status });
        if !ready {
            condition["reason"] = "ContainersNotReady".into();
            condition["message"] = format!("containers with unready status: [{CONTAINER}]").into();
        }
        condition
    };
    let state = if ready {
        json!({ "running": {} })
    } else {
        json!({ "waiting": { "reason": "ContainerCreating" } })
    };
    json!({
        "phase": phase,
        "conditions": [condition("Ready"), condition("ContainersReady")],
        "containerStatuses": [{
            "name": CONTAINER,
            "image": IMAGE,
            "imageID": "",
            "ready": ready,
            "restartCount": 0,
            "state": state,
        }],
    })
}

fn pod(gateway: &Object<Gateway>, faults: &Faults) -> DynamicObject {
    let metadata = infrastructure::metadata(gateway, faults);
    let spec = json!({
        "nodeName": NODE,
        "serviceAccountName": metadata.name,
        // Nobody on that node would tell that the container has stopped.
        "terminationGracePeriodSeconds": 0,
        "containers": [{ "name": CONTAINER, "image": IMAGE }],
    });
    let mut object = DynamicObject::new("", &resource()).data(json!({ "spec": spec }));
    object.metadata = metadata;
    object
}

fn resource() -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk("", "v1", "Pod"), "pods")
}

fn api(client: Client, namespace: &str) -> Api<DynamicObject> {
    Api::namespaced_with(client, namespace, &resource())
}
