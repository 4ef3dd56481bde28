//! The kinds that the controllers work with, as far as they look at them.
//!
//! They are read and written as [`DynamicObject`]s. A typed struct of each whole kind would have
//! the compiler make the same client, watch and parser seven times over, which took it minutes, and
//! would drop what it does not know.

mod deployment;
mod pod;
mod service;
mod slice;

use std::{borrow::Cow, collections::BTreeMap, fmt::Debug};

use k8s_openapi::{
    ByteString, NamespaceResourceScope, apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{
    Resource,
    api::{ApiResource, DynamicObject, TypeMeta},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

pub(crate) use deployment::{Deployment, DeploymentCondition, DeploymentStatus};
pub(crate) use pod::{
    Container, ContainerState, ContainerStateRunning, ContainerStateWaiting, ContainerStatus,
    EnvVar, HostIP, KeyToPath, Pod, PodCondition, PodIP, PodStatus, Volume,
};
pub(crate) use service::{Service, ServicePort};
pub(crate) use slice::{Endpoint, EndpointConditions, EndpointPort, EndpointSlice, TargetRef};

/// What the controllers see of an object of one kind.
pub(crate) trait View:
    Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static
{
}

/// What is seen of an object of this kind.
pub(crate) fn view<K: View>(object: DynamicObject) -> Result<K, serde_json::Error> {
    let mut view: K = serde_json::from_value(object.data)?;
    *view.meta_mut() = object.metadata;
    Ok(view)
}

/// An object of this kind, as it is written; `data` is all of it but the metadata.
pub(crate) fn object<K: View>(metadata: ObjectMeta, data: Value) -> DynamicObject {
    let ApiResource { api_version, kind, .. } = resource::<K>();
    DynamicObject { types: Some(TypeMeta { api_version, kind }), metadata, data }
}

/// Where the API server has the objects of this kind.
pub(crate) fn resource<K: View>() -> ApiResource {
    ApiResource::erase::<K>(&())
}

/// Says where the API server has a kind; the version is `v1` in every group.
macro_rules! kind {
    ($kind:ident, $group:literal, $plural:literal) => {
        impl kube::Resource for $kind {
            type DynamicType = ();
            type Scope = NamespaceResourceScope;

            fn kind((): &()) -> Cow<'_, str> {
                stringify!($kind).into()
            }

            fn group((): &()) -> Cow<'_, str> {
                $group.into()
            }

            fn version((): &()) -> Cow<'_, str> {
                "v1".into()
            }

            fn plural((): &()) -> Cow<'_, str> {
                $plural.into()
            }

            fn meta(&self) -> &ObjectMeta {
                &self.metadata
            }

            fn meta_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }
        }

        impl View for $kind {}
    };
}

kind!(ConfigMap, "", "configmaps");
kind!(Deployment, "apps", "deployments");
kind!(EndpointSlice, "discovery.k8s.io", "endpointslices");
kind!(Namespace, "", "namespaces");
kind!(Pod, "", "pods");
kind!(Secret, "", "secrets");
kind!(Service, "", "services");

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Namespace {
    #[serde(default)]
    pub(crate) metadata: ObjectMeta,
    pub(crate) spec: Option<NamespaceSpec>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NamespaceSpec {
    pub(crate) finalizers: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Secret {
    #[serde(default)]
    pub(crate) metadata: ObjectMeta,
    pub(crate) data: Option<BTreeMap<String, ByteString>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigMap {
    #[serde(default)]
    pub(crate) metadata: ObjectMeta,
    pub(crate) data: Option<BTreeMap<String, String>>,
    pub(crate) binary_data: Option<BTreeMap<String, ByteString>>,
}
