//! Watches of the kinds that the core looks at, as one stream of changes to the snapshot.

use std::time::Duration;

use futures::future::{ready, try_join, try_join_all};
use futures::stream::{BoxStream, SelectAll, StreamExt as _};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind, ListParams};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::utils::Backoff;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client};
use serde::de::DeserializeOwned;
use tracing::warn;

use crate::Error;
use crate::core::StatusKind;
use crate::core::objects::{GATEWAY_GROUP, Key, Metadata, Object};
use crate::core::route_kind::RouteKind;
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

/// Watches all kinds, each with a stream of its own; of those that an API server may lack these.
pub fn watch(client: &Client, optional: Vec<StatusKind>) -> Changes {
    let api = |resource| Api::all_with(client.clone(), &resource);
    let reported = |kind| (api(status_resource(kind)), Some(kind));
    let other = |resource| (api(resource), None);
    let core = |kind, plural| other(resource("", kind, plural));
    let slices = resource("discovery.k8s.io", "EndpointSlice", "endpointslices");
    let mut all: Changes = [
        changes(reported(StatusKind::GatewayClass), |all| &mut all.gateway_classes),
        changes(reported(StatusKind::Gateway), |all| &mut all.gateways),
        changes(other(reference_grants()), |all| &mut all.reference_grants),
        changes(core("Namespace", "namespaces"), |all| &mut all.namespaces),
        changes(core("Service", "services"), |all| &mut all.services),
        changes(core("Secret", "secrets"), |all| &mut all.secrets),
        changes(core("ConfigMap", "configmaps"), |all| &mut all.config_maps),
        changes(other(slices), |all| &mut all.endpoint_slices),
    ]
    .into_iter()
    .collect();
    for kind in optional {
        all.push(match kind {
            StatusKind::Route(route) => {
                changes(reported(kind), move |all| all.routes.entry(route).or_default())
            }
            StatusKind::BackendTlsPolicy => {
                changes(reported(kind), |all| &mut all.backend_tls_policies)
            }
            _ => changes(reported(kind), |all| &mut all.listener_sets),
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

/// The resource of a kind that has a status of ours.
pub fn status_resource(kind: StatusKind) -> ApiResource {
    match kind {
        StatusKind::GatewayClass => resource(GATEWAY_GROUP, "GatewayClass", "gatewayclasses"),
        StatusKind::Gateway => resource(GATEWAY_GROUP, "Gateway", "gateways"),
        StatusKind::ListenerSet => resource(GATEWAY_GROUP, "ListenerSet", "listenersets"),
        StatusKind::BackendTlsPolicy => {
            resource(GATEWAY_GROUP, "BackendTLSPolicy", "backendtlspolicies")
        }
        StatusKind::Route(kind) => resource(GATEWAY_GROUP, kind.name(), kind.plural()),
    }
}

fn reference_grants() -> ApiResource {
    resource(GATEWAY_GROUP, "ReferenceGrant", "referencegrants")
}

fn resource(group: &str, kind: &str, plural: &str) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, "v1", kind), plural)
}

/// `ListenerSet`, `BackendTLSPolicy` and the kinds of routes, as far as the API server knows them: a watch
/// of one that it does not know would wait for ever. The other kinds of Gateway API, and `HTTPRoute`, it
/// must know.
pub async fn known_optional(client: &Client) -> Result<Vec<StatusKind>, Error> {
    let kinds = [StatusKind::GatewayClass, StatusKind::Gateway];
    let required = kinds.into_iter().map(status_resource).chain([reference_grants()]);
    let missing = |kind| Error::DefinitionMissing { kind };
    let required = required.map(async |resource| {
        let is_known = is_known(client, &resource).await?;
        is_known.then_some(()).ok_or_else(|| missing(resource.kind))
    });
    let others = [StatusKind::ListenerSet, StatusKind::BackendTlsPolicy];
    let optional = RouteKind::ALL.into_iter().map(StatusKind::Route).chain(others);
    let optional = optional.map(async |kind| {
        let resource = status_resource(kind);
        match is_known(client, &resource).await? {
            false if kind == StatusKind::Route(RouteKind::Http) => Err(missing(resource.kind)),
            is_known => Ok(is_known.then_some(kind)),
        }
    });
    let (_, optional) = try_join(try_join_all(required), try_join_all(optional)).await?;
    Ok(optional.into_iter().flatten().collect())
}

async fn is_known(client: &Client, resource: &ApiResource) -> Result<bool, Error> {
    let api: Api<DynamicObject> = Api::all_with(client.clone(), resource);
    match api.list_metadata(&ListParams::default().limit(1)).await {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(false),
        Err(error) => Err(Error::Api { kind: resource.kind.clone(), source: Box::new(error) }),
    }
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
