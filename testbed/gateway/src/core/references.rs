//! References into other namespaces, and the `ReferenceGrant`s that permit them.

use super::objects::{GrantFrom, GrantTo, Key, Object, ReferenceGrant};
use super::snapshot::Snapshot;
use crate::faults::{self, Faults};

/// Who refers.
#[derive(Debug, Clone, Copy)]
pub struct Referrer<'a> {
    /// The referrer's API group.
    pub group: &'a str,
    /// The referrer's kind.
    pub kind: &'a str,
    /// The referrer's namespace.
    pub namespace: &'a str,
    /// Since when the referrer is as it is.
    pub since: u64,
}

/// To what it refers.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The target's API group, empty for the core group.
    pub group: &'a str,
    /// The target's kind.
    pub kind: &'a str,
    /// The target's namespace and name.
    pub key: &'a Key,
}

/// Why a reference does not resolve.
#[derive(Debug)]
pub struct Problem {
    /// In which way.
    pub flaw: Flaw,
    /// Which reference, and why.
    pub message: String,
}

/// What is wrong with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is of a kind that is not supported there.
    Kind,
    /// No `ReferenceGrant` permits it.
    NotPermitted,
    /// There is no such object.
    Missing,
    /// There is not in the object what should be.
    Malformed,
}

/// Whether the reference stays in its namespace or a `ReferenceGrant` permits it.
///
/// A grant permits it when it lives in the target's namespace, an entry of `from` has the
/// referrer's group, kind and namespace, and an entry of `to` the target's group, kind and, where
/// given, name.
pub fn permitted(
    snapshot: &Snapshot,
    referrer: Referrer<'_>,
    target: Target<'_>,
    faults: &Faults,
) -> bool {
    referrer.namespace == target.key.namespace
        || snapshot.reference_grants.values().any(|grant| grants(grant, referrer, target, faults))
}

fn grants(
    grant: &Object<ReferenceGrant>,
    referrer: Referrer<'_>,
    target: Target<'_>,
    faults: &Faults,
) -> bool {
    let in_namespace = grant.metadata.namespace == target.key.namespace
        || faults.has(faults::REFERENCE_GRANT_NAMESPACE_IGNORED);
    let seen =
        grant.metadata.since < referrer.since || !faults.has(faults::NEW_REFERENCE_GRANT_IGNORED);
    in_namespace
        && seen
        && grant.spec.from.iter().any(|from| is_from(from, referrer, faults))
        && grant.spec.to.iter().any(|to| is_to(to, target, faults))
}

fn is_from(from: &GrantFrom, referrer: Referrer<'_>, faults: &Faults) -> bool {
    (from.group == referrer.group || faults.has(faults::REFERENCE_GRANT_FROM_GROUP_IGNORED))
        && (from.kind == referrer.kind || faults.has(faults::REFERENCE_GRANT_FROM_KIND_IGNORED))
        && (from.namespace == referrer.namespace
            || faults.has(faults::REFERENCE_GRANT_FROM_NAMESPACE_IGNORED))
}

fn is_to(to: &GrantTo, target: Target<'_>, faults: &Faults) -> bool {
    let name_fits = match &to.name {
        None => !faults.has(faults::REFERENCE_GRANT_WITHOUT_NAME_IGNORED),
        Some(_) if faults.has(faults::REFERENCE_GRANT_WITH_NAME_IGNORED) => false,
        Some(name) => {
            *name == target.key.name || faults.has(faults::REFERENCE_GRANT_TO_NAME_IGNORED)
        }
    };
    name_fits
        && (to.group == target.group || faults.has(faults::REFERENCE_GRANT_TO_GROUP_IGNORED))
        && (to.kind == target.kind || faults.has(faults::REFERENCE_GRANT_TO_KIND_IGNORED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::objects::GATEWAY_GROUP;
    use crate::core::snapshot::tests::snapshot;

    fn permits(grant: &str) -> bool {
        let key = Key::new("web", "backend");
        permitted(
            &snapshot(&format!(
                "{{kind: ReferenceGrant, metadata: {{name: g, namespace: web}}, spec: {grant}}}"
            )),
            Referrer { group: GATEWAY_GROUP, kind: "HTTPRoute", namespace: "infra", since: 0 },
            Target { group: "", kind: "Service", key: &key },
            &Faults::default(),
        )
    }

    #[test]
    fn every_field_of_a_grant_counts() {
        let from = "from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: infra}]";
        let to = "to: [{group: '', kind: Service, name: backend}]";
        assert!(permits(&format!("{{{from}, {to}}}")));
        assert!(permits(&format!("{{{from}, to: [{{group: '', kind: Service}}]}}")));
        for wrong_to in ["group: g, kind: Service", "group: '', kind: Secret"] {
            assert!(!permits(&format!("{{{from}, to: [{{{wrong_to}}}]}}")), "{wrong_to}");
        }
        assert!(!permits(&format!("{{{from}, to: [{{group: '', kind: Service, name: x}}]}}")));
        for wrong_from in [
            "group: g, kind: HTTPRoute, namespace: infra",
            "group: gateway.networking.k8s.io, kind: Gateway, namespace: infra",
            "group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: web",
        ] {
            assert!(!permits(&format!("{{from: [{{{wrong_from}}}], {to}}}")), "{wrong_from}");
        }
    }
}
