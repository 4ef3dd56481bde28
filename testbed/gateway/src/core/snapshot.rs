//! Everything the Gateway knows about the cluster at one moment.

use std::collections::BTreeMap;

use serde_json::Value;

use super::StatusKind;
use super::backend_tls_policy::BackendTlsPolicy;
use super::listener_set::ListenerSet;
use super::objects::{
    ConfigMap, EndpointSlice, Gateway, GatewayClass, Key, Metadata, Namespace, Object,
    ReferenceGrant, Secret, Service,
};
use super::route::{Route, RouteRef};
use super::route_kind::RouteKind;
use super::timeout_policy::TimeoutPolicy;

/// The objects of one kind, by namespace and name.
pub type Objects<T> = BTreeMap<Key, Object<T>>;

/// The cluster at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// All `GatewayClass`es, of every controller.
    pub gateway_classes: Objects<GatewayClass>,
    /// All `Gateway`s, of every class.
    pub gateways: Objects<Gateway>,
    /// All `ListenerSet`s, of every Gateway.
    pub listener_sets: Objects<ListenerSet>,
    /// All routes of the kinds that are served.
    pub routes: BTreeMap<RouteKind, Objects<Route>>,
    /// All `BackendTLSPolicy`s.
    pub backend_tls_policies: Objects<BackendTlsPolicy>,
    /// All `TimeoutPolicy`s.
    pub timeout_policies: Objects<TimeoutPolicy>,
    /// All `ReferenceGrant`s.
    pub reference_grants: Objects<ReferenceGrant>,
    /// All `Namespace`s.
    pub namespaces: Objects<Namespace>,
    /// All `Service`s.
    pub services: Objects<Service>,
    /// All `EndpointSlice`s.
    pub endpoint_slices: Objects<EndpointSlice>,
    /// All `Secret`s.
    pub secrets: Objects<Secret>,
    /// All `ConfigMap`s.
    pub config_maps: Objects<ConfigMap>,
}

/// Puts an object where it belongs, and notes since when it is as it is.
pub fn put<T>(objects: &mut Objects<T>, key: Key, mut object: Object<T>) {
    object.metadata.since = since(&object.metadata, objects.get(&key));
    objects.insert(key, object);
}

/// Puts all objects of a kind in place of those known before.
pub fn put_all<T>(objects: &mut Objects<T>, mut all: Objects<T>) {
    for (key, object) in &mut all {
        object.metadata.since = since(&object.metadata, objects.get(key));
    }
    *objects = all;
}

/// Since when an object has its generation: since now, unless it had it before.
fn since<T>(metadata: &Metadata, before: Option<&Object<T>>) -> u64 {
    let same = before
        .map(|before| &before.metadata)
        .filter(|before| before.uid == metadata.uid && before.generation == metadata.generation);
    // Versions are numbers, though clients are not to rely on it; no rule is kept by them here.
    same.map_or_else(|| metadata.resource_version.parse().unwrap_or_default(), |same| same.since)
}

impl Snapshot {
    /// Metadata and status of an object of a kind that has a status of ours.
    pub fn reported(&self, kind: StatusKind, key: &Key) -> Option<(&Metadata, &Value)> {
        match kind {
            StatusKind::GatewayClass => {
                self.gateway_classes.get(key).map(|class| (&class.metadata, &class.status))
            }
            StatusKind::Gateway => {
                self.gateways.get(key).map(|gateway| (&gateway.metadata, &gateway.status))
            }
            StatusKind::ListenerSet => {
                self.listener_sets.get(key).map(|set| (&set.metadata, &set.status))
            }
            StatusKind::BackendTlsPolicy => {
                self.backend_tls_policies.get(key).map(|policy| (&policy.metadata, &policy.status))
            }
            StatusKind::TimeoutPolicy => {
                self.timeout_policies.get(key).map(|policy| (&policy.metadata, &policy.status))
            }
            StatusKind::Route(kind) => {
                let route = self.routes.get(&kind)?.get(key);
                route.map(|route| (&route.metadata, &route.status))
            }
        }
    }

