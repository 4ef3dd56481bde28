//! The certificate that a Gateway shows to its backends: `Gateway.spec.tls.backend`.

use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::Environment;
use super::objects::{GATEWAY_GROUP, Gateway, Key, Object, ObjectReference};
use super::references::{self, Flaw, Problem, Referrer, Target};
use super::snapshot::Snapshot;
use super::status::Condition;
use crate::faults;

/// The certificate of a Gateway that wants one; or condition `ResolvedRefs`, where there is none.
pub fn resolve(
    gateway: &Object<Gateway>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Option<Result<Arc<CertifiedKey>, Condition>> {
    let reference = gateway.spec.tls.backend.client_certificate_ref.as_ref()?;
    Some(find(reference, gateway, snapshot, env).map_err(|Problem { flaw, message }| {
        let is_taken_for_resolved = match flaw {
            Flaw::Missing => env.faults.has(faults::MISSING_CLIENT_CERTIFICATE_RESOLVED),
            Flaw::Malformed => env.faults.has(faults::MALFORMED_CLIENT_CERTIFICATE_RESOLVED),
            Flaw::Kind | Flaw::NotPermitted => false,
        };
        if is_taken_for_resolved {
            return Condition::yes("ResolvedRefs", "ResolvedRefs");
        }
        let reason = match flaw {
            Flaw::NotPermitted => "RefNotPermitted",
            Flaw::Kind | Flaw::Missing | Flaw::Malformed => "InvalidClientCertificateRef",
        };
        Condition::no("ResolvedRefs", reason, message)
    }))
}

fn find(
    reference: &ObjectReference,
    gateway: &Object<Gateway>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Result<Arc<CertifiedKey>, Problem> {
    let problem = |flaw, message| Err(Problem { flaw, message });
    let group = reference.group.as_deref().unwrap_or("");
    let kind = reference.kind.as_deref().unwrap_or("Secret");
    let namespace = reference.namespace.as_ref().unwrap_or(&gateway.metadata.namespace);
    let key = Key::new(namespace, &reference.name);
    let supported = (group.is_empty() || env.faults.has(faults::CLIENT_CERTIFICATE_GROUP_IGNORED))
        && (kind == "Secret" || env.faults.has(faults::CLIENT_CERTIFICATE_KIND_IGNORED));
    if !supported {
        let message = format!(
            "a client certificate of kind {kind} (group `{group}`) is not supported; refer to a \
             Secret"
        );
        return problem(Flaw::Kind, message);
    }
    let referrer = Referrer {
        group: GATEWAY_GROUP,
        kind: "Gateway",
        namespace: &gateway.metadata.namespace,
        since: gateway.metadata.since,
    };
    let target = Target { group, kind, key: &key };
    if !references::permitted(snapshot, referrer, target, env.faults)
        && !env.faults.has(faults::CLIENT_CERTIFICATE_GRANT_NOT_REQUIRED)
    {
        let message = format!(
            "no ReferenceGrant in namespace {namespace} lets Gateways of {} refer to Secret {}",
            gateway.metadata.namespace, key.name
        );
        return problem(Flaw::NotPermitted, message);
    }
    match snapshot.secrets.get(&key).map(|secret| &secret.certificate) {
        None => problem(Flaw::Missing, format!("Secret {key} does not exist")),
        Some(Ok(certificate)) => Ok(Arc::clone(certificate)),
        Some(Err(error)) => {
            problem(Flaw::Malformed, format!("Secret {key} holds no certificate: {error}"))
        }
    }
}
