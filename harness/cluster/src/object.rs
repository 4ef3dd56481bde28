//! Objects as the API server holds them, their kinds and their names.

use std::fmt;

use internment::Intern;
pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{
    Api, Client,
    core::{ApiResource, GroupVersionKind},
};
use model::names::{GROUP, POLICY_GROUP};

use crate::own_kinds;
pub use crate::own_kinds::OwnKind;

/// An object of any kind, with every field that the manifest or the API server gave it.
pub type Object = kube::core::DynamicObject;

/// A kind that the suite creates, watches or looks at.
///
/// Its path at the API server is known here, so that no discovery has to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the Kubernetes and Gateway APIs")]
pub enum Kind {
    Namespace,
    ServiceAccount,
    Pod,
    Service,
    Secret,
    ConfigMap,
    Event,
    Deployment,
    EndpointSlice,
    GatewayClass,
    Gateway,
    HttpRoute,
    GrpcRoute,
    TlsRoute,
    TcpRoute,
    UdpRoute,
    ReferenceGrant,
    BackendTlsPolicy,
    ListenerSet,
    /// Of the implementer, whatever it is called there; see [`model::policy`].
    Policy,
    CustomResourceDefinition,
    /// Of tests of the user's own.
    Own(Intern<OwnKind>),
}

/// What the API server calls a kind.
struct Row {
    group: &'static str,
    name: &'static str,
    plural: &'static str,
    namespaced: bool,
}

const fn row(
    group: &'static str,
    name: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Row {
    Row { group, name, plural, namespaced }
}

impl Kind {
    /// All that the suite knows by itself.
    pub const ALL: [Self; 21] = [
        Self::Namespace,
        Self::ServiceAccount,
        Self::Pod,
        Self::Service,
        Self::Secret,
        Self::ConfigMap,
        Self::Event,
        Self::Deployment,
        Self::EndpointSlice,
        Self::GatewayClass,
        Self::Gateway,
        Self::HttpRoute,
        Self::GrpcRoute,
        Self::TlsRoute,
        Self::TcpRoute,
        Self::UdpRoute,
        Self::ReferenceGrant,
        Self::BackendTlsPolicy,
        Self::ListenerSet,
        Self::Policy,
        Self::CustomResourceDefinition,
    ];

    /// The version of every kind that the suite knows by itself, in its own group.
    const VERSION: &str = "v1";

    fn row(self) -> Row {
        match self {
            Self::Namespace => row("", "Namespace", "namespaces", false),
            Self::ServiceAccount => row("", "ServiceAccount", "serviceaccounts", true),
            Self::Pod => row("", "Pod", "pods", true),
            Self::Service => row("", "Service", "services", true),
            Self::Secret => row("", "Secret", "secrets", true),
            Self::ConfigMap => row("", "ConfigMap", "configmaps", true),
            Self::Event => row("", "Event", "events", true),
            Self::Deployment => row("apps", "Deployment", "deployments", true),
            Self::EndpointSlice => row("discovery.k8s.io", "EndpointSlice", "endpointslices", true),
            Self::GatewayClass => row(GROUP, "GatewayClass", "gatewayclasses", false),
            Self::Gateway => row(GROUP, "Gateway", "gateways", true),
            Self::HttpRoute => row(GROUP, "HTTPRoute", "httproutes", true),
            Self::GrpcRoute => row(GROUP, "GRPCRoute", "grpcroutes", true),
            Self::TlsRoute => row(GROUP, "TLSRoute", "tlsroutes", true),
            Self::TcpRoute => row(GROUP, "TCPRoute", "tcproutes", true),
            Self::UdpRoute => row(GROUP, "UDPRoute", "udproutes", true),
            Self::ReferenceGrant => row(GROUP, "ReferenceGrant", "referencegrants", true),
            Self::BackendTlsPolicy => row(GROUP, "BackendTLSPolicy", "backendtlspolicies", true),
            Self::ListenerSet => row(GROUP, "ListenerSet", "listenersets", true),
            Self::Policy => row(POLICY_GROUP, "Policy", "policies", true),
            Self::CustomResourceDefinition => row(
                "apiextensions.k8s.io",
                "CustomResourceDefinition",
                "customresourcedefinitions",
                false,
            ),
            Self::Own(kind) => {
                let OwnKind { group, name, plural, namespaced, .. } = kind.as_ref();
                row(group, name, plural, *namespaced)
            }
        }
    }

    /// Makes a kind known that tests of the user's own bring.
    ///
    /// # Errors
    ///
    /// That there is another one of its group and name.
    pub fn learn(kind: OwnKind) -> Result<Self, String> {
        let OwnKind { group, version, name, .. } = &kind;
        if let Some(known) = Self::from_gvk(&GroupVersionKind::gvk(group, version, name))
            && !matches!(known, Self::Own(_))
        {
            return Err(format!("{name} of {group} is known to the suite: leave it out"));
        }
        own_kinds::learn(kind).map(Self::Own)
    }

    /// All that are known, those of tests of the user's own too.
    pub fn known() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain(own_kinds::all().into_iter().map(Self::Own))
    }

    /// As in a manifest's `kind`: `HTTPRoute`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The API group; empty for the core group.
    pub fn group(self) -> &'static str {
        self.row().group
    }

    /// As in paths and in RBAC rules: `httproutes`.
    pub fn plural(self) -> &'static str {
        self.row().plural
    }

    /// Whether its objects are in namespaces.
    pub fn is_namespaced(self) -> bool {
        self.row().namespaced
    }

    /// Whether it is a kind of route of the Gateway API.
    pub const fn is_route(self) -> bool {
        matches!(
            self,
            Self::HttpRoute | Self::GrpcRoute | Self::TlsRoute | Self::TcpRoute | Self::UdpRoute
        )
    }

    /// Whether it is a kind of route that takes requests one by one, and no streams.
    pub const fn routes_requests(self) -> bool {
        matches!(self, Self::HttpRoute | Self::GrpcRoute)
    }

    /// Whether it tells of itself by an entry for each of its parents or ancestors, see
    /// [`RouteView`](crate::views::RouteView).
    pub const fn has_entries(self) -> bool {
        self.is_route() || matches!(self, Self::BackendTlsPolicy | Self::Policy)
    }

    /// What [`Self::ReferenceGrant`] was called before v0.5.0.
    const OLD_GRANT: &str = "ReferencePolicy";

    /// The kind with this group and name, whatever the version.
    pub fn from_gvk(gvk: &GroupVersionKind) -> Option<Self> {
        if gvk.group == GROUP && gvk.kind == Self::OLD_GRANT {
            return Some(Self::ReferenceGrant);
        }
        let known = Self::ALL.into_iter();
        let mut known = known.filter(|it| it.group() == gvk.group && it.name() == gvk.kind);
        known.next().or_else(|| own_kinds::find(&gvk.group, &gvk.kind).map(Self::Own))
    }

    /// The kind of an object, by its `apiVersion` and `kind`.
    pub fn of(object: &Object) -> Option<Self> {
        GroupVersionKind::try_from(object.types.as_ref()?).ok().and_then(|gvk| Self::from_gvk(&gvk))
    }

    /// Where the API server has it.
    pub fn resource(self) -> ApiResource {
        match self {
            Self::Own(kind) => self.resource_in(&kind.version),
            _ => self.resource_in(Self::VERSION),
        }
    }

    /// Where the API server has this version of it.
    pub(crate) fn resource_in(self, version: &str) -> ApiResource {
        let Row { group, name, plural, .. } = self.row();
        let gvk = GroupVersionKind::gvk(group, version, name);
        ApiResource::from_gvk_with_plural(&gvk, plural)
    }

    /// Its objects in a namespace, or in all of them.
    pub(crate) fn api(self, client: &Client, namespace: Option<&str>) -> Api<Object> {
        api(client, &self.resource(), namespace.filter(|_| self.is_namespaced()))
    }
}

