//! The controllers on the embedded API server, as a client of the API sees them.

use std::{
    pin::pin,
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use futures::StreamExt;
use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Event, Namespace, Pod, Secret, Service},
    discovery::v1::EndpointSlice,
};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
    runtime::{WatchStreamExt, wait::await_condition, watcher},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use testbed_apiserver::ApiServer;
use testbed_workloads::{AddressPool, Asked, Options, Workloads};

const NAMESPACE: &str = "infra";
const ECHO: &str = "registry.k8s.io/gateway-api/conformance/echo-basic:v0.1.0";

struct Cluster {
    client: Client,
    workloads: Workloads,
    _server: ApiServer,
}

impl Cluster {
    async fn start() -> Self {
        // A range for each test: they run side by side and would take each other's ports.
        static RANGES: AtomicU8 = AtomicU8::new(1);
        let range = format!("127.78.{}.0/24", RANGES.fetch_add(1, Ordering::Relaxed));
        let addresses = AddressPool::new(range.parse().unwrap());
        let server = ApiServer::new(testbed_apiserver::Options::default());
        let client = server.client();
        let namespace = Namespace { metadata: named(NAMESPACE), ..Namespace::default() };
        let namespaces = Api::<Namespace>::all(client.clone());
        namespaces.create(&PostParams::default(), &namespace).await.unwrap();
        let workloads = Workloads::start(client.clone(), Options { addresses, serves_logs: false })
            .await
            .unwrap();
        Self { client, workloads, _server: server }
    }

    fn api<K>(&self) -> Api<K>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), NAMESPACE)
    }

    async fn create<K>(&self, object: Value) -> K
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + Serialize
            + DeserializeOwned,
    {
        let object = serde_json::from_value(object).unwrap();
        self.api().create(&PostParams::default(), &object).await.unwrap()
    }

    /// Waits until `condition` holds for the object, or for its absence.
    async fn until<K>(&self, name: &str, condition: impl Fn(Option<&K>) -> bool) -> Option<K>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + Send
            + DeserializeOwned
            + 'static,
    {
        let waited = await_condition(self.api(), name, condition);
        let waited = tokio::time::timeout(Duration::from_secs(10), waited).await;
        waited.unwrap_or_else(|_| panic!("{name} is not as expected")).unwrap()
    }

    async fn until_available(&self, name: &str, replicas: i32) {
        let is_available = |deployment: Option<&Deployment>| {
            deployment.is_some_and(|deployment| {
                let status = deployment.status.clone().unwrap_or_default();
                status.observed_generation == deployment.metadata.generation
                    && status.updated_replicas.unwrap_or(0) == replicas
                    && status.available_replicas.unwrap_or(0) == replicas
                    && status.replicas.unwrap_or(0) == replicas
            })
        };
        self.until(name, is_available).await;
    }

    async fn pods(&self) -> Vec<Pod> {
        self.api().list(&ListParams::default()).await.unwrap().items
    }

    async fn patch<K>(&self, name: &str, patch: Value)
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + DeserializeOwned,
    {
        let api = self.api::<K>();
        api.patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }
}

fn named(name: &str) -> kube::core::ObjectMeta {
    kube::core::ObjectMeta { name: Some(name.to_owned()), ..Default::default() }
}

fn deployment(name: &str, replicas: i32, image: &str) -> Value {
    json!({
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{
                "name": name,
                "image": image,
                "env": [
                    {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                    {"name": "NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
                ],
            }]}},
        },
    })
}

fn service(name: &str) -> Value {
    let ports = json!([{"port": 8080, "targetPort": 3000}]);
    json!({"metadata": {"name": name}, "spec": {"selector": {"app": name}, "ports": ports}})
}

fn ready_addresses(slice: &EndpointSlice) -> Vec<String> {
    let endpoints = slice.endpoints.iter().flatten();
    let ready = endpoints.filter(|e| e.conditions.as_ref().and_then(|c| c.ready) == Some(true));
    ready.flat_map(|endpoint| endpoint.addresses.clone()).collect()
}

