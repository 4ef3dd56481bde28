//! The controllers' common view of the cluster: one watch and one copy of each kind.

use std::time::Duration;

use futures::{StreamExt, future::ready, stream::BoxStream};
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, Preconditions},
    runtime::{
        WatchStreamExt,
        reflector::{ObjectRef, Store, store::Writer},
        utils::Backoff,
        watcher::{self, Event, watcher},
    },
};

use crate::objects::{
    ConfigMap, Deployment, EndpointSlice, Namespace, Pod, Secret, Service, View, resource, view,
};

/// The client, and what the watches know. Copies may be behind what the API server has.
pub(crate) struct Cluster {
    pub(crate) client: Client,
    pub(crate) namespaces: Store<Namespace>,
    pub(crate) deployments: Store<Deployment>,
    pub(crate) pods: Store<Pod>,
    pub(crate) services: Store<Service>,
    pub(crate) slices: Store<EndpointSlice>,
    pub(crate) secrets: Store<Secret>,
    pub(crate) config_maps: Store<ConfigMap>,
}

impl Cluster {
    /// The objects of this kind in `namespace`.
    pub(crate) fn api<K: View>(&self, namespace: &str) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), namespace, &resource::<K>())
    }

    /// Whether nothing new may be made in `namespace`.
    pub(crate) fn is_terminating(&self, namespace: &str) -> bool {
        let namespace = self.namespaces.get(&ObjectRef::new(namespace));
        namespace.is_some_and(|namespace| namespace.metadata.deletion_timestamp.is_some())
    }
}

/// The pauses before a watch that failed is tried again: short, since the controllers stand still
/// meanwhile.
struct Pauses;

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(Duration::from_millis(100))
    }
}

impl Backoff for Pauses {
    fn reset(&mut self) {}
}

/// Keeps `store` like the API server's objects of a kind and tells of each object that came,
/// changed or went.
///
/// Does not end. After a gap of the watch all objects are told of, those that went meanwhile too.
pub(crate) async fn watch<K: View>(client: Client, mut store: Writer<K>, changed: impl Fn(&K)) {
    let copies = store.as_reader();
    let mut events = events(client, &resource::<K>());
    while let Some(event) = events.next().await {
        match seen(event) {
            Ok(event @ Event::InitDone) => {
                let before = copies.state();
                store.apply_watcher_event(&event);
                let gone = before.into_iter().filter(|object| is_gone(&copies, object.as_ref()));
                for object in gone.chain(copies.state()) {
                    changed(&object);
                }
            }
            Ok(event) => {
                store.apply_watcher_event(&event);
                if let Event::Apply(object) | Event::Delete(object) = &event {
                    changed(object);
                }
            }
            Err(error) => {
                tracing::debug!(kind = %K::kind(&()), %error, "an object cannot be read");
            }
        }
    }
}

/// What the API server tells of a kind, for ever.
fn events(client: Client, resource: &ApiResource) -> BoxStream<'static, Event<DynamicObject>> {
    let kind = resource.kind.clone();
    let api = Api::<DynamicObject>::all_with(client, resource);
    let events = watcher(api, watcher::Config::default()).backoff(Pauses);
    let told = events.filter_map(move |event| {
        let starts_over =
            |error: &watcher::Error| tracing::debug!(%kind, %error, "a watch starts over");
        ready(event.inspect_err(starts_over).ok())
    });
    told.boxed()
}

fn seen<K: View>(event: Event<DynamicObject>) -> Result<Event<K>, serde_json::Error> {
    Ok(match event {
        Event::Init => Event::Init,
        Event::InitApply(object) => Event::InitApply(view(object)?),
        Event::InitDone => Event::InitDone,
        Event::Apply(object) => Event::Apply(view(object)?),
        Event::Delete(object) => Event::Delete(view(object)?),
    })
}

/// Whether `copies` know no longer of exactly this object.
pub(crate) fn is_gone<K: View>(copies: &Store<K>, object: &K) -> bool {
    copies.get(&ObjectRef::from_obj(object)).is_none_or(|known| known.uid() != object.uid())
}

/// Deletes the object of this name if it still has this uid; that it is gone already is as good.
pub(crate) async fn delete(
    api: &Api<DynamicObject>,
    name: &str,
    uid: Option<String>,
    parameters: DeleteParams,
) -> Result<(), kube::Error> {
    let exactly = Preconditions { uid, resource_version: None };
    match api.delete(name, &parameters.preconditions(exactly)).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether the API server refused because the object to change, or its namespace, is on its way
/// out.
pub(crate) fn is_moot(error: &kube::Error) -> bool {
    let kube::Error::Api(status) = error else { return false };
    let causes = status.details.iter().flat_map(|details| &details.causes);
    status.is_not_found()
        || (status.is_forbidden()
            && causes.into_iter().any(|cause| cause.reason == "NamespaceTerminating"))
}
