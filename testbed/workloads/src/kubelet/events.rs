//! Events, as `kubectl describe` and whoever looks for a cause read them.

use k8s_openapi::{
    api::core::v1::{Event, EventSource, Pod},
    apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time},
    jiff::Timestamp,
};
use kube::{Api, Client, Resource, ResourceExt, api::PostParams};

use crate::{cluster::is_moot, names, node::NODE};

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
    let now = Some(Time::from(Timestamp::now()));
    let event = Event {
        metadata: ObjectMeta {
            name: Some(format!("{}.{suffix}", pod.name_any())),
            namespace: Some(namespace.clone()),
            ..ObjectMeta::default()
        },
        involved_object: pod.object_ref(&()),
        type_: Some("Warning".to_owned()),
        reason: Some(reason.to_owned()),
        message: Some(message.to_owned()),
        source: Some(EventSource {
            component: Some("kubelet".to_owned()),
            host: Some(NODE.to_owned()),
        }),
        first_timestamp: now.clone(),
        last_timestamp: now,
        count: Some(1),
        ..Event::default()
    };
    match Api::<Event>::namespaced(client.clone(), &namespace)
        .create(&PostParams::default(), &event)
        .await
    {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(()),
        Err(error) if is_moot(&error) => Ok(()),
        Err(error) => Err(error),
    }
}