#[tokio::test]
async fn a_deployment_answers_at_the_endpoints_of_its_service() {
    let cluster = Cluster::start().await;
    cluster.create::<Service>(service("v1")).await;
    cluster.create::<Deployment>(deployment("v1", 2, ECHO)).await;
    cluster.until_available("v1", 2).await;

    let slices = cluster.api::<EndpointSlice>();
    let slice = slices.list(&ListParams::default()).await.unwrap().items.remove(0);
    let both = |slice: Option<&EndpointSlice>| slice.is_some_and(|s| ready_addresses(s).len() == 2);
    let slice = cluster.until(&slice.name_any(), both).await.unwrap();
    assert_eq!(slice.ports.as_deref().unwrap()[0].port, Some(3000));
    assert_eq!(slice.labels()["kubernetes.io/service-name"], "v1");

    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.install_default().expect("nothing else in this file needs one");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for address in ready_addresses(&slice) {
        let response = client.get(format!("http://{address}:3000/a?b"));
        let body = response.send().await.unwrap().bytes().await.unwrap();
        let echo: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(echo["path"], "/a?b");
        assert_eq!(echo["namespace"], NAMESPACE);
        let pod = echo["pod"].as_str().unwrap();
        assert_eq!(pod.rsplitn(3, '-').nth(2), Some("v1"), "the name without its last two parts");
        let log = cluster.workloads.logs().read(NAMESPACE, pod, Some("v1"), Asked::default());
        let log: String = log.unwrap().collect().await;
        assert!(log.starts_with("Echoing back request made to /a?b to client ("), "{log}");
    }
}

#[tokio::test]
async fn a_deployment_follows_its_replicas_and_its_template() {
    let cluster = Cluster::start().await;
    cluster.create::<Deployment>(deployment("v1", 1, ECHO)).await;
    cluster.until_available("v1", 1).await;
    let first = cluster.pods().await.remove(0);
    for replicas in [3, 1] {
        cluster.patch::<Deployment>("v1", json!({"spec": {"replicas": replicas}})).await;
        cluster.until_available("v1", replicas).await;
    }
    assert_eq!(cluster.pods().await.remove(0).uid(), first.uid(), "the first stays");

    let image = "example.com/echo-basic:v2";
    let patch = json!({"spec": {"template": deployment("v1", 1, image)["spec"]["template"]}});
    cluster.patch::<Deployment>("v1", patch).await;
    cluster.until::<Pod>(&first.name_any(), |pod| pod.is_none()).await;
    cluster.until_available("v1", 1).await;
    let pods = cluster.pods().await;
    assert_eq!(pods.len(), 1);
    assert_eq!(pods[0].spec.as_ref().unwrap().containers[0].image.as_deref(), Some(image));
}

#[tokio::test]
async fn an_unknown_image_is_a_pod_that_waits_and_an_event_that_says_why() {
    let cluster = Cluster::start().await;
    let pod = json!({"metadata": {"name": "solo"}, "spec": {"containers": [
        {"name": "one", "image": "example.com/nothing:v1"},
    ]}});
    cluster.create::<Pod>(pod).await;
    let waits = |pod: Option<&Pod>| {
        let statuses = pod.and_then(|p| p.status.as_ref()?.container_statuses.as_deref());
        let waiting = statuses.and_then(|s| s.first()?.state.as_ref()?.waiting.clone());
        waiting.is_some_and(|waiting| waiting.reason.as_deref() == Some("ErrImagePull"))
    };
    let pod = cluster.until("solo", waits).await.unwrap();
    assert_eq!(pod.status.unwrap().phase.as_deref(), Some("Pending"));
    let events = cluster.api::<Event>().list(&ListParams::default()).await.unwrap().items;
    let [event] = events.as_slice() else { panic!("one event, not {events:?}") };
    assert_eq!(event.type_.as_deref(), Some("Warning"));
    assert_eq!(event.reason.as_deref(), Some("Failed"));
    assert_eq!(event.involved_object.name.as_deref(), Some("solo"));
    assert!(event.message.as_deref().unwrap().contains("Failed to pull image"));
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_once_and_tried_again() {
    let cluster = Cluster::start().await;
    let taken = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let container = json!({"name": "one", "image": ECHO, "env": [
        {"name": "HTTP_PORT", "value": port},
    ]});
    let pod = json!({"metadata": {"name": "solo"}, "spec": {"containers": [container]}});
    cluster.create::<Pod>(pod).await;
    let ready = |status: &'static str| {
        move |pod: Option<&Pod>| {
            let conditions = pod.and_then(|pod| pod.status.as_ref()?.conditions.as_deref());
            let mut conditions = conditions.unwrap_or_default().iter();
            conditions.any(|condition| condition.type_ == "Ready" && condition.status == status)
        }
    };
    cluster.until("solo", ready("False")).await;
    drop(taken);
    cluster.until("solo", ready("True")).await;
    let events = cluster.api::<Event>().list(&ListParams::default()).await.unwrap().items;
    let [event] = events.as_slice() else { panic!("one event, not {events:?}") };
    let expected = format!("container \"one\": cannot listen on port {port}: ");
    assert!(event.message.as_deref().unwrap().starts_with(&expected), "{event:?}");
}

