//! Owner references: what belongs to an object that is gone goes as well.
//!
//! Owners and dependents are of the kinds that the controllers watch anyway. An owner of another
//! kind is taken to be there.

use std::{
    fmt::{self, Display},
    sync::Arc,
};

use futures::future::try_join_all;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, DynamicObject, Patch, PatchParams},
    runtime::reflector::{ObjectRef, Store},
};
use serde_json::json;

use crate::{
    cluster::{self, Cluster, is_gone},
    objects::{ConfigMap, Deployment, EndpointSlice, Pod, Secret, Service, View},
    work::{Queue, Retry},
};

/// Set by a deletion that is to wait for the dependents.
const FOREGROUND: &str = "foregroundDeletion";
/// Set by a deletion that is to leave the dependents.
const ORPHAN: &str = "orphan";

/// The kinds that are owners or dependents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Deployment,
    Service,
    Pod,
    EndpointSlice,
    Secret,
    ConfigMap,
}

const KINDS: [Kind; 6] = [
    Kind::Deployment,
    Kind::Service,
    Kind::Pod,
    Kind::EndpointSlice,
    Kind::Secret,
    Kind::ConfigMap,
];

/// One object of these kinds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    kind: Kind,
    namespace: String,
    name: String,
}

impl Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}/{}", self.kind, self.namespace, self.name)
    }
}

/// Collects what nobody owns any more.
pub(crate) struct Owners {
    pub(crate) cluster: Arc<Cluster>,
}

impl Owners {
    pub(crate) async fn reconcile(&self, key: Key) -> Result<(), Retry> {
        let Some(object) = key.kind.find(&self.cluster, &key.namespace, &key.name) else {
            return Ok(());
        };
        if object.deletion_timestamp.is_some() {
            return self.release(&key, &object).await;
        }
        let owners = object.owner_references.as_deref().unwrap_or_default();
        if owners.is_empty() {
            return Ok(());
        }
        for owner in owners {
            if self.is_there(owner, &key.namespace).await? {
                return Ok(());
            }
        }
        let api = self.api(key.kind, &key.namespace);
        Ok(cluster::delete(&api, &key.name, object.uid, DeleteParams::background()).await?)
    }

    /// Has what depends on `object`, or what it depends on, looked at.
    pub(crate) fn changed<K: View>(
        cluster: &Cluster,
        queue: &Queue<Key>,
        copies: &Store<K>,
        object: &K,
    ) {
        let Some(kind) = Kind::of(&K::kind(&())) else { return };
        let (namespace, uid) = (object.namespace().unwrap_or_default(), object.uid());
        let related = if is_gone(copies, object) {
            let owners = object.owner_references().iter().filter_map(|owner| {
                let kind = Kind::of(&owner.kind)?;
                Some(Key { kind, namespace: namespace.clone(), name: owner.name.clone() })
            });
            let uid = uid.unwrap_or_default();
            owners.chain(dependents(cluster, &namespace, &uid).map(|(key, _)| key)).collect()
        } else if !object.owner_references().is_empty()
            || object.meta().deletion_timestamp.is_some()
        {
            vec![Key { kind, namespace: namespace.clone(), name: object.name_any() }]
        } else {
            Vec::new()
        };
        for key in related {
            queue.add(key);
        }
    }

    /// Does for an object that is being deleted what its finalizers ask for.
    async fn release(&self, key: &Key, object: &ObjectMeta) -> Result<(), Retry> {
        let finalizers = object.finalizers.as_deref().unwrap_or_default();
        let asked = finalizers.iter().find(|name| *name == FOREGROUND || *name == ORPHAN);
        let Some(asked) = asked else { return Ok(()) };
        let uid = object.uid.as_deref().unwrap_or_default();
        let mut left: Vec<_> = dependents(&self.cluster, &key.namespace, uid).collect();
        if asked == ORPHAN {
            try_join_all(left.drain(..).map(|(key, object)| self.orphan(key, object, uid))).await?;
        }
        if left.is_empty() {
            let kept: Vec<_> = finalizers.iter().filter(|name| *name != asked).collect();
            return self
                .patch(
                    key,
                    &json!({"metadata": {
                        "finalizers": kept,
                        "resourceVersion": object.resource_version,
                    }}),
                )
                .await;
        }
        // The end of each is told, and brings this object back here.
        try_join_all(left.into_iter().map(|(key, object)| async move {
            let api = self.api(key.kind, &key.namespace);
            cluster::delete(&api, &key.name, object.uid, DeleteParams::foreground()).await
        }))
        .await?;
        Ok(())
    }

