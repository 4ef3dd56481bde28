//! The environment of a container.

use std::{collections::BTreeMap, net::Ipv4Addr};

use kube::ResourceExt;

use crate::{
    node::NODE,
    objects::{Container, EnvVar, Pod},
};

/// Literal values and fields of the Pod; values from other sources are left out.
pub(super) fn of(pod: &Pod, container: &Container, address: Ipv4Addr) -> BTreeMap<String, String> {
    let variables = container.env.iter().flatten();
    variables
        .filter_map(|variable| Some((variable.name.clone(), value(pod, variable, address)?)))
        .collect()
}

fn value(pod: &Pod, variable: &EnvVar, address: Ipv4Addr) -> Option<String> {
    let Some(source) = &variable.value_from else {
        return Some(variable.value.clone().unwrap_or_default());
    };
    match source.field_ref.as_ref()?.field_path.as_str() {
        "metadata.name" => pod.metadata.name.clone(),
        "metadata.namespace" => pod.namespace(),
        "metadata.uid" => pod.uid(),
        "spec.nodeName" => Some(NODE.to_owned()),
        "spec.serviceAccountName" => pod.spec.as_ref()?.service_account_name.clone(),
        "status.podIP" | "status.podIPs" | "status.hostIP" => Some(address.to_string()),
        path => {
            let label = path.strip_prefix("metadata.labels['")?.strip_suffix("']")?;
            pod.labels().get(label).cloned()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_the_pod_and_literals() {
        let pod: Pod = serde_json::from_value(json!({
            "metadata": {"name": "v1-a-b", "namespace": "infra", "labels": {"app": "v1"}},
            "spec": {"containers": [{"name": "echo", "env": [
                {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
                {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
                {"name": "APP", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
                {"name": "UDP_ECHO_SERVER", "value": "1"},
            ]}]},
        }))
        .unwrap();
        let container = &pod.spec.as_ref().unwrap().containers[0];
        let variables = of(&pod, container, Ipv4Addr::new(127, 9, 0, 1));
        let expected = [
            ("APP", "v1"),
            ("NAMESPACE", "infra"),
            ("POD_IP", "127.9.0.1"),
            ("POD_NAME", "v1-a-b"),
            ("UDP_ECHO_SERVER", "1"),
        ];
        assert_eq!(variables, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    }
}
