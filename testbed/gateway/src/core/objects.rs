//! Typed views of the Kubernetes objects the Gateway looks at.
//!
//! The views are tolerant: a field that this implementation does not use is not here, and a field
//! that is absent has its default. What a definition's schema checks is not checked again.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::sign::CertifiedKey;
use serde::Deserialize;
use serde_json::Value;

use super::certificates::{self, CertificateError};
use super::gateway_tls::GatewayTls;
pub use super::object_reference::ObjectReference;
use super::wishes::RequestedAddress;

/// The API group of Gateway API.
pub const GATEWAY_GROUP: &str = "gateway.networking.k8s.io";

/// Namespace and name; the namespace of cluster-scoped objects is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The namespace, empty for objects that have none.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl Key {
    /// The key of `name` in `namespace`.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.namespace.is_empty() {
            f.write_str(&self.name)
        } else {
            write!(f, "{}/{}", self.namespace, self.name)
        }
    }
}

/// The part of an object's metadata that decides something.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// `metadata.namespace`, empty for objects that have none.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.generation`, 0 for kinds that have none.
    pub generation: i64,
    /// `metadata.resourceVersion`.
    pub resource_version: String,
    /// `metadata.creationTimestamp`, RFC 3339 in UTC, so that text order is time order.
    pub creation_timestamp: String,
    /// `metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// `metadata.finalizers`.
    pub finalizers: Vec<String>,
    /// The `resourceVersion` with which this generation was first seen: the greater, the later it came.
    #[serde(skip)]
    pub since: u64,
}

/// An object of one kind: its metadata, and the view of the rest.
#[derive(Debug, Clone, Deserialize)]
pub struct Object<T> {
    /// The metadata.
    pub metadata: Metadata,
    /// Everything else.
    #[serde(flatten)]
    pub body: T,
}

impl<T> Object<T> {
    /// The object's namespace and name.
    pub fn key(&self) -> Key {
        Key::new(&self.metadata.namespace, &self.metadata.name)
    }
}

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

/// View of a `GatewayClass`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GatewayClass {
    /// `spec`.
    pub spec: GatewayClassSpec,
    /// `status`, unparsed: what others wrote there must survive.
    pub status: Value,
}

/// `GatewayClass.spec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayClassSpec {
    /// The controller that manages Gateways of the class.
    pub controller_name: String,
    /// Parameters of the controller; this one takes none.
    pub parameters_ref: Option<Value>,
}

/// View of a `Gateway`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Gateway {
    /// `spec`.
    pub spec: GatewaySpec,
    /// `status`, unparsed: what others wrote there must survive.
    pub status: Value,
}

/// `Gateway.spec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewaySpec {
    /// The class, by name.
    pub gateway_class_name: String,
    /// The listeners; their names are unique.
    pub listeners: Vec<Listener>,
    /// Which `ListenerSet`s may add to them; none when absent.
    pub allowed_listeners: Option<AllowedListeners>,
    /// Requested addresses.
    pub addresses: Vec<RequestedAddress>,
    /// Infrastructure attributes.
    pub infrastructure: Infrastructure,
    /// TLS settings of the whole Gateway.
    pub tls: GatewayTls,
}

/// `Gateway.spec.allowedListeners`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AllowedListeners {
    /// From which namespaces; from `None` when absent.
    pub namespaces: AllowedNamespaces,
}

/// `Gateway.spec.infrastructure`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Infrastructure {
    /// Labels for what is made for the Gateway.
    pub labels: BTreeMap<String, String>,
    /// Annotations for it.
    pub annotations: BTreeMap<String, String>,
    /// Parameters of this Gateway; this implementation takes none.
    pub parameters_ref: Option<Value>,
}

/// An entry of `spec.listeners` of a `Gateway` or a `ListenerSet`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Listener {
    /// The name, unique in its object.
    pub name: String,
    /// The hostname; absent matches all.
    pub hostname: Option<String>,
    /// The network port.
    pub port: u16,
    /// The protocol, such as `HTTP`.
    pub protocol: String,
    /// TLS settings.
    pub tls: Option<ListenerTls>,
    /// Which routes may attach.
    pub allowed_routes: AllowedRoutes,
}

/// `listeners[].tls`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListenerTls {
    /// `Terminate` (the default) or `Passthrough`.
    pub mode: Option<String>,
    /// References to the certificates.
    pub certificate_refs: Vec<ObjectReference>,
}

/// `listeners[].allowedRoutes`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AllowedRoutes {
    /// From which namespaces.
    pub namespaces: AllowedNamespaces,
    /// Of which kinds; empty means all that the protocol allows.
    pub kinds: Vec<RouteGroupKind>,
}

