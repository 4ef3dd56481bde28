//! The defaults of the built-in kinds, as far as clients look at them.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::rules::Rule;
use crate::object;
use crate::resources::Resource;

/// The defaults of a Pod's specification below a prefix.
macro_rules! pod_spec {
    ($prefix:literal) => {
        vec![
            Rule::new(concat!($prefix, "restartPolicy"), json!("Always")),
            Rule::new(concat!($prefix, "dnsPolicy"), json!("ClusterFirst")),
            Rule::new(concat!($prefix, "schedulerName"), json!("default-scheduler")),
            Rule::new(concat!($prefix, "terminationGracePeriodSeconds"), json!(30)),
            Rule::new(concat!($prefix, "securityContext"), json!({})),
            Rule::new(concat!($prefix, "containers[].imagePullPolicy"), json!("IfNotPresent")),
            Rule::new(concat!($prefix, "containers[].resources"), json!({})),
            Rule::new(
                concat!($prefix, "containers[].terminationMessagePath"),
                json!("/dev/termination-log"),
            ),
            Rule::new(concat!($prefix, "containers[].terminationMessagePolicy"), json!("File")),
            Rule::new(concat!($prefix, "containers[].ports[].protocol"), json!("TCP")),
            Rule::new(
                concat!($prefix, "containers[].env[].valueFrom.fieldRef.apiVersion"),
                json!("v1"),
            ),
            Rule::new(concat!($prefix, "volumes[].secret.defaultMode"), json!(420)),
            Rule::new(concat!($prefix, "volumes[].configMap.defaultMode"), json!(420)),
        ]
    };
}
/// The constant defaults of a kind, parents before what is in them.
pub fn rules(kind: &str) -> &'static [Rule] {
    static NAMESPACE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        vec![Rule::new("status", json!({})), Rule::new("status.phase", json!("Active"))]
    });
    static POD: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let mut rules = pod_spec!("spec.");
        rules.push(Rule::new("spec.enableServiceLinks", json!(true)));
        rules.push(Rule::new("status", json!({})));
        rules.push(Rule::new("status.phase", json!("Pending")));
        rules.push(Rule::new("status.qosClass", json!("BestEffort")));
        rules
    });
    static DEPLOYMENT: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let mut rules = pod_spec!("spec.template.spec.");
        let rolling = json!({"maxSurge": "25%", "maxUnavailable": "25%"});
        rules.extend([
            Rule::new("spec.replicas", json!(1)),
            Rule::new("spec.revisionHistoryLimit", json!(10)),
            Rule::new("spec.progressDeadlineSeconds", json!(600)),
            Rule::new("spec.strategy", json!({"type": "RollingUpdate", "rollingUpdate": rolling})),
            Rule::new("spec.strategy.type", json!("RollingUpdate")),
            Rule::new("status", json!({})),
        ]);
        rules
    });
    static REPLICA_SET: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let mut rules = pod_spec!("spec.template.spec.");
        rules.push(Rule::new("spec.replicas", json!(1)));
        rules.push(Rule::new("status", json!({"replicas": 0})));
        rules
    });
    static SERVICE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        vec![
            Rule::new("spec", json!({})),
            Rule::new("spec.type", json!("ClusterIP")),
            Rule::new("spec.sessionAffinity", json!("None")),
            Rule::new("spec.internalTrafficPolicy", json!("Cluster")),
            Rule::new("spec.ports[].protocol", json!("TCP")),
            Rule::new("status", json!({"loadBalancer": {}})),
        ]
    });
    static SECRET: LazyLock<Vec<Rule>> = LazyLock::new(|| vec![Rule::new("type", json!("Opaque"))]);
    static SLICE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        vec![Rule::new("ports[].name", json!("")), Rule::new("ports[].protocol", json!("TCP"))]
    });
    match kind {
        "Namespace" => &NAMESPACE,
        "Pod" => &POD,
        "Deployment" => &DEPLOYMENT,
        "ReplicaSet" => &REPLICA_SET,
        "Service" => &SERVICE,
        "Secret" => &SECRET,
        "EndpointSlice" => &SLICE,
        _ => &[],
    }
}

/// The defaults that depend on other fields.
pub fn compute(resource: &Resource, object: &mut Value) {
    match resource.kind {
        "Namespace" => label_with_name(object),
        "Service" => target_ports(object),
        _ => {}
    }
}

fn label_with_name(namespace: &mut Value) {
    let name = object::name(namespace).to_owned();
    let metadata = object::metadata(namespace);
    let labels = metadata.entry("labels").or_insert_with(|| Value::Object(Map::new()));
    labels["kubernetes.io/metadata.name"] = name.into();
}

/// Moves a Secret's plain text to where it is kept.
pub fn encode_string_data(secret: &mut Value) {
    let plain = secret.as_object_mut().and_then(|secret| secret.remove("stringData"));
    let Some(Value::Object(plain)) = plain else { return };
    let data = object::member(secret, "data");
    for (key, value) in plain {
        let value = STANDARD.encode(value.as_str().unwrap_or_default());
        data.insert(key, value.into());
    }
}

fn target_ports(service: &mut Value) {
    let ports = service.pointer_mut("/spec/ports").and_then(Value::as_array_mut);
    for port in ports.into_iter().flatten() {
        let number = port.get("port").cloned().unwrap_or_default();
        if let Some(port) = port.as_object_mut() {
            let target = port.entry("targetPort").or_insert(Value::Null);
            if target.is_null() {
                *target = number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defaults::{fill, normalize};
    use crate::resources::by_plural;

    #[test]
    fn a_secrets_plain_data_is_encoded() {
        let mut secret = json!({"stringData": {"a": "b"}, "data": {"c": "ZA=="}});
        normalize(by_plural("secrets"), &mut secret);
        fill(by_plural("secrets"), &mut secret);
        let expected = json!({"type": "Opaque", "data": {"a": "Yg==", "c": "ZA=="}});
        assert_eq!(secret, expected);
    }

    #[test]
    fn a_service_port_is_its_own_target() {
        let mut service =
            json!({"spec": {"ports": [{"port": 80}, {"port": 81, "targetPort": 3000}]}});
        fill(by_plural("services"), &mut service);
        let ports = json!([
            {"port": 80, "targetPort": 80, "protocol": "TCP"},
            {"port": 81, "targetPort": 3000, "protocol": "TCP"},
        ]);
        assert_eq!(service["spec"]["ports"], ports);
        assert_eq!(service["spec"]["type"], "ClusterIP");
    }
}
