//! Events, as `kubectl describe` and whoever looks for a cause read them.

use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Time, jiff::Timestamp};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{ApiResource, DynamicObject, GroupVersionKind, PostParams},
};
use serde_json::json;

use crate::{cluster::is_moot, names, node::NODE, objects::Pod};

/// Records a warning about `pod`; one that is recorded already is not repeated.
pub(super) async fn warn(
    client: &Client,
    pod: &Pod,
    reason: &str,
    message: &str,
) -> Result<(), kube::Error> {
    let namespace = pod.namespace().unwrap_or_default();
    let uid = pod.uid().unwrap_or_default();
    let suffix = names::hash(&[uid.as_bytes(), reason.as_bytes(), message.as_bytes()], 12);
    let now = Time::from(Timestamp::now());
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("", "v1", "Event"));
    let name = format!("{}.{suffix}", pod.name_any());
    let event = DynamicObject::new(&name, &resource).within(&namespace).data(json!({
        "involvedObject": pod.object_ref(&()),
        "type": "Warning",
        "reason": reason,
        "message": message,
        "source": {"component": "kubelet", "host": NODE},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }));
    match Api::<DynamicObject>::namespaced_with(client.clone(), &namespace, &resource)
        .create(&PostParams::default(), &event)
        .await
    {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(()),
        Err(error) if is_moot(&error) => Ok(()),
        Err(error) => Err(error),
    }
}
