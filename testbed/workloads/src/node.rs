//! The one node: its name and its object.

use std::net::SocketAddr;

use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Time, jiff::Timestamp};
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams},
};
use serde_json::json;

/// The name of the one node.
pub(crate) const NODE: &str = "testbed";

/// Registers the node and says that it is ready.
///
/// Nothing here depends on it, so that an API server without Nodes will do. A real one asks at the
/// address of its kubelet for what containers print.
pub(crate) async fn register(client: Client, kubelet: Option<SocketAddr>) {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("", "v1", "Node"));
    let mut node = DynamicObject::new(NODE, &resource).data(json!({}));
    node.labels_mut().insert("kubernetes.io/hostname".to_owned(), NODE.to_owned());
    let api = Api::<DynamicObject>::all_with(client, &resource);
    let now = Time::from(Timestamp::now());
    let mut status = json!({"status": {
        "conditions": [{
            "type": "Ready",
            "status": "True",
            "reason": "KubeletReady",
            "message": "the testbed stands in for a kubelet",
            "lastHeartbeatTime": now,
            "lastTransitionTime": now,
        }],
        "capacity": {"pods": "1000"},
        "allocatable": {"pods": "1000"},
    }});
    if let Some(address) = kubelet {
        status["status"]["addresses"] = json!([{"type": "InternalIP", "address": address.ip()}]);
        status["status"]["daemonEndpoints"] = json!({"kubeletEndpoint": {"Port": address.port()}});
    }
    let created = api.create(&PostParams::default(), &node).await;
    let reported = match created {
        Err(kube::Error::Api(status)) if !status.is_already_exists() => {
            Err(kube::Error::Api(status))
        }
        _ => api.patch_status(NODE, &PatchParams::default(), &Patch::Merge(status)).await,
    };
    if let Err(error) = reported {
        tracing::debug!(%error, "the node could not be registered");
    }
}
