//! Which clients a Gateway lets in by their certificates: `Gateway.spec.tls.frontend`.

use std::sync::Arc;

use rustls::RootCertStore;

use super::Environment;
use super::authorities::{self, Trust};
use super::objects::{GATEWAY_GROUP, Gateway, Object};
use super::references::{Flaw, Problem, Referrer};
use super::snapshot::Snapshot;
use super::status::Condition;
use crate::faults;

/// What is asked of the clients of a port.
#[derive(Debug, Clone)]
pub enum Clients {
    /// Nothing.
    Anybody,
    /// A certificate, which need not be valid.
    Shown,
    /// A certificate that one of these authorities signed.
    Trusted(Arc<RootCertStore>),
}

/// What became of the validation of a listener's clients.
#[derive(Debug)]
pub struct Validation {
    /// What is asked of them.
    pub clients: Clients,
    /// Condition `Accepted`, where there is none to be trusted.
    pub accepted: Option<Condition>,
    /// Condition `ResolvedRefs`, where a reference does not resolve.
    pub resolved_refs: Option<Condition>,
}

impl Validation {
    /// Where clients are not validated.
    pub const NONE: Self = Self { clients: Clients::Anybody, accepted: None, resolved_refs: None };
}

/// How the clients that come to a port of a Gateway over HTTPS are validated.
pub fn resolve(
    port: u16,
    gateway: &Object<Gateway>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Validation {
    let (frontend, faults) = (&gateway.spec.tls.frontend, env.faults);
    let wanted = if faults.has(faults::PER_PORT_CLIENT_VALIDATION_IGNORED) {
        frontend.default.validation.as_ref()
    } else {
        frontend.validation(port)
    };
    let Some(wanted) = wanted.filter(|_| !faults.has(faults::CLIENTS_NOT_VALIDATED)) else {
        return Validation::NONE;
    };
    let referrer = Referrer {
        group: GATEWAY_GROUP,
        kind: "Gateway",
        namespace: &gateway.metadata.namespace,
        since: gateway.metadata.since,
    };
    let Trust { authorities, problem } =
        authorities::resolve(&wanted.ca_certificate_refs, referrer, snapshot, env);
    let accepted = problem
        .as_ref()
        .filter(|_| authorities.is_none())
        .map(|problem| Condition::no("Accepted", "NoValidCACertificate", problem.message.clone()));
    let is_open = wanted.is_insecure() && !faults.has(faults::INSECURE_FALLBACK_IGNORED);
    let clients = match authorities {
        _ if is_open || faults.has(faults::CLIENT_CERTIFICATES_NOT_VERIFIED) => Clients::Shown,
        None => Clients::Anybody,
        Some(authorities) => Clients::Trusted(authorities),
    };
    Validation {
        clients,
        accepted: accepted.filter(|_| !faults.has(faults::LISTENER_WITHOUT_AUTHORITY_ACCEPTED)),
        resolved_refs: problem.and_then(|problem| unresolved(problem, env)),
    }
}

fn unresolved(problem: Problem, env: &Environment<'_>) -> Option<Condition> {
    let faults = env.faults;
    let reason = match problem.flaw {
        Flaw::Kind if faults.has(faults::CLIENT_AUTHORITY_KIND_REASON_IS_REF) => {
            "InvalidCACertificateRef"
        }
        Flaw::Kind => "InvalidCACertificateKind",
        Flaw::NotPermitted => "RefNotPermitted",
        Flaw::Missing if faults.has(faults::MISSING_CLIENT_AUTHORITY_RESOLVED) => return None,
        Flaw::Missing | Flaw::Malformed => "InvalidCACertificateRef",
    };
    Some(Condition::no("ResolvedRefs", reason, problem.message))
}
