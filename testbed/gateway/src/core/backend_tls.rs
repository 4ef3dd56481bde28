//! TLS towards backends: which `BackendTLSPolicy` counts for a port of a Service, and what it wants.

use std::sync::Arc;

use rustls::pki_types::ServerName;

use super::authorities::{self, Trust};
use super::backend_tls_policy::BackendTlsPolicy;
use super::backend_verifier::BackendVerifier;
use super::object_reference::TargetReference;
use super::objects::{GATEWAY_GROUP, Key, Object, Service, ServicePort};
use super::references::{Flaw, Problem, Referrer};
use super::snapshot::Snapshot;
use super::source::Source;
use super::status::Condition;
use super::{Environment, StatusKind};
use crate::faults::{self, Faults};

/// How a connection to a backend is secured.
#[derive(Debug)]
pub struct BackendTls {
    /// The server that is asked for.
    pub server_name: ServerName<'static>,
    /// Whom to trust.
    pub verifier: Arc<BackendVerifier>,
}

/// What became of a policy.
#[derive(Debug)]
pub struct Judged {
    /// Condition `Accepted`.
    pub accepted: Condition,
    /// Condition `ResolvedRefs`.
    pub resolved_refs: Condition,
    /// What it wants; none where that cannot be done, and no backend may be asked.
    pub tls: Option<Arc<BackendTls>>,
}

/// A policy of this cluster.
pub type Policy = Object<BackendTlsPolicy>;

/// The policy that counts for a port of a Service, if one does.
pub fn policy_for<'a>(
    service: &Object<Service>,
    port: &ServicePort,
    snapshot: &'a Snapshot,
    env: &Environment<'_>,
) -> Option<&'a Policy> {
    let faults = env.faults;
    if faults.has(faults::BACKEND_TLS_POLICY_IGNORED) {
        return None;
    }
    let covering = snapshot.backend_tls_policies.values().filter_map(|policy| {
        let mut targets = targets(policy, service);
        let covers = |target: &&TargetReference| {
            section(target, faults).is_none_or(|section| section == port.name)
        };
        Some((targets.find(covers)?, policy))
    });
    // One for the port alone comes before one for the whole Service.
    let winner = covering.min_by(|(one_target, one), (other_target, other)| {
        let is_whole = |target| section(target, faults).is_none();
        let specific = is_whole(one_target).cmp(&is_whole(other_target));
        specific.then_with(|| rank(one, other, faults))
    });
    winner.map(|(_, policy)| policy)
}

/// Judges a policy.
pub fn judge(policy: &Policy, snapshot: &Snapshot, env: &Environment<'_>) -> Judged {
    let metadata = &policy.metadata;
    let referrer = Referrer {
        group: GATEWAY_GROUP,
        kind: "BackendTLSPolicy",
        namespace: &metadata.namespace,
        since: metadata.since,
    };
    let validation = &policy.spec.validation;
    let Trust { authorities, problem } =
        authorities::resolve(&validation.ca_certificate_refs, referrer, snapshot, env);
    let server_name = ServerName::try_from(validation.hostname.clone()).ok();
    let is_trusted = authorities.is_some();
    let is_usable = is_trusted || env.faults.has(faults::POLICY_WITHOUT_AUTHORITY_TRUSTS_ANYBODY);
    let tls = server_name.filter(|_| is_usable && unsupported(policy).is_none());
    let tls = tls.map(|server_name| {
        let verifier = BackendVerifier::new(server_name.clone(), authorities, validation, env);
        Arc::new(BackendTls { server_name, verifier: Arc::new(verifier) })
    });
    Judged {
        accepted: accepted(policy, problem.as_ref().filter(|_| !is_trusted), snapshot, env),
        resolved_refs: resolved_refs(policy, problem, env),
        tls,
    }
}

