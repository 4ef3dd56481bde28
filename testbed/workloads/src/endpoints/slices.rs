//! Which `EndpointSlices` a Service has to have.

use std::{collections::BTreeMap, sync::Arc};

use k8s_openapi::apimachinery::pkg::{apis::meta::v1::ObjectMeta, util::intstr::IntOrString};
use kube::{Resource, ResourceExt};

use crate::{
    names,
    objects::{
        Endpoint, EndpointConditions, EndpointPort, EndpointSlice, Pod, Service, ServicePort,
        TargetRef,
    },
    pods,
};

/// The label with the name of the Service that a slice is of.
pub(super) const SERVICE_NAME: &str = "kubernetes.io/service-name";
/// The label with the name of who keeps a slice.
pub(super) const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
/// The name that kube-controller-manager signs its slices with.
pub(super) const CONTROLLER: &str = "endpointslice-controller.k8s.io";
/// Set on slices of a Service without a cluster address, as kube-controller-manager does.
const HEADLESS: &str = "service.kubernetes.io/headless";

/// The slices of `service` for the Pods that it selects, in a stable order.
///
/// Ports of one name may resolve to different numbers in different Pods; each set of numbers needs
/// a slice of its own. There is always one slice, so that what has no endpoints is told from what
/// is not known yet.
pub(super) fn of(service: &Service, pods: &[Arc<Pod>]) -> Vec<EndpointSlice> {
    let mut by_numbers = BTreeMap::<Vec<Option<i32>>, Vec<Endpoint>>::new();
    for pod in pods {
        if let Some(endpoint) = endpoint(service, pod) {
            let numbers = service_ports(service).iter().map(|port| number(port, pod)).collect();
            by_numbers.entry(numbers).or_default().push(endpoint);
        }
    }
    if by_numbers.is_empty() {
        by_numbers.insert(Vec::new(), Vec::new());
    }
    let groups = by_numbers.into_iter().enumerate();
    groups.map(|(index, (numbers, endpoints))| slice(service, index, &numbers, endpoints)).collect()
}

/// Whether the cluster's slice says all that the wanted one says.
pub(super) fn agree(known: &EndpointSlice, wanted: &EndpointSlice) -> bool {
    known.metadata.owner_references == wanted.metadata.owner_references
        && known.metadata.labels == wanted.metadata.labels
        && known.address_type == wanted.address_type
        && known.endpoints.as_deref().unwrap_or_default()
            == wanted.endpoints.as_deref().unwrap_or_default()
        && known.ports.as_deref().unwrap_or_default() == wanted.ports.as_deref().unwrap_or_default()
}

fn slice(
    service: &Service,
    index: usize,
    numbers: &[Option<i32>],
    endpoints: Vec<Endpoint>,
) -> EndpointSlice {
    let uid = service.uid().unwrap_or_default();
    let suffix = names::hash(&[uid.as_bytes(), &index.to_be_bytes()], 5);
    let mut labels = service.labels().clone();
    labels.insert(SERVICE_NAME.to_owned(), service.name_any());
    labels.insert(MANAGED_BY.to_owned(), CONTROLLER.to_owned());
    if service.spec.as_ref().is_some_and(|spec| spec.cluster_ip.as_deref() == Some("None")) {
        labels.insert(HEADLESS.to_owned(), String::new());
    }
    let ports = service_ports(service).iter().zip(numbers).filter_map(|(port, number)| {
        number.map(|number| EndpointPort {
            name: Some(port.name.clone().unwrap_or_default()),
            port: Some(number),
            protocol: Some(protocol(port.protocol.as_deref()).to_owned()),
            app_protocol: port.app_protocol.clone(),
        })
    });
    EndpointSlice {
        address_type: "IPv4".to_owned(),
        metadata: ObjectMeta {
            name: Some(format!("{}-{suffix}", service.name_any())),
            namespace: service.namespace(),
            labels: Some(labels),
            owner_references: service.controller_owner_ref(&()).map(|owner| vec![owner]),
            ..ObjectMeta::default()
        },
        ports: Some(ports.collect()),
        endpoints: Some(endpoints),
    }
}

/// The Pod as an endpoint, once it has an address and until it ran to its end.
fn endpoint(service: &Service, pod: &Pod) -> Option<Endpoint> {
    if pods::is_finished(pod) {
        return None;
    }
    let is_ready = pods::is_ready(pod);
    let is_terminating = pod.metadata.deletion_timestamp.is_some();
    let publishes_all =
        service.spec.as_ref().and_then(|spec| spec.publish_not_ready_addresses) == Some(true);
    Some(Endpoint {
        addresses: vec![pods::address(pod)?.to_owned()],
        conditions: Some(EndpointConditions {
            ready: Some(publishes_all || (is_ready && !is_terminating)),
            serving: Some(publishes_all || is_ready),
            terminating: Some(is_terminating),
        }),
        node_name: pod.spec.as_ref().and_then(|spec| spec.node_name.clone()),
        target_ref: Some(TargetRef {
            kind: Some("Pod".to_owned()),
            namespace: pod.namespace(),
            name: pod.metadata.name.clone(),
            uid: pod.uid(),
        }),
    })
}

