//! Services with a selector: `EndpointSlices` with the Pods that it selects.

mod slices;

use std::sync::Arc;

use futures::future::try_join_all;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, DynamicObject, PostParams},
    runtime::reflector::ObjectRef,
};

use crate::{
    cluster::{self, Cluster},
    objects::{EndpointSlice, Pod, Service, object},
    work::{Queue, Retry},
};
use slices::{CONTROLLER, MANAGED_BY, SERVICE_NAME};

/// Keeps the slices of each Service like its Pods.
pub(crate) struct Endpoints {
    pub(crate) cluster: Arc<Cluster>,
}

impl Endpoints {
    pub(crate) async fn reconcile(&self, key: ObjectRef<Service>) -> Result<(), Retry> {
        let Some(service) = self.cluster.services.get(&key) else { return Ok(()) };
        let namespace = service.namespace().unwrap_or_default();
        if service.metadata.deletion_timestamp.is_some()
            || !has_endpoints(&service)
            || self.cluster.is_terminating(&namespace)
        {
            return Ok(());
        }
        let mut pods = self.cluster.pods.state_filter(|pod| selects(&service, pod));
        pods.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        let wanted = slices::of(&service, &pods);
        let known = self.cluster.slices.state_filter(|slice| is_ours(&service, slice));
        let api = self.cluster.api::<EndpointSlice>(&namespace);
        try_join_all(wanted.iter().map(|slice| put(&api, &known, slice))).await?;
        let is_surplus = |slice: &&Arc<EndpointSlice>| {
            wanted.iter().all(|w| w.metadata.name != slice.metadata.name)
        };
        try_join_all(known.iter().filter(is_surplus).map(|slice| {
            let name = slice.metadata.name.as_deref().unwrap_or_default();
            cluster::delete(&api, name, slice.uid(), DeleteParams::default())
        }))
        .await?;
        Ok(())
    }

    /// Has the Services looked at that `pod` may belong to, or may have belonged to.
    pub(crate) fn pod_changed(cluster: &Cluster, queue: &Queue<ObjectRef<Service>>, pod: &Pod) {
        let same_namespace =
            cluster.services.state_filter(|service| service.namespace() == pod.namespace());
        // Not only those that select it now: its labels may have been others.
        for service in same_namespace {
            queue.add(ObjectRef::from_obj(&service));
        }
    }

    /// Has the Service looked at that `slice` belongs to.
    pub(crate) fn slice_changed(queue: &Queue<ObjectRef<Service>>, slice: &EndpointSlice) {
        if let (Some(service), Some(namespace)) =
            (slice.labels().get(SERVICE_NAME), slice.namespace())
        {
            queue.add(ObjectRef::new(service).within(&namespace));
        }
    }
}

/// Creates or replaces `slice`, or leaves it where it is as wanted already.
async fn put(
    api: &Api<DynamicObject>,
    known: &[Arc<EndpointSlice>],
    slice: &EndpointSlice,
) -> Result<(), kube::Error> {
    let name = slice.metadata.name.as_deref().unwrap_or_default();
    let write = || -> Result<_, kube::Error> {
        let data = serde_json::to_value(slice).map_err(kube::Error::SerdeError)?;
        Ok(object::<EndpointSlice>(slice.metadata.clone(), data))
    };
    let result = match known.iter().find(|known| known.metadata.name == slice.metadata.name) {
        Some(known) if slices::agree(known, slice) => return Ok(()),
        Some(_) => api.replace(name, &PostParams::default(), &write()?).await,
        None => api.create(&PostParams::default(), &write()?).await,
    };
    match result {
        Ok(_) => Ok(()),
        // Another pass made it, and the watch has not told of it yet.
        Err(kube::Error::Api(status)) if status.is_already_exists() => {
            api.replace(name, &PostParams::default(), &write()?).await.map(drop)
        }
        Err(error) if cluster::is_moot(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether the controller has a say about this Service: others keep their endpoints by hand or have
/// none.
fn has_endpoints(service: &Service) -> bool {
    service.spec.as_ref().is_some_and(|spec| {
        spec.type_.as_deref() != Some("ExternalName")
            && spec.selector.as_ref().is_some_and(|selector| !selector.is_empty())
    })
}

fn selects(service: &Service, pod: &Pod) -> bool {
    let selector = service.spec.as_ref().and_then(|spec| spec.selector.as_ref());
    service.namespace() == pod.namespace()
        && selector.is_some_and(|selector| {
            selector.iter().all(|(key, value)| pod.labels().get(key) == Some(value))
        })
}

fn is_ours(service: &Service, slice: &EndpointSlice) -> bool {
    service.namespace() == slice.namespace()
        && slice.labels().get(SERVICE_NAME) == service.metadata.name.as_ref()
        && slice.labels().get(MANAGED_BY).is_some_and(|manager| manager == CONTROLLER)
}