/// The objects at `resource` in a namespace, or in all of them.
pub(crate) fn api(client: &Client, resource: &ApiResource, namespace: Option<&str>) -> Api<Object> {
    match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, resource),
        None => Api::all_with(client.clone(), resource),
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which object: `HTTPRoute gateway-conformance-infra/matching`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace, if its kind is in namespaces.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl Key {
    /// The object of this kind, namespace and name. The namespace of a kind that is in none is
    /// left out.
    pub fn new(kind: Kind, namespace: Option<&str>, name: impl Into<String>) -> Self {
        let namespace = namespace.filter(|_| kind.is_namespaced()).map(str::to_owned);
        Self { kind, namespace, name: name.into() }
    }

    /// What this object is called; nothing for an object without a name or of a kind that the
    /// suite does not know.
    pub fn of(object: &Object) -> Option<Self> {
        Kind::of(object).and_then(|kind| Self::of_kind(kind, object))
    }

    /// What this object is called, whose kind is known from where it came.
    pub(crate) fn of_kind(kind: Kind, object: &Object) -> Option<Self> {
        let name = object.metadata.name.clone()?;
        Some(Self::new(kind, object.metadata.namespace.as_deref(), name))
    }

    pub(crate) fn api(&self, client: &Client) -> Api<Object> {
        self.kind.api(client, self.namespace.as_deref())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}

/// The finalizers that keep an object, for a sentence: `a.example/x, b.example/y`.
pub(crate) fn finalizers(object: &Object) -> &[String] {
    object.metadata.finalizers.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_again_by_its_resource() {
        for kind in Kind::ALL {
            let resource = kind.resource();
            let gvk = GroupVersionKind::gvk(&resource.group, "v1beta1", &resource.kind);
            assert_eq!(Kind::from_gvk(&gvk), Some(kind));
        }
    }

    #[test]
    fn keys_read_like_kubectl() {
        let route = Key::new(Kind::HttpRoute, Some("infra"), "matching");
        assert_eq!(route.to_string(), "HTTPRoute infra/matching");
        let class = Key::new(Kind::GatewayClass, Some("ignored"), "traefik");
        assert_eq!(class.to_string(), "GatewayClass traefik");
    }
}