/// Condition `Accepted`; `problem` is what leaves the policy without any authority.
fn accepted(
    policy: &Policy,
    problem: Option<&Problem>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Condition {
    let no = |reason, message| Condition::no("Accepted", reason, message);
    let faults = env.faults;
    let older = overruling(policy, snapshot, faults);
    if let (Some(older), false) = (older, faults.has(faults::CONFLICTED_POLICY_ACCEPTED)) {
        let message = format!("BackendTLSPolicy {}, which is older, has the target", older.key());
        return no("Conflicted", message);
    }
    if let Some(message) = unsupported(policy) {
        return no("Invalid", message.to_owned());
    }
    match problem {
        Some(problem)
            if !is_taken_for_resolved(policy, problem, env)
                && !faults.has(faults::POLICY_WITHOUT_AUTHORITY_ACCEPTED) =>
        {
            no("NoValidCACertificate", problem.message.clone())
        }
        _ if ServerName::try_from(policy.spec.validation.hostname.as_str()).is_err() => {
            no("Invalid", "validation.hostname is no name of a host".to_owned())
        }
        _ => Condition::yes("Accepted", "Accepted"),
    }
}

fn resolved_refs(policy: &Policy, problem: Option<Problem>, env: &Environment<'_>) -> Condition {
    match problem {
        Some(problem) if !is_taken_for_resolved(policy, &problem, env) => {
            let reason = match problem.flaw {
                Flaw::Kind if !env.faults.has(faults::POLICY_AUTHORITY_KIND_REASON_IS_REF) => {
                    "InvalidKind"
                }
                _ => "InvalidCACertificateRef",
            };
            Condition::no("ResolvedRefs", reason, problem.message)
        }
        _ => Condition::yes("ResolvedRefs", "ResolvedRefs"),
    }
}

/// Whether a fault has a reference resolved that is not.
fn is_taken_for_resolved(policy: &Policy, problem: &Problem, env: &Environment<'_>) -> bool {
    let faults = env.faults;
    match problem.flaw {
        Flaw::Missing => faults.has(faults::MISSING_AUTHORITY_RESOLVED),
        Flaw::Malformed if faults.has(faults::EMPTIED_AUTHORITY_STILL_RESOLVED) => {
            let ancestors = policy.status["ancestors"].as_array().into_iter().flatten();
            let mut conditions = ancestors.filter_map(|it| it["conditions"].as_array()).flatten();
            conditions.any(|it| it["type"] == "ResolvedRefs" && it["status"] == "True")
        }
        Flaw::Malformed => faults.has(faults::MALFORMED_AUTHORITY_RESOLVED),
        Flaw::Kind | Flaw::NotPermitted => false,
    }
}

/// What a policy asks for that this implementation cannot give.
fn unsupported(policy: &Policy) -> Option<&'static str> {
    let spec = &policy.spec;
    if spec.target_refs.len() > 1 {
        Some("one entry of targetRefs is supported; write a policy for each target")
    } else if spec.validation.well_known_ca_certificates.as_ref().is_some_and(|it| !it.is_empty()) {
        Some("no authorities are well known here; use caCertificateRefs")
    } else {
        None
    }
}

/// The policy that comes before this one at a target of it.
fn overruling<'a>(
    policy: &'a Policy,
    snapshot: &'a Snapshot,
    faults: &Faults,
) -> Option<&'a Policy> {
    let targets = |policy: &'a Policy| {
        let targets = policy.spec.target_refs.iter().filter(|target| is_service(target));
        targets.map(|target| (&target.object.name, section(target, faults)))
    };
    let before = snapshot.backend_tls_policies.values().filter(|other| {
        other.metadata.namespace == policy.metadata.namespace
            && rank(other, policy, faults).is_lt()
            && targets(other).any(|theirs| targets(policy).any(|own| own == theirs))
    });
    before.min_by(|one, other| rank(one, other, faults))
}

/// The older policy first, then the first one by name.
fn rank(one: &Policy, other: &Policy, faults: &Faults) -> std::cmp::Ordering {
    let key = |policy: &Policy| (policy.metadata.creation_timestamp.clone(), policy.key());
    let order = key(one).cmp(&key(other));
    if faults.has(faults::NEWER_POLICY_WINS) { order.reverse() } else { order }
}

/// The targets of a policy that are this Service, or ports of it.
fn targets<'a>(
    policy: &'a Policy,
    service: &Object<Service>,
) -> impl Iterator<Item = &'a TargetReference> {
    let Key { namespace, name } = service.key();
    let targets = policy.spec.target_refs.iter();
    let is_near = policy.metadata.namespace == namespace;
    targets.filter(move |target| is_near && is_service(target) && target.object.name == name)
}

fn is_service(target: &TargetReference) -> bool {
    let group = target.object.group.as_deref().unwrap_or("");
    (group, target.object.kind.as_deref()) == ("", Some("Service"))
}

fn section<'a>(target: &'a TargetReference, faults: &Faults) -> Option<&'a str> {
    let section = target.section_name.as_deref();
    section.filter(|_| !faults.has(faults::POLICY_SECTION_NAME_IGNORED))
}

/// A policy as a part of what tables are made of.
pub fn source(policy: &Policy, judged: &Judged) -> Source {
    Source {
        id: (StatusKind::BackendTlsPolicy, policy.key()),
        generation: policy.metadata.generation,
        resolved: judged.resolved_refs.status,
    }
}
