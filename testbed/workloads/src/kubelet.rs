//! The node: runs the Pods that are assigned to it or to nobody, and reports on them.

mod events;
mod image;
mod mounts;
mod sandbox;
mod server;
mod status;
mod variables;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use kube::{
    Api, ResourceExt,
    api::{DeleteParams, DynamicObject, Patch, PatchParams},
    runtime::reflector::ObjectRef,
};
use serde_json::json;

use crate::{
    AddressPool, Logs,
    cluster::{self, Cluster},
    node::NODE,
    objects::{Pod, Secret, View},
    pods,
    work::{Queue, Retry},
};
use sandbox::Sandbox;
use status::State;

pub use server::ServerError;
pub(crate) use server::serve;

/// Starts and stops what stands in for containers.
pub(crate) struct Kubelet {
    cluster: Arc<Cluster>,
    addresses: AddressPool,
    logs: Logs,
    running: Mutex<HashMap<ObjectRef<Pod>, Sandbox>>,
}

impl Kubelet {
    pub(crate) fn new(cluster: Arc<Cluster>, addresses: AddressPool, logs: Logs) -> Self {
        Self { cluster, addresses, logs, running: Mutex::default() }
    }

    pub(crate) async fn reconcile(&self, key: ObjectRef<Pod>) -> Result<(), Retry> {
        let pod = self.cluster.pods.get(&key).filter(|pod| is_ours(pod));
        let Some(pod) = pod else {
            self.stop(&key).await;
            return Ok(());
        };
        if pod.metadata.deletion_timestamp.is_some() {
            self.stop(&key).await;
            // The API server waits for the node's word that nothing runs any more.
            let api = self.api(&pod);
            let now = DeleteParams::default().grace_period(0);
            return Ok(cluster::delete(&api, &pod.name_any(), pod.uid(), now).await?);
        }
        if pods::is_finished(&pod) {
            return Ok(());
        }
        let running = self.with_running(|running| {
            running.get(&key).map(|sandbox| (sandbox.uid.clone(), sandbox.address()))
        });
        match running {
            Some((uid, address)) if Some(&uid) == pod.uid().as_ref() => {
                self.report(&pod, &State::Running { address }).await
            }
            Some(_) => {
                self.stop(&key).await;
                self.start(key, &pod).await
            }
            None => self.start(key, &pod).await,
        }
    }

    /// Has the Pods looked at that may have waited for a Secret or `ConfigMap` of `object`'s
    /// namespace.
    pub(crate) fn source_changed<K: View>(
        cluster: &Cluster,
        queue: &Queue<ObjectRef<Pod>>,
        object: &K,
    ) {
        let waiting = cluster.pods.state_filter(|pod| {
            pod.namespace() == object.meta().namespace && pods::address(pod).is_none()
        });
        for pod in waiting {
            queue.add(ObjectRef::from_obj(&pod));
        }
    }

    async fn start(&self, key: ObjectRef<Pod>, pod: &Pod) -> Result<(), Retry> {
        let programs = match image::programs(pod) {
            Ok(programs) => programs,
            Err(unknown) => {
                let message = unknown.to_string();
                let container = Some(unknown.container);
                let state = State::Waiting { container, reason: "ErrImagePull", message };
                return self.reject(pod, "Failed", &state).await;
            }
        };
        let mounts = mounts::resolve(
            pod,
            |name| self.cluster.secrets.get(&source::<Secret>(pod, name)),
            |name| self.cluster.config_maps.get(&source(pod, name)),
        );
        let mounts = match mounts {
            Ok(mounts) => mounts,
            Err(missing) => {
                let message = missing.to_string();
                let state =
                    State::Waiting { container: None, reason: "ContainerCreating", message };
                return self.reject(pod, "FailedMount", &state).await;
            }
        };
        match Sandbox::start(pod, &programs, &mounts, &self.addresses, &self.logs).await {
            Ok(sandbox) => {
                let address = sandbox.address();
                self.with_running(|running| running.insert(key, sandbox));
                self.report(pod, &State::Running { address }).await
            }
            Err(error) => {
                let message = error.to_string();
                let state = State::Waiting {
                    container: None,
                    reason: "CreateContainerError",
                    message: message.clone(),
                };
                self.reject(pod, "Failed", &state).await?;
                Err(Retry::Waiting(format!(
                    "what keeps Pod {} from starting: {message}",
                    pod.name_any()
                )))
            }
        }
    }

    /// Reports why `pod` does not start, in its status and as an Event.
    async fn reject(&self, pod: &Pod, reason: &str, state: &State) -> Result<(), Retry> {
        if let State::Waiting { message, .. } = state {
            events::warn(&self.cluster.client, pod, reason, message).await?;
        }
        self.report(pod, state).await
    }

    /// Writes the status where it is not as it should be.
    async fn report(&self, pod: &Pod, state: &State) -> Result<(), Retry> {
        let Some(status) = status::changed(pod, state) else { return Ok(()) };
        let patch = Patch::Merge(json!({ "status": status }));
        let api = self.api(pod);
        match api.patch_status(&pod.name_any(), &PatchParams::default(), &patch).await {
            Ok(_) => Ok(()),
            Err(error) if cluster::is_moot(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn stop(&self, key: &ObjectRef<Pod>) {
        let sandbox = self.with_running(|running| running.remove(key));
        if let Some(sandbox) = sandbox {
            sandbox.stop().await;
        }
        self.logs.forget(key.namespace.as_deref().unwrap_or_default(), &key.name);
    }

    fn api(&self, pod: &Pod) -> Api<DynamicObject> {
        self.cluster.api::<Pod>(&pod.namespace().unwrap_or_default())
    }

    fn with_running<T>(&self, f: impl FnOnce(&mut HashMap<ObjectRef<Pod>, Sandbox>) -> T) -> T {
        f(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A Pod that nobody assigned runs here as well: there is no scheduler, and no other node.
fn is_ours(pod: &Pod) -> bool {
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
    node.is_none_or(|node| node.is_empty() || node == NODE)
}

/// The object of `pod`'s namespace that a volume names.
fn source<K: View>(pod: &Pod, name: &str) -> ObjectRef<K> {
    ObjectRef::new(name).within(&pod.namespace().unwrap_or_default())
}
