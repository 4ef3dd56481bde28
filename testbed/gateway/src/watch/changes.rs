//! Watches of the kinds that the core looks at, as one stream of changes to the snapshot.

use std::time::Duration;

use futures::future::ready;
use futures::stream::{BoxStream, SelectAll, StreamExt as _};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::utils::Backoff;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client};
use serde::de::DeserializeOwned;
use tracing::warn;

use super::served::Served;
use crate::core::StatusKind;
use crate::core::objects::{Key, Metadata, Object};
use crate::core::snapshot::{self, Objects, Snapshot};

/// The changes of all kinds.
pub type Changes = SelectAll<BoxStream<'static, Change>>;

/// A change to the snapshot.
pub struct Change {
    /// The object that was written, where its kind has a status of ours.
    pub reported: Option<(StatusKind, Key)>,
    /// Makes it.
    pub apply: Box<dyn FnOnce(&mut Snapshot) + Send>,
    /// Whether it brings all objects of a kind for the first time.
    pub first_list: bool,
}

/// Watches all kinds, each with a stream of its own.
pub fn watch(client: &Client, served: &Served) -> Changes {
    let other = |resource: &ApiResource| (Api::all_with(client.clone(), resource), None);
    let core = |kind, plural| other(&resource("", kind, plural));
    let slices = resource("discovery.k8s.io", "EndpointSlice", "endpointslices");
    let mut all: Changes = [
        changes(core("Namespace", "namespaces"), |all| &mut all.namespaces),
        changes(core("Service", "services"), |all| &mut all.services),
        changes(core("Secret", "secrets"), |all| &mut all.secrets),
        changes(core("ConfigMap", "configmaps"), |all| &mut all.config_maps),
        changes(other(&slices), |all| &mut all.endpoint_slices),
    ]
    .into_iter()
    .collect();
    if let Some(grants) = &served.grants {
        all.push(changes(other(grants), |all| &mut all.reference_grants));
    }
    for (kind, resource) in served.kinds() {
        let api = (Api::all_with(client.clone(), resource), Some(kind));
        all.push(match kind {
            StatusKind::GatewayClass => changes(api, |all| &mut all.gateway_classes),
            StatusKind::Gateway => changes(api, |all| &mut all.gateways),
            StatusKind::Route(route) => {
                changes(api, move |all| all.routes.entry(route).or_default())
            }
            StatusKind::BackendTlsPolicy => changes(api, |all| &mut all.backend_tls_policies),
            StatusKind::ListenerSet => changes(api, |all| &mut all.listener_sets),
            StatusKind::TimeoutPolicy => changes(api, |all| &mut all.timeout_policies),
        });
    }
    all
}

/// The pauses before a watch that failed is tried again: short, since what is missed meanwhile makes
/// the Gateway slow.
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

fn resource(group: &str, kind: &str, plural: &str) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, "v1", kind), plural)
}

fn changes<T, S>(
    (api, kind): (Api<DynamicObject>, Option<StatusKind>),
    select: S,
) -> BoxStream<'static, Change>
where
    T: DeserializeOwned + Send + 'static,
    S: Fn(&mut Snapshot) -> &mut Objects<T> + Copy + Send + 'static,
{
    let mut listed = Objects::new();
    let mut first = true;
    watcher(api, watcher::Config::default())
        .backoff(Pauses)
        .filter_map(move |event| {
            ready(match event {
                Ok(Event::Init) => {
                    listed = Objects::new();
                    None
                }
                Ok(Event::InitApply(object)) => {
                    let (key, view) = view(object);
                    listed.extend(view.map(|view| (key, view)));
                    None
                }
                Ok(Event::InitDone) => {
                    let all = std::mem::take(&mut listed);
                    let apply = move |known: &mut Snapshot| snapshot::put_all(select(known), all);
                    let first_list = std::mem::take(&mut first);
                    Some(Change { reported: None, apply: Box::new(apply), first_list })
                }
                Ok(Event::Apply(object)) => Some(put(object, kind, select)),
                Ok(Event::Delete(object)) => Some(remove(&object, select)),
                Err(error) => {
                    warn!(%error, "a watch failed and will be tried again");
                    None
                }
            })
        })
        .boxed()
}

fn put<T, S>(object: DynamicObject, kind: Option<StatusKind>, select: S) -> Change
where
    T: DeserializeOwned + Send + 'static,
    S: Fn(&mut Snapshot) -> &mut Objects<T> + Send + 'static,
{
    let (key, view) = view(object);
    let reported = kind.map(|kind| (kind, key.clone()));
    let apply = move |known: &mut Snapshot| match view {
        Some(view) => snapshot::put(select(known), key, view),
        // What it was before is no longer true.
        None => drop(select(known).remove(&key)),
    };
    Change { reported, apply: Box::new(apply), first_list: false }
}

fn remove<T, S>(object: &DynamicObject, select: S) -> Change
where
    T: 'static,
    S: Fn(&mut Snapshot) -> &mut Objects<T> + Send + 'static,
{
    let key = key(&object.metadata);
    let apply = move |snapshot: &mut Snapshot| drop(select(snapshot).remove(&key));
    Change { reported: None, apply: Box::new(apply), first_list: false }
}

/// The view of an object; none when it is not what its kind promises, which only a server without
/// schemas lets happen.
fn view<T: DeserializeOwned>(object: DynamicObject) -> (Key, Option<Object<T>>) {
    let key = key(&object.metadata);
    let metadata = metadata(object.metadata);
    match serde_json::from_value(object.data) {
        Ok(body) => (key, Some(Object { metadata, body })),
        Err(error) => {
            warn!(%key, %error, "an object is left out: it does not fit its kind");
            (key, None)
        }
    }
}

fn key(metadata: &ObjectMeta) -> Key {
    Key::new(
        metadata.namespace.clone().unwrap_or_default(),
        metadata.name.clone().unwrap_or_default(),
    )
}

fn metadata(metadata: ObjectMeta) -> Metadata {
    Metadata {
        namespace: metadata.namespace.unwrap_or_default(),
        name: metadata.name.unwrap_or_default(),
        uid: metadata.uid.unwrap_or_default(),
        generation: metadata.generation.unwrap_or_default(),
        resource_version: metadata.resource_version.unwrap_or_default(),
        creation_timestamp: metadata
            .creation_timestamp
            .map(|time| time.0.to_string())
            .unwrap_or_default(),
        labels: metadata.labels.unwrap_or_default(),
        finalizers: metadata.finalizers.unwrap_or_default(),
        since: 0,
    }
}