#[tokio::test]
async fn a_pod_waits_for_its_secret() {
    let cluster = Cluster::start().await;
    let mut object = deployment("tls", 1, ECHO);
    let spec = &mut object["spec"]["template"]["spec"];
    spec["volumes"] = json!([{"name": "secret", "secret": {"secretName": "certificate"}}]);
    spec["containers"][0]["volumeMounts"] = json!([{"name": "secret", "mountPath": "/etc/tls"}]);
    for (name, value) in [("TLS_SERVER_CERT", "tls.crt"), ("TLS_SERVER_PRIVKEY", "tls.key")] {
        let variable = json!({"name": name, "value": format!("/etc/tls/{value}")});
        spec["containers"][0]["env"].as_array_mut().unwrap().push(variable);
    }
    cluster.create::<Deployment>(object).await;
    let events = watcher(cluster.api::<Event>(), watcher::Config::default());
    let event = pin!(events.applied_objects()).next().await.unwrap().unwrap();
    assert_eq!(event.reason.as_deref(), Some("FailedMount"));

    let key = rcgen::generate_simple_self_signed(["abc.example.com".to_owned()]).unwrap();
    let data = json!({"tls.crt": key.cert.pem(), "tls.key": key.signing_key.serialize_pem()});
    cluster
        .create::<Secret>(json!({"metadata": {"name": "certificate"}, "stringData": data}))
        .await;
    cluster.until_available("tls", 1).await;
}

#[tokio::test]
async fn what_belongs_to_an_object_goes_with_it() {
    let cluster = Cluster::start().await;
    cluster.create::<Service>(service("v1")).await;
    cluster.create::<Deployment>(deployment("v1", 1, ECHO)).await;
    cluster.until_available("v1", 1).await;
    let pod = cluster.pods().await.remove(0);
    let address = pod.status.as_ref().unwrap().pod_ip.clone().unwrap();
    let slices = cluster.api::<EndpointSlice>().list(&ListParams::default()).await.unwrap();
    let slice = slices.items[0].name_any();

    cluster.api::<Service>().delete("v1", &DeleteParams::default()).await.unwrap();
    cluster.until::<EndpointSlice>(&slice, |slice| slice.is_none()).await;
    cluster.api::<Deployment>().delete("v1", &DeleteParams::foreground()).await.unwrap();
    cluster.until::<Deployment>("v1", |deployment| deployment.is_none()).await;
    assert!(cluster.pods().await.is_empty(), "a foreground deletion waits for the dependents");
    let refused = tokio::net::TcpStream::connect((address, 3000)).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_namespace_goes_when_it_is_empty() {
    let cluster = Cluster::start().await;
    cluster.create::<Deployment>(deployment("v1", 2, ECHO)).await;
    cluster.until_available("v1", 2).await;
    let held = json!({"metadata": {"name": "held", "finalizers": ["example.com/held"]}});
    cluster.create::<ConfigMap>(held).await;
    let namespaces = Api::<Namespace>::all(cluster.client.clone());
    namespaces.delete(NAMESPACE, &DeleteParams::default()).await.unwrap();
    cluster.until::<Deployment>("v1", |deployment| deployment.is_none()).await;
    assert!(namespaces.get_opt(NAMESPACE).await.unwrap().is_some(), "a finalizer holds it");

    cluster.patch::<ConfigMap>("held", json!({"metadata": {"finalizers": null}})).await;
    let gone = await_condition(namespaces, NAMESPACE, |n: Option<&Namespace>| n.is_none());
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("it goes").unwrap();
    assert!(cluster.pods().await.is_empty());
}