    async fn orphan(&self, key: Key, object: ObjectMeta, owner: &str) -> Result<(), Retry> {
        let mut owners = object.owner_references.unwrap_or_default();
        owners.retain(|reference| reference.uid != owner);
        let metadata =
            json!({"ownerReferences": owners, "resourceVersion": object.resource_version});
        self.patch(&key, &json!({ "metadata": metadata })).await
    }

    async fn patch(&self, key: &Key, patch: &serde_json::Value) -> Result<(), Retry> {
        let api = self.api(key.kind, &key.namespace);
        match api.patch_metadata(&key.name, &PatchParams::default(), &Patch::Merge(patch)).await {
            Ok(_) => Ok(()),
            Err(error) if cluster::is_moot(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the API server where the copy does not know the owner: it may only be behind.
    async fn is_there(&self, owner: &OwnerReference, namespace: &str) -> Result<bool, Retry> {
        let Some(kind) = Kind::of(&owner.kind) else { return Ok(true) };
        let is_owner = |object: &ObjectMeta| object.uid.as_ref() == Some(&owner.uid);
        if kind.find(&self.cluster, namespace, &owner.name).as_ref().is_some_and(is_owner) {
            return Ok(true);
        }
        let found = self.api(kind, namespace).get_opt(&owner.name).await?;
        Ok(found.is_some_and(|object| is_owner(&object.metadata)))
    }

    fn api(&self, kind: Kind, namespace: &str) -> Api<DynamicObject> {
        match kind {
            Kind::Deployment => self.cluster.api::<Deployment>(namespace),
            Kind::Service => self.cluster.api::<Service>(namespace),
            Kind::Pod => self.cluster.api::<Pod>(namespace),
            Kind::EndpointSlice => self.cluster.api::<EndpointSlice>(namespace),
            Kind::Secret => self.cluster.api::<Secret>(namespace),
            Kind::ConfigMap => self.cluster.api::<ConfigMap>(namespace),
        }
    }
}

/// The objects of `namespace` that name `owner` as one of their owners.
fn dependents<'a>(
    cluster: &'a Cluster,
    namespace: &'a str,
    owner: &'a str,
) -> impl Iterator<Item = (Key, ObjectMeta)> + 'a {
    let all = KINDS
        .into_iter()
        .flat_map(|kind| kind.all(cluster).into_iter().map(move |object| (kind, object)));
    all.filter(move |(_, object)| {
        object.namespace.as_deref() == Some(namespace)
            && object.owner_references.iter().flatten().any(|reference| reference.uid == owner)
    })
    .map(|(kind, object)| {
        let key = Key {
            kind,
            namespace: object.namespace.clone().unwrap_or_default(),
            name: object.name.clone().unwrap_or_default(),
        };
        (key, object)
    })
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| format!("{kind:?}") == name)
    }

    fn find(self, cluster: &Cluster, namespace: &str, name: &str) -> Option<ObjectMeta> {
        fn get<K: View>(copies: &Store<K>, namespace: &str, name: &str) -> Option<ObjectMeta> {
            let object = copies.get(&ObjectRef::new(name).within(namespace))?;
            Some(object.meta().clone())
        }
        match self {
            Self::Deployment => get(&cluster.deployments, namespace, name),
            Self::Service => get(&cluster.services, namespace, name),
            Self::Pod => get(&cluster.pods, namespace, name),
            Self::EndpointSlice => get(&cluster.slices, namespace, name),
            Self::Secret => get(&cluster.secrets, namespace, name),
            Self::ConfigMap => get(&cluster.config_maps, namespace, name),
        }
    }

    /// Those that have an owner.
    fn all(self, cluster: &Cluster) -> Vec<ObjectMeta> {
        fn owned<K: View>(copies: &Store<K>) -> Vec<ObjectMeta> {
            let objects = copies.state_filter(|object| !object.owner_references().is_empty());
            objects.iter().map(|object| object.meta().clone()).collect()
        }
        match self {
            Self::Deployment => owned(&cluster.deployments),
            Self::Service => owned(&cluster.services),
            Self::Pod => owned(&cluster.pods),
            Self::EndpointSlice => owned(&cluster.slices),
            Self::Secret => owned(&cluster.secrets),
            Self::ConfigMap => owned(&cluster.config_maps),
        }
    }
}
