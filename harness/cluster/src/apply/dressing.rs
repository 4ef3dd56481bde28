//! What the harness adds to a manifest's object before it is applied.

use std::collections::BTreeMap;

use model::{
    address::StaticAddresses,
    described::Described,
    fixtures::Fixtures,
    names::{GROUP, Namespaces, POLICY_GROUP, RUN_LABEL, TEST_LABEL},
};
use serde_json::{Value, json};

use super::fitting::fit;
use crate::object::{Kind, Object};

/// The label by which Kubernetes lets a selector choose a namespace by its name.
const NAMESPACE_NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// The class in the manifests that stands for the one under test.
const OUR_CLASS: &str = "gateway-conformance";

/// In `spec.addresses` of a Gateway, these stand for the addresses that the user tells; they are called so
/// in the Go suite too.
const USABLE: &str = "PLACEHOLDER_USABLE_ADDRS";
const UNUSABLE: &str = "PLACEHOLDER_UNUSABLE_ADDRS";

/// What a run adds to its objects: who they belong to, which class and controller they are for,
/// and what the namespaces of the manifests are called in this cluster.
#[derive(Clone, Debug, Default)]
pub struct Dressing {
    /// The run's UUID, for the label that every object carries.
    pub run: String,
    /// The class of every Gateway.
    pub gateway_class: String,
    /// The controller of every GatewayClass.
    pub controller_name: String,
    /// What Gateways ask for that ask for addresses of their choice.
    pub addresses: StaticAddresses,
    /// Added to every Namespace.
    pub namespace_labels: BTreeMap<String, String>,
    /// Added to every Namespace.
    pub namespace_annotations: BTreeMap<String, String>,
    /// What the namespaces of the base environment are called.
    pub namespaces: Namespaces,
    /// What the tests of extensions need to be told of the implementation.
    pub described: Described,
    /// What is changed of the fixtures so that they fit the cluster.
    pub fixtures: Fixtures,
}

impl Dressing {
    /// The object as it is applied; `test` is the test that it belongs to, none for the base
    /// environment.
    pub fn dress(&self, mut object: Object, test: Option<&str>) -> Object {
        let kind = Kind::of(&object);
        let labels = object.metadata.labels.get_or_insert_default();
        labels.insert(RUN_LABEL.to_owned(), self.run.clone());
        if let Some(test) = test {
            labels.insert(TEST_LABEL.to_owned(), test.to_owned());
        }
        if let Some(namespace) = &mut object.metadata.namespace {
            *namespace = self.namespaces.in_cluster(namespace);
        }
        match kind {
            Some(Kind::Namespace) => self.dress_namespace(&mut object),
            Some(Kind::Deployment) => fit(&mut object, &self.fixtures),
            Some(Kind::Gateway) => {
                // Whoever names another class brings it along.
                if object.data["spec"]["gatewayClassName"] == OUR_CLASS {
                    set(&mut object, "gatewayClassName", &self.gateway_class);
                }
                self.fill_in_addresses(&mut object);
            }
            Some(Kind::GatewayClass) => set(&mut object, "controllerName", &self.controller_name),
            _ => {}
        }
        let is_of_gateways = |kind: Kind| {
            matches!(kind, Kind::Own(_)) || [GROUP, POLICY_GROUP].contains(&kind.group())
        };
        if kind.is_some_and(is_of_gateways) {
            self.rename_references(&mut object.data["spec"]);
        }
        let Described { policy, delegation } = &self.described;
        if let (Some(Kind::Policy), Some(policy)) = (kind, policy) {
            object.data["spec"] = policy.spec(&object.data["spec"]);
        }
        if let (Some(Kind::HttpRoute), Some(delegation)) = (kind, delegation) {
            let label = delegation.dress(&mut object.data["spec"]);
            let label = label.zip(object.metadata.name.clone());
            let labels = object.metadata.labels.get_or_insert_default();
            labels.extend(label.map(|(label, name)| (label.to_owned(), name)));
        }
        object
    }

    fn fill_in_addresses(&self, gateway: &mut Object) {
        let Some(Value::Array(addresses)) = gateway.data.pointer_mut("/spec/addresses") else {
            return;
        };
        let filled = std::mem::take(addresses).into_iter().flat_map(|address| {
            let told = match address["value"].as_str() {
                Some(USABLE) => &self.addresses.usable,
                Some(UNUSABLE) => &self.addresses.unusable,
                _ => return vec![address],
            };
            told.iter().map(|address| json!(address)).collect()
        });
        *addresses = filled.collect();
    }

    fn dress_namespace(&self, namespace: &mut Object) {
        if let Some(name) = &mut namespace.metadata.name {
            *name = self.namespaces.in_cluster(name);
        }
        let labels = namespace.metadata.labels.get_or_insert_default();
        labels.extend(self.namespace_labels.clone());
        if let Some(name) = labels.get_mut(NAMESPACE_NAME_LABEL) {
            *name = self.namespaces.in_cluster(name);
        }
        if !self.namespace_annotations.is_empty() {
            let annotations = namespace.metadata.annotations.get_or_insert_default();
            annotations.extend(self.namespace_annotations.clone());
        }
    }