    /// These objects with the statuses and versions that they have in `now`, as far as they are
    /// still there: what is reported of an earlier state is written to the objects of today.
    pub fn with_statuses_of(&self, now: &Self) -> Self {
        let mut then = self.clone();
        adopt(&mut then.gateway_classes, &now.gateway_classes, |then, now| {
            then.status.clone_from(&now.status);
        });
        adopt(&mut then.gateways, &now.gateways, |then, now| then.status.clone_from(&now.status));
        adopt(&mut then.listener_sets, &now.listener_sets, |then, now| {
            then.status.clone_from(&now.status);
        });
        adopt(&mut then.backend_tls_policies, &now.backend_tls_policies, |then, now| {
            then.status.clone_from(&now.status);
        });
        adopt(&mut then.timeout_policies, &now.timeout_policies, |then, now| {
            then.status.clone_from(&now.status);
        });
        for (kind, then) in &mut then.routes {
            if let Some(now) = now.routes.get(kind) {
                adopt(then, now, |then, now| then.status.clone_from(&now.status));
            }
        }
        then
    }

    /// All routes, kind by kind.
    pub fn all_routes(&self) -> impl Iterator<Item = RouteRef<'_>> {
        self.routes.iter().flat_map(|(&kind, routes)| {
            routes.values().map(move |object| RouteRef { kind, object })
        })
    }

    /// The Gateways whose class names `controller_name`.
    pub fn gateways_of<'a>(
        &'a self,
        controller_name: &'a str,
    ) -> impl Iterator<Item = (&'a Key, &'a Object<Gateway>)> {
        self.gateways.iter().filter(move |(_, gateway)| {
            self.gateway_classes
                .get(&Key::new("", &gateway.spec.gateway_class_name))
                .is_some_and(|class| class.spec.controller_name == controller_name)
        })
    }
}

/// Has the objects that are the same ones take over what changes without a new generation.
fn adopt<T>(then: &mut Objects<T>, now: &Objects<T>, status: impl Fn(&mut T, &T)) {
    for (key, then) in then {
        if let Some(now) = now.get(key).filter(|now| now.metadata.uid == then.metadata.uid) {
            then.metadata.resource_version.clone_from(&now.metadata.resource_version);
            status(&mut then.body, &now.body);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use super::*;

    /// A snapshot of the objects in `documents` (YAML).
    pub(in crate::core) fn snapshot(documents: &str) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for document in serde_yaml::Deserializer::from_str(documents) {
            let value = serde::Deserialize::deserialize(document).expect("the document is YAML");
            insert(&mut snapshot, value);
        }
        snapshot
    }

    fn insert(snapshot: &mut Snapshot, value: Value) {
        match value["kind"].as_str().expect("the document has a kind") {
            "GatewayClass" => put(&mut snapshot.gateway_classes, value),
            "Gateway" => put(&mut snapshot.gateways, value),
            "ListenerSet" => put(&mut snapshot.listener_sets, value),
            "ReferenceGrant" => put(&mut snapshot.reference_grants, value),
            "Namespace" => put(&mut snapshot.namespaces, value),
            "Service" => put(&mut snapshot.services, value),
            "EndpointSlice" => put(&mut snapshot.endpoint_slices, value),
            "Secret" => put(&mut snapshot.secrets, value),
            "ConfigMap" => put(&mut snapshot.config_maps, value),
            "BackendTLSPolicy" => put(&mut snapshot.backend_tls_policies, value),
            "TimeoutPolicy" => put(&mut snapshot.timeout_policies, value),
            name => {
                let route = RouteKind::ALL.into_iter().find(|kind| kind.name() == name);
                let kind = route.unwrap_or_else(|| panic!("no view of kind {name}"));
                put(snapshot.routes.entry(kind).or_default(), value);
            }
        }
    }

    fn put<T: DeserializeOwned>(objects: &mut Objects<T>, value: Value) {
        let object: Object<T> = serde_json::from_value(value).expect("the view takes the object");
        super::put(objects, object.key(), object);
    }

    #[test]
    fn an_object_is_as_it_is_since_its_generation_was_first_seen() {
        let mut services = Objects::new();
        let service = |uid: &str, generation: i64, version: &str| Object {
            metadata: Metadata {
                uid: uid.into(),
                generation,
                resource_version: version.into(),
                ..Metadata::default()
            },
            body: Service::default(),
        };
        let key = Key::new("web", "backend");
        let mut since = |object| {
            super::put(&mut services, key.clone(), object);
            services[&key].metadata.since
        };
        assert_eq!(since(service("a", 1, "5")), 5);
        assert_eq!(since(service("a", 1, "8")), 5, "a status was written");
        assert_eq!(since(service("a", 2, "9")), 9);
        assert_eq!(since(service("b", 2, "12")), 12, "another object of the name");

        let all = Objects::from([(key.clone(), service("b", 2, "20"))]);
        put_all(&mut services, all);
        assert_eq!(services[&key].metadata.since, 12, "listed once more");
    }
}
