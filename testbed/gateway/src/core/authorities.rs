//! Authorities that are to be trusted: references to their certificates, resolved.

use std::sync::Arc;

use rustls::RootCertStore;

use super::Environment;
use super::objects::{Key, ObjectReference};
use super::references::{self, Flaw, Problem, Referrer, Target};
use super::snapshot::Snapshot;
use crate::faults;

/// What came of references to authorities.
#[derive(Debug)]
pub struct Trust {
    /// Those of the references that resolve; none where none does.
    pub authorities: Option<Arc<RootCertStore>>,
    /// What is wrong with the first reference that does not resolve.
    pub problem: Option<Problem>,
}

/// Resolves references of `referrer`, to `ConfigMap`s and Secrets with a `ca.crt`.
pub fn resolve(
    references: &[ObjectReference],
    referrer: Referrer<'_>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Trust {
    let (mut found, mut problem) = (RootCertStore::empty(), None);
    for reference in references {
        match resolve_one(reference, referrer, snapshot, env) {
            Ok(authorities) => found.extend(authorities.roots.iter().cloned()),
            Err(unresolved) => problem = problem.or(Some(unresolved)),
        }
    }
    Trust { authorities: (!found.is_empty()).then(|| Arc::new(found)), problem }
}

fn resolve_one<'a>(
    reference: &ObjectReference,
    referrer: Referrer<'_>,
    snapshot: &'a Snapshot,
    env: &Environment<'_>,
) -> Result<&'a RootCertStore, Problem> {
    let problem = |flaw, message| Err(Problem { flaw, message });
    let group = reference.group.as_deref().unwrap_or("");
    let kind = reference.kind.as_deref().unwrap_or("ConfigMap");
    let namespace = reference.namespace.as_deref().unwrap_or(referrer.namespace);
    let key = Key::new(namespace, &reference.name);
    if !matches!((group, kind), ("", "ConfigMap" | "Secret")) {
        let message = format!(
            "certificates of authorities of kind {kind} (group `{group}`) are not supported; refer \
             to a ConfigMap or a Secret"
        );
        return problem(Flaw::Kind, message);
    }
    let target = Target { group, kind, key: &key };
    if !references::permitted(snapshot, referrer, target, env.faults)
        && !env.faults.has(faults::AUTHORITY_REFERENCE_GRANT_NOT_REQUIRED)
    {
        let message = format!(
            "no ReferenceGrant in namespace {namespace} lets {}s of {} refer to {kind} {}",
            referrer.kind, referrer.namespace, key.name
        );
        return problem(Flaw::NotPermitted, message);
    }
    let (since, authorities) = match kind {
        "Secret" => snapshot.secrets.get(&key).map(|it| (it.metadata.since, &it.authorities)),
        _ => snapshot.config_maps.get(&key).map(|it| (it.metadata.since, &it.authorities)),
    }
    .unzip();
    let is_new = since.is_some_and(|since| since > referrer.since);
    match authorities.filter(|_| !is_new || !env.faults.has(faults::NEW_AUTHORITY_IGNORED)) {
        None => problem(Flaw::Missing, format!("{kind} {key} does not exist")),
        Some(Ok(authorities)) => Ok(authorities),
        Some(Err(error)) => problem(
            Flaw::Malformed,
            format!("{kind} {key} holds no certificate of an authority: {error}"),
        ),
    }
}
