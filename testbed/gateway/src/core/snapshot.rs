//! Everything the Gateway knows about the cluster at one moment.

use std::collections::BTreeMap;

use serde_json::Value;

use super::StatusKind;
use super::objects::{
    EndpointSlice, Gateway, GatewayClass, HttpRoute, Key, Metadata, Namespace, Object,
    ReferenceGrant, Secret, Service,
};

/// The objects of one kind, by namespace and name.
pub type Objects<T> = BTreeMap<Key, Object<T>>;

/// The cluster at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// All `GatewayClass`es, of every controller.
    pub gateway_classes: Objects<GatewayClass>,
    /// All `Gateway`s, of every class.
    pub gateways: Objects<Gateway>,
    /// All `HTTPRoute`s.
    pub http_routes: Objects<HttpRoute>,
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
            StatusKind::HttpRoute => {
                self.http_routes.get(key).map(|route| (&route.metadata, &route.status))
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
        adopt(&mut then.http_routes, &now.http_routes, |then, now| {
            then.status.clone_from(&now.status);
        });
        then
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
            "HTTPRoute" => put(&mut snapshot.http_routes, value),
            "ReferenceGrant" => put(&mut snapshot.reference_grants, value),
            "Namespace" => put(&mut snapshot.namespaces, value),
            "Service" => put(&mut snapshot.services, value),
            "EndpointSlice" => put(&mut snapshot.endpoint_slices, value),
            "Secret" => put(&mut snapshot.secrets, value),
            kind => panic!("no view of kind {kind}"),
        }
    }

    fn put<T: DeserializeOwned>(objects: &mut Objects<T>, value: Value) {
        let object: Object<T> = serde_json::from_value(value).expect("the view takes the object");
        objects.insert(object.key(), object);
    }
}