    /// The same value with the namespaces that it names as they are called in this cluster.
    pub fn renamed(&self, mut value: Value) -> Value {
        self.rename_references(&mut value);
        value
    }

    /// In the Gateway API a field called `namespace` always holds the name of one, wherever it is
    /// (`parentRefs`, `backendRefs`, `certificateRefs`, `from`, …), and so does the name label in
    /// a selector, as a key of `matchLabels` or as the key of a requirement in `matchExpressions`.
    fn rename_references(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                if fields.get("key").is_some_and(|key| key == NAMESPACE_NAME_LABEL)
                    && let Some(Value::Array(names)) = fields.get_mut("values")
                {
                    for name in names {
                        self.rename(name);
                    }
                }
                for (field, value) in fields {
                    if field == "namespace" || field == NAMESPACE_NAME_LABEL {
                        self.rename(value);
                    }
                    self.rename_references(value);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.rename_references(item);
                }
            }
            _ => {}
        }
    }

    fn rename(&self, name: &mut Value) {
        if let Value::String(name) = name {
            *name = self.namespaces.in_cluster(name);
        }
    }
}

fn set(object: &mut Object, field: &str, value: &str) {
    object.data["spec"][field] = Value::from(value);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn dressing() -> Dressing {
        Dressing {
            run: "run-1".into(),
            gateway_class: "traefik".into(),
            controller_name: "traefik.io/gateway-controller".into(),
            addresses: StaticAddresses {
                usable: vec!["10.0.0.7".parse().unwrap()],
                unusable: vec!["example.com".parse().unwrap()],
            },
            namespace_labels: [("mesh".to_owned(), "on".to_owned())].into(),
            namespaces: Namespaces::default().of_copy("b-"),
            ..Dressing::default()
        }
    }

    fn dressed(object: Value, test: Option<&str>) -> Value {
        let object = serde_json::from_value(object).unwrap();
        serde_json::to_value(dressing().dress(object, test)).unwrap()
    }

    #[test]
    fn a_gateway_gets_class_labels_and_the_clusters_namespaces() {
        let gateway = dressed(
            json!({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                "metadata": { "name": "g", "namespace": "gateway-conformance-infra" },
                "spec": { "gatewayClassName": "gateway-conformance", "listeners": [{
                    "name": "https",
                    "tls": { "certificateRefs": [
                        { "name": "certificate", "namespace": "gateway-conformance-web-backend" },
                    ]},
                    "allowedRoutes": { "namespaces": { "from": "Selector", "selector": {
                        "matchLabels": { "kubernetes.io/metadata.name": "gateway-conformance-infra" },
                        "matchExpressions": [{
                            "key": "kubernetes.io/metadata.name", "operator": "In",
                            "values": ["gateway-conformance-app-backend", "other"],
                        }],
                    }}},
                }]},
            }),
            Some("SomeTest"),
        );
        assert_eq!(
            gateway,
            json!({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                "metadata": {
                    "name": "g", "namespace": "b-gateway-conformance-infra",
                    "labels": {
                        "gateway-conformance.dev/run": "run-1",
                        "gateway-conformance.dev/test": "SomeTest",
                    },
                },
                "spec": { "gatewayClassName": "traefik", "listeners": [{
                    "name": "https",
                    "tls": { "certificateRefs": [
                        { "name": "certificate", "namespace": "b-gateway-conformance-web-backend" },
                    ]},
                    "allowedRoutes": { "namespaces": { "from": "Selector", "selector": {
                        "matchLabels": { "kubernetes.io/metadata.name": "b-gateway-conformance-infra" },
                        "matchExpressions": [{
                            "key": "kubernetes.io/metadata.name", "operator": "In",
                            "values": ["b-gateway-conformance-app-backend", "other"],
                        }],
                    }}},
                }]},
            })
        );
    }

    #[test]
    fn the_addresses_that_are_told_are_filled_in() {
        let gateway = dressed(
            json!({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                "metadata": { "name": "g" },
                "spec": { "gatewayClassName": "own", "addresses": [
                    { "type": "IPAddress" }, { "value": UNUSABLE }, { "value": USABLE },
                ]},
            }),
            None,
        );
        assert_eq!(
            gateway["spec"]["addresses"],
            json!([
                { "type": "IPAddress" },
                { "type": "Hostname", "value": "example.com" },
                { "type": "IPAddress", "value": "10.0.0.7" },
            ])
        );
    }

    #[test]
    fn a_namespace_gets_the_extra_labels_and_its_name() {
        let namespace = dressed(
            json!({
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": { "name": "gateway-conformance-web-backend", "labels": { "a": "b" } },
            }),
            None,
        );
        assert_eq!(
            namespace["metadata"],
            json!({
                "name": "b-gateway-conformance-web-backend",
                "labels": { "a": "b", "mesh": "on", "gateway-conformance.dev/run": "run-1" },
            })
        );
    }

    #[test]
    fn a_class_gets_the_controller_under_test() {
        let class = dressed(
            json!({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass",
                "metadata": { "name": "c" }, "spec": { "controllerName": "{NAME}" },
            }),
            None,
        );
        assert_eq!(class["spec"]["controllerName"], "traefik.io/gateway-controller");
    }
}
