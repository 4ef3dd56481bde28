//! Where the API server has the kinds of Gateway API: each in the newest version that it serves.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind};
use kube::core::Version;
use serde_json::Value;

use crate::Error;
use crate::core::StatusKind;
use crate::core::objects::GATEWAY_GROUP;
use crate::core::route_kind::RouteKind;

/// What it was called before v0.5.0; where both are served, this is the older form.
const GRANTS: [Names; 2] = [
    of_gateway_api("ReferenceGrant", "referencegrants"),
    of_gateway_api("ReferencePolicy", "referencepolicies"),
];

/// In a version of a class's definition, the schema of what it tells of its features.
const FEATURES: &str = "/schema/openAPIV3Schema/properties/status/properties/supportedFeatures";

/// The group of this implementation's own kinds.
const OWN_GROUP: &str = "testbed.gateway-conformance.dev";

/// What the API server calls a kind.
#[derive(Clone, Copy)]
struct Names {
    group: &'static str,
    kind: &'static str,
    plural: &'static str,
}

const fn of_gateway_api(kind: &'static str, plural: &'static str) -> Names {
    Names { group: GATEWAY_GROUP, kind, plural }
}

/// What an API server serves of Gateway API.
#[derive(Clone)]
pub struct Served {
    statuses: BTreeMap<StatusKind, ApiResource>,
    /// Of `ReferenceGrant`, whatever it is called.
    pub grants: Option<ApiResource>,
    /// Whether a class can tell of every feature: in v1.0.0 only of some, by their names alone.
    pub tells_features: bool,
}

impl Served {
    /// Reads the definitions: they are there before discovery tells of them. A watch of a kind that the
    /// API server does not know would wait for ever; `GatewayClass`, `Gateway` and `HTTPRoute` it must
    /// know.
    pub async fn ask(client: &Client) -> Result<Self, Error> {
        use StatusKind::{
            BackendTlsPolicy, Gateway, GatewayClass, ListenerSet, Route, TimeoutPolicy,
        };
        let required = [GatewayClass, Gateway, Route(RouteKind::Http)];
        let kinds = [GatewayClass, Gateway, ListenerSet, BackendTlsPolicy, TimeoutPolicy];
        let kinds = kinds.into_iter().chain(RouteKind::ALL.map(Route));
        let statuses = try_join_all(kinds.map(async |kind| {
            let found = match newest_version(client, names(kind)).await? {
                None if required.contains(&kind) => return Err(missing(names(kind))),
                found => found,
            };
            Ok(found.map(|version| (kind, version)))
        }));
        let grants = GRANTS.map(async |names| newest(client, names).await);
        let (statuses, grants) = futures::try_join!(statuses, try_join_all(grants))?;
        let versions: BTreeMap<_, _> = statuses.into_iter().flatten().collect();
        let features = versions.get(&GatewayClass).and_then(|version| version.pointer(FEATURES));
        let tells_features = features.is_none_or(|features| features["items"]["type"] != "string");
        let statuses = versions.iter().filter_map(|(kind, version)| {
            Some((*kind, resource(names(*kind), version["name"].as_str()?)))
        });
        let (statuses, grants) = (statuses.collect(), grants.into_iter().flatten().next());
        Ok(Self { statuses, grants, tells_features })
    }

    /// The kinds with a status of ours.
    pub fn kinds(&self) -> impl Iterator<Item = (StatusKind, &ApiResource)> {
        self.statuses.iter().map(|(kind, resource)| (*kind, resource))
    }

    /// Where a kind is that was seen there.
    pub fn resource(&self, kind: StatusKind) -> ApiResource {
        self.statuses.get(&kind).cloned().unwrap_or_else(|| resource(names(kind), "v1"))
    }
}

/// Where the API server has `GatewayClass`, in the newest version that it serves.
///
/// # Errors
///
/// When the definition cannot be read, or there is none.
pub async fn classes(client: &Client) -> Result<ApiResource, Error> {
    let names = names(StatusKind::GatewayClass);
    newest(client, names).await?.ok_or_else(|| missing(names))
}

fn missing(names: Names) -> Error {
    Error::DefinitionMissing { kind: names.kind.to_owned() }
}

const fn names(kind: StatusKind) -> Names {
    match kind {
        StatusKind::GatewayClass => of_gateway_api("GatewayClass", "gatewayclasses"),
        StatusKind::Gateway => of_gateway_api("Gateway", "gateways"),
        StatusKind::ListenerSet => of_gateway_api("ListenerSet", "listenersets"),
        StatusKind::BackendTlsPolicy => of_gateway_api("BackendTLSPolicy", "backendtlspolicies"),
        StatusKind::TimeoutPolicy => {
            Names { group: OWN_GROUP, kind: "TimeoutPolicy", plural: "timeoutpolicies" }
        }
        StatusKind::Route(kind) => of_gateway_api(kind.name(), kind.plural()),
    }
}

async fn newest(client: &Client, names: Names) -> Result<Option<ApiResource>, Error> {
    let version = newest_version(client, names).await?;
    Ok(version.and_then(|version| Some(resource(names, version["name"].as_str()?))))
}

/// As the definition has it, with its schema.
async fn newest_version(client: &Client, names: Names) -> Result<Option<Value>, Error> {
    let definitions =
        GroupVersionKind::gvk("apiextensions.k8s.io", "v1", "CustomResourceDefinition");
    let definitions = ApiResource::from_gvk(&definitions);
    let definitions: Api<DynamicObject> = Api::all_with(client.clone(), &definitions);
    let Names { group, kind, plural } = names;
    let definition = definitions.get_opt(&format!("{plural}.{group}")).await;
    let definition = definition
        .map_err(|source| Error::Api { kind: kind.to_owned(), source: Box::new(source) })?;
    let Some(definition) = definition else { return Ok(None) };
    let versions = definition.data["spec"]["versions"].as_array().into_iter().flatten();
    let served = versions.filter(|version| version["served"] == true);
    let priority =
        |version: &&Value| version["name"].as_str().map(|name| Version::parse(name).priority());
    Ok(served.max_by_key(priority).cloned())
}

fn resource(Names { group, kind, plural }: Names, version: &str) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}
