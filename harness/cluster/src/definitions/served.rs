//! The Gateway API as one API server has it: of each kind the newest version that is served.
//!
//! All else here writes and reads `v1`. An older version of a kind is the same on the wire but for its name, and
//! for what its schema has no place for.

use std::collections::BTreeMap;

use kube::{
    Client,
    core::{ApiResource, GroupVersionKind, Version},
};
use model::{names::GROUP, policy::Description};
use serde_json::{Value, json};

use super::{schema, translation};
use crate::object::{Kind, Object};

/// What an API server serves of the Gateway API.
#[derive(Clone, Debug, Default)]
pub struct Served(BTreeMap<Kind, Newest>);

/// The newest version of a kind that is served.
#[derive(Clone, Debug)]
struct Newest {
    resource: ApiResource,
    schema: Value,
}

impl Newest {
    /// None if the definition serves no version at all.
    fn of(definition: &Object) -> Option<Self> {
        let spec = &definition.data["spec"];
        let served = spec["versions"].as_array()?.iter().filter(|it| it["served"] == true);
        let name = |version: &Value| version["name"].as_str().map(str::to_owned);
        let version = served.max_by_key(|it| name(it).map(|it| Version::parse(&it).priority()))?;
        let kind = spec["names"]["kind"].as_str()?;
        let gvk = GroupVersionKind::gvk(GROUP, &name(version)?, kind);
        let resource = ApiResource::from_gvk_with_plural(&gvk, spec["names"]["plural"].as_str()?);
        Some(Self { resource, schema: version["schema"]["openAPIV3Schema"].clone() })
    }
}

impl Served {
    /// What these definitions define.
    pub(super) fn of<'a>(definitions: impl Iterator<Item = &'a Object>) -> Self {
        let mut found = BTreeMap::<Kind, Newest>::new();
        for newest in definitions.filter_map(Newest::of) {
            let ApiResource { group, version, kind, .. } = &newest.resource;
            let Some(kind) = Kind::from_gvk(&GroupVersionKind::gvk(group, version, kind)) else {
                continue;
            };
            // Where a kind has two names, the newer one counts.
            let is_renamed = newest.resource.kind != kind.name();
            if !(is_renamed && found.contains_key(&kind)) {
                found.insert(kind, newest);
            }
        }
        Self(found)
    }

    /// Whether an object can be applied as it is, in the newest version of its kind.
    ///
    /// # Errors
    ///
    /// What cannot be said in that version: `HTTPRoute v1beta1 has no spec.rules[0].timeouts`.
    pub fn takes(&self, object: &Object) -> Result<(), String> {
        let Some(kind) = Kind::of(object).filter(|kind| kind.group() == GROUP) else {
            return Ok(());
        };
        let Some(Newest { resource, schema }) = self.0.get(&kind) else {
            return Err(format!("no version of {kind} is served"));
        };
        schema::fits(schema, &json!({ "spec": object.data["spec"] }), "")
            .map_err(|why| format!("{} {} {why}", resource.kind, resource.version))
    }

    /// A client for what says `v1`, whatever this API server calls it, and for the policies that are described.
    #[must_use]
    pub fn translating(&self, client: Client, policy: Option<&Description>) -> Client {
        let other = self.0.iter().filter(|(kind, newest)| newest.resource != kind.resource());
        let other = other.map(|(kind, newest)| (*kind, newest.resource.clone()));
        let policy = policy.map(|Description { group, version, kind, plural, .. }| {
            let gvk = GroupVersionKind::gvk(group, version, kind);
            (Kind::Policy, ApiResource::from_gvk_with_plural(&gvk, plural))
        });
        translation::translating(client, other.chain(policy).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(kind: &str, plural: &str, versions: &[(&str, bool)]) -> Object {
        let schema = json!({ "properties": { "spec": { "properties": { "rules": {} } } } });
        let versions = versions.iter().map(|(name, served)| {
            json!({ "name": name, "served": served, "schema": { "openAPIV3Schema": schema } })
        });
        let spec = json!({
            "names": { "kind": kind, "plural": plural },
            "versions": versions.collect::<Vec<_>>(),
        });
        serde_json::from_value(json!({ "metadata": { "name": plural }, "spec": spec })).unwrap()
    }

    fn versions(served: &Served) -> Vec<String> {
        let resources = served.0.values().map(|newest| &newest.resource);
        resources.map(|it| format!("{} {}", it.kind, it.version)).collect()
    }

    #[test]
    fn the_newest_version_that_is_served_counts() {
        let route = definition("HTTPRoute", "httproutes", &[("v1alpha2", true), ("v1beta1", true)]);
        let tls = [("v1", false), ("v1alpha2", true), ("v1alpha3", true)];
        let tls = definition("TLSRoute", "tlsroutes", &tls);
        let other = definition("XMesh", "xmeshes", &[("v1alpha1", true)]);
        let served = Served::of([&route, &tls, &other].into_iter());
        assert_eq!(versions(&served), ["HTTPRoute v1beta1", "TLSRoute v1alpha3"]);
    }

    #[test]
    fn a_grant_has_its_old_name_where_it_has_no_other() {
        let old = definition("ReferencePolicy", "referencepolicies", &[("v1alpha2", true)]);
        let new = definition("ReferenceGrant", "referencegrants", &[("v1alpha2", true)]);
        assert_eq!(versions(&Served::of([&old].into_iter())), ["ReferencePolicy v1alpha2"]);
        for both in [[&old, &new], [&new, &old]] {
            assert_eq!(versions(&Served::of(both.into_iter())), ["ReferenceGrant v1alpha2"]);
        }
    }

    #[test]
    fn what_cannot_be_said_is_told_with_the_version() {
        let served =
            Served::of([&definition("HTTPRoute", "httproutes", &[("v1beta1", true)])].into_iter());
        let takes = |kind: &str, spec: Value| {
            let object = json!({
                "apiVersion": format!("{GROUP}/v1"), "kind": kind,
                "metadata": { "name": "a" }, "spec": spec,
            });
            served.takes(&serde_json::from_value(object).unwrap())
        };
        assert_eq!(takes("HTTPRoute", json!({ "rules": [] })), Ok(()));
        assert_eq!(
            takes("HTTPRoute", json!({ "hostnames": [] })),
            Err("HTTPRoute v1beta1 has no spec.hostnames".into())
        );
        assert_eq!(
            takes("ListenerSet", json!({})),
            Err("no version of ListenerSet is served".into())
        );
    }
}