/// `namespaces` of `allowedRoutes` and `allowedListeners`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AllowedNamespaces {
    /// `Same` (the default for routes), `All`, `Selector` or `None` (the default for listeners).
    pub from: Option<String>,
    /// The selector of `Selector`.
    pub selector: Option<LabelSelector>,
}

/// A Kubernetes label selector.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Labels that must be equal.
    pub match_labels: BTreeMap<String, String>,
    /// Further requirements.
    pub match_expressions: Vec<LabelExpression>,
}

/// A requirement of a label selector.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LabelExpression {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: String,
    /// The values of `In` and `NotIn`.
    pub values: Vec<String>,
}

/// A kind of route.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RouteGroupKind {
    /// The group; Gateway API's when absent.
    #[serde(default = "gateway_group")]
    pub group: String,
    /// The kind.
    pub kind: String,
}

/// View of a `ReferenceGrant`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReferenceGrant {
    /// `spec`.
    pub spec: ReferenceGrantSpec,
}

/// `ReferenceGrant.spec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReferenceGrantSpec {
    /// Who may refer.
    pub from: Vec<GrantFrom>,
    /// To what in the grant's namespace.
    pub to: Vec<GrantTo>,
}

/// An entry of `ReferenceGrant.spec.from`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GrantFrom {
    /// The referrer's group.
    pub group: String,
    /// The referrer's kind.
    pub kind: String,
    /// The referrer's namespace.
    pub namespace: String,
}

/// An entry of `ReferenceGrant.spec.to`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GrantTo {
    /// The target's group.
    pub group: String,
    /// The target's kind.
    pub kind: String,
    /// The target's name; absent means all of the kind.
    pub name: Option<String>,
}

/// View of a `Namespace`: nothing but its labels is of interest.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Namespace {}

/// View of a `Service`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Service {
    /// `spec`.
    pub spec: ServiceSpec,
}

/// `Service.spec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceSpec {
    /// `None` makes the Service headless.
    #[serde(rename = "clusterIP")]
    pub cluster_ip: Option<String>,
    /// The ports.
    pub ports: Vec<ServicePort>,
}

/// An entry of `Service.spec.ports`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePort {
    /// The name; empty when the Service has one port alone.
    pub name: String,
    /// The port that routes name.
    pub port: u16,
    /// `TCP` when absent.
    pub protocol: Option<String>,
    /// The application's protocol, such as `kubernetes.io/h2c`.
    pub app_protocol: Option<String>,
}

/// View of an `EndpointSlice`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EndpointSlice {
    /// The endpoints.
    pub endpoints: Vec<Endpoint>,
    /// The ports, each open on all endpoints.
    pub ports: Vec<EndpointPort>,
}

/// An entry of `EndpointSlice.endpoints`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Endpoint {
    /// The addresses.
    pub addresses: Vec<String>,
    /// The conditions.
    pub conditions: EndpointConditions,
}

/// `EndpointSlice.endpoints[].conditions`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EndpointConditions {
    /// Absent means ready.
    pub ready: Option<bool>,
}

/// An entry of `EndpointSlice.ports`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EndpointPort {
    /// The name of the Service's port; empty when it has none.
    pub name: Option<String>,
    /// The port on the endpoints.
    pub port: Option<u16>,
}

/// View of a `Secret`: the certificates in it, read when the Secret is, not at each computation.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "SecretData")]
pub struct Secret {
    /// The certificate with its key, or why there is none.
    pub certificate: Result<Arc<CertifiedKey>, CertificateError>,
    /// The authorities, or why there are none.
    pub authorities: Result<Arc<RootCertStore>, CertificateError>,
}

#[derive(Deserialize)]
struct SecretData {
    #[serde(default)]
    data: BTreeMap<String, String>,
}

impl From<SecretData> for Secret {
    fn from(SecretData { data }: SecretData) -> Self {
        Self {
            certificate: certificates::read(&data).map(Arc::new),
            authorities: certificates::read_encoded_authorities(&data).map(Arc::new),
        }
    }
}

/// View of a `ConfigMap`: the authorities in it, read when the `ConfigMap` is.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "ConfigMapData")]
pub struct ConfigMap {
    /// The authorities, or why there are none.
    pub authorities: Result<Arc<RootCertStore>, CertificateError>,
}

#[derive(Deserialize)]
struct ConfigMapData {
    #[serde(default)]
    data: BTreeMap<String, String>,
}

impl From<ConfigMapData> for ConfigMap {
    fn from(ConfigMapData { data }: ConfigMapData) -> Self {
        Self { authorities: certificates::read_authorities(&data).map(Arc::new) }
    }
}

fn gateway_group() -> String {
    GATEWAY_GROUP.to_owned()
}