fn service_ports(service: &Service) -> &[ServicePort] {
    service.spec.as_ref().and_then(|spec| spec.ports.as_deref()).unwrap_or_default()
}

/// The number that a Service's port has in `pod`; `None` where the Pod has no port of the name.
fn number(port: &ServicePort, pod: &Pod) -> Option<i32> {
    match &port.target_port {
        None | Some(IntOrString::Int(0)) => Some(port.port),
        Some(IntOrString::Int(number)) => Some(*number),
        Some(IntOrString::String(name)) => {
            let containers = pod.spec.iter().flat_map(|spec| &spec.containers);
            let mut ports = containers.flat_map(|container| container.ports.iter().flatten());
            let found = ports.find(|candidate| {
                candidate.name.as_ref() == Some(name)
                    && protocol(candidate.protocol.as_deref()) == protocol(port.protocol.as_deref())
            });
            found.map(|port| port.number)
        }
    }
}

fn protocol(protocol: Option<&str>) -> &str {
    protocol.unwrap_or("TCP")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn service() -> Service {
        serde_json::from_value(json!({
            "metadata": {"name": "v1", "namespace": "infra", "uid": "s-1", "labels": {"team": "a"}},
            "spec": {"selector": {"app": "v1"}, "ports": [
                {"name": "first", "port": 8080, "targetPort": 3000},
                {"name": "second", "port": 8081, "targetPort": "h2c", "appProtocol": "kubernetes.io/h2c"},
                {"name": "third", "port": 53, "protocol": "UDP"},
            ]},
        }))
        .unwrap()
    }

    fn pod(name: &str, ip: &str, h2c: i32, ready: &str) -> Arc<Pod> {
        let pod = json!({
            "metadata": {"name": name, "namespace": "infra", "labels": {"app": "v1"}},
            "spec": {"nodeName": "testbed", "containers": [
                {"name": "echo", "ports": [{"name": "h2c", "containerPort": h2c}]},
            ]},
            "status": {"podIP": ip, "conditions": [{"type": "Ready", "status": ready}]},
        });
        Arc::new(serde_json::from_value(pod).unwrap())
    }

    fn numbers(slice: &EndpointSlice) -> Vec<i32> {
        slice.ports.iter().flatten().filter_map(|port| port.port).collect()
    }

    #[test]
    fn ports_resolve_by_number_by_name_and_by_default() {
        let slices = of(&service(), &[pod("a", "10.0.0.1", 3001, "True")]);
        let [slice] = slices.as_slice() else { panic!("one slice, not {slices:?}") };
        assert_eq!(numbers(slice), [3000, 3001, 53]);
        let ports = slice.ports.as_deref().unwrap();
        assert_eq!(ports[1].app_protocol.as_deref(), Some("kubernetes.io/h2c"));
        assert_eq!(ports[2].protocol.as_deref(), Some("UDP"));
        assert_eq!(slice.labels()[SERVICE_NAME], "v1");
        assert_eq!(slice.labels()["team"], "a");
    }

    #[test]
    fn pods_that_number_their_ports_differently_get_slices_of_their_own() {
        let pods = [
            pod("a", "10.0.0.1", 3001, "True"),
            pod("b", "10.0.0.2", 4001, "True"),
            pod("c", "10.0.0.3", 3001, "True"),
        ];
        let slices = of(&service(), &pods);
        let shape: Vec<_> = slices
            .iter()
            .map(|slice| (numbers(slice), slice.endpoints.iter().flatten().count()))
            .collect();
        assert_eq!(shape, [(vec![3000, 3001, 53], 2), (vec![3000, 4001, 53], 1)]);
        assert_ne!(slices[0].metadata.name, slices[1].metadata.name);
    }

    #[test]
    fn an_endpoint_says_whether_its_pod_is_ready() {
        let slices = of(&service(), &[pod("a", "10.0.0.1", 3001, "False")]);
        let endpoint = &slices[0].endpoints.as_deref().unwrap()[0];
        assert_eq!(endpoint.conditions.as_ref().unwrap().ready, Some(false));
        assert_eq!(endpoint.target_ref.as_ref().unwrap().name.as_deref(), Some("a"));
    }

    #[test]
    fn without_pods_there_is_an_empty_slice() {
        let slices = of(&service(), &[pod("a", "", 3001, "False")]);
        let [slice] = slices.as_slice() else { panic!("one slice, not {slices:?}") };
        assert!(slice.endpoints.as_deref().unwrap().is_empty());
        assert!(agree(slice, &slices[0].clone()));
    }
}
