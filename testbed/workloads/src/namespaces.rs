//! Namespaces that are deleted: they go when all that is in them is gone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use kube::{
    Api, Discovery, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, ListParams, PostParams},
    discovery::{ApiGroup, Scope, verbs},
    runtime::reflector::ObjectRef,
};
use serde_json::json;

use crate::{
    cluster::{self, Cluster, is_gone},
    objects::{Namespace, Pod, object, resource},
    work::{Queue, Retry},
};

/// The finalizer that the API server gives each Namespace.
const FINALIZER: &str = "kubernetes";
/// Kinds that are looked at side by side.
const CONCURRENCY: usize = 8;

/// Empties Namespaces and lets them go.
pub(crate) struct Namespaces {
    cluster: Arc<Cluster>,
    /// Kinds that a Namespace had objects of when it was last looked at, by its uid.
    remaining: Mutex<HashMap<String, Vec<ApiResource>>>,
}

impl Namespaces {
    pub(crate) fn new(cluster: Arc<Cluster>) -> Self {
        Self { cluster, remaining: Mutex::default() }
    }

    pub(crate) async fn reconcile(&self, key: ObjectRef<Namespace>) -> Result<(), Retry> {
        let Some(namespace) = self.cluster.namespaces.get(&key) else { return Ok(()) };
        let finalizers = namespace.spec.as_ref().and_then(|spec| spec.finalizers.as_deref());
        if namespace.metadata.deletion_timestamp.is_none()
            || !finalizers.unwrap_or_default().iter().any(|name| name == FINALIZER)
        {
            return Ok(());
        }
        let uid = namespace.uid().unwrap_or_default();
        let known = self.with_remaining(|remaining| remaining.remove(&uid));
        let resources = match known {
            Some(resources) => resources,
            None => self.resources().await?,
        };
        let left: Vec<ApiResource> = stream::iter(resources)
            .map(|resource| self.empty(&key.name, resource))
            .buffer_unordered(CONCURRENCY)
            .try_filter_map(|left| async { Ok(left) })
            .try_collect()
            .await?;
        if !left.is_empty() {
            let kinds = left.iter().map(|resource| resource.plural.as_str()).collect::<Vec<_>>();
            let reason = format!("{} of namespace {} to go", kinds.join(", "), key.name);
            self.with_remaining(|remaining| remaining.insert(uid, left));
            return Err(Retry::Waiting(reason));
        }
        self.finalize(&namespace).await
    }

    /// Has a Namespace that waits for its objects to go looked at when one of its Pods went.
    pub(crate) fn pod_changed(cluster: &Cluster, queue: &Queue<ObjectRef<Namespace>>, pod: &Pod) {
        let namespace = pod.namespace().unwrap_or_default();
        if cluster.is_terminating(&namespace) && is_gone(&cluster.pods, pod) {
            queue.add(ObjectRef::new(&namespace));
        }
    }

    /// Every kind that lives in namespaces and whose objects can be found and removed.
    async fn resources(&self) -> Result<Vec<ApiResource>, Retry> {
        let discovery = Discovery::new(self.cluster.client.clone()).run().await?;
        let all = discovery.groups().flat_map(ApiGroup::resources_by_stability);
        let ours = all.filter(|(_, capabilities)| {
            capabilities.scope == Scope::Namespaced
                && capabilities.supports_operation(verbs::LIST)
                && capabilities.supports_operation(verbs::DELETE)
        });
        Ok(ours.map(|(resource, _)| resource).collect())
    }

    /// Deletes all objects of a kind; returns the kind where there were any.
    async fn empty(
        &self,
        namespace: &str,
        resource: ApiResource,
    ) -> Result<Option<ApiResource>, kube::Error> {
        let client = self.cluster.client.clone();
        let api = Api::<DynamicObject>::namespaced_with(client, namespace, &resource);
        let objects = match api.list(&ListParams::default()).await {
            Ok(objects) => objects,
            // The kind's definition was removed meanwhile, and its objects with it.
            Err(kube::Error::Api(status)) if status.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let staying = |object: &&DynamicObject| object.metadata.deletion_timestamp.is_none();
        try_join_all(objects.iter().filter(staying).map(|object| {
            let name = object.metadata.name.as_deref().unwrap_or_default();
            cluster::delete(&api, name, object.uid(), DeleteParams::background())
        }))
        .await?;
        Ok(if objects.items.is_empty() { None } else { Some(resource) })
    }

    async fn finalize(&self, namespace: &Namespace) -> Result<(), Retry> {
        let mut finalizers =
            namespace.spec.clone().and_then(|spec| spec.finalizers).unwrap_or_default();
        finalizers.retain(|name| name != FINALIZER);
        let spec = json!({"spec": {"finalizers": finalizers}});
        let released = object::<Namespace>(namespace.metadata.clone(), spec);
        let client = self.cluster.client.clone();
        let api = Api::<DynamicObject>::all_with(client, &resource::<Namespace>());
        let name = namespace.name_any();
        match api.replace_subresource("finalize", &name, &PostParams::default(), &released).await {
            Ok(_) => Ok(()),
            Err(error) if cluster::is_moot(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn with_remaining<T>(&self, f: impl FnOnce(&mut HashMap<String, Vec<ApiResource>>) -> T) -> T {
        f(&mut self.remaining.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
