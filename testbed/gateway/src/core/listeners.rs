//! Listeners: kinds of routes, certificates, and what becomes of them.

use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::client_validation::{self, Validation};
use super::holder::Holder;
use super::hostname::Hostname;
use super::listener_conflicts;
use super::listener_state::{ListenerState, Protocol, Scheme, TlsMode};
use super::objects::{
    GATEWAY_GROUP, Gateway, Key, Listener, Object, ObjectReference, RouteGroupKind, Secret,
};
use super::references::{self, Referrer, Target};
use super::route_kind::RouteKind;
use super::snapshot::Snapshot;
use super::status::Condition;
use super::{Environment, StatusKind};
use crate::faults;

/// Judges the listeners of a Gateway, in the order of their precedence.
pub fn evaluate<'a>(
    gateway: &'a Object<Gateway>,
    listeners: impl Iterator<Item = (Holder<'a>, &'a Listener)>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Vec<ListenerState<'a>> {
    let listeners = listeners.filter(|(holder, listener)| is_known(*holder, &listener.name, env));
    let mut states: Vec<_> = listeners
        .map(|(holder, listener)| evaluate_one(listener, holder, gateway, snapshot, env))
        .collect();
    listener_conflicts::find(&mut states, env);
    let mut plain = gateway.spec.listeners.iter().filter(|listener| listener.protocol == "HTTP");
    let first_port = plain.next().map(|listener| listener.port);
    for state in &mut states {
        if env.faults.has(faults::SECOND_HTTP_PORT_NOT_ACCEPTED)
            && state.spec.protocol == "HTTP"
            && Some(state.spec.port) != first_port
        {
            let message = "one port is enough".to_owned();
            state.accepted = Condition::no("Accepted", "PortUnavailable", message);
        }
        let failure = state.port(gateway).and_then(|port| env.bind_failures.get(&port));
        if let (Some(failure), true) = (failure, state.accepted.status) {
            state.accepted = Condition::no(
                "Accepted",
                "PortUnavailable",
                format!("port {} cannot be opened: {failure}", state.spec.port),
            );
        }
        state.programmed = programmed(state, gateway, env);
    }
    if env.faults.has(faults::INVALID_CLIENT_VALIDATION_STOPS_ALL_LISTENERS)
        && states.iter().any(ListenerState::lacks_authority)
    {
        let message = "a listener of the Gateway trusts no client".to_owned();
        let stopped = Condition::no("Programmed", "Invalid", message);
        for state in &mut states {
            state.programmed = stopped.clone();
        }
    }
    states
}

/// Whether to look at a listener: at all, unless a fault ignores those that were added later.
fn is_known(holder: Holder<'_>, name: &str, env: &Environment<'_>) -> bool {
    let reported = holder.status["listeners"]
        .as_array()
        .filter(|_| env.faults.has(faults::ADDED_LISTENER_IGNORED));
    reported.is_none_or(|reported| reported.iter().any(|listener| listener["name"] == name))
}

fn evaluate_one<'a>(
    listener: &'a Listener,
    holder: Holder<'a>,
    gateway: &'a Object<Gateway>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> ListenerState<'a> {
    let (protocol, accepted) = match Protocol::of(listener, env) {
        Ok(protocol) => (Some(protocol), Condition::yes("Accepted", "Accepted")),
        Err(_) if env.faults.has(faults::UNSUPPORTED_PROTOCOL_ACCEPTED) => {
            (None, Condition::yes("Accepted", "Accepted"))
        }
        Err(unsupported) => (None, unsupported),
    };
    let (supported_kinds, kinds_resolved) = supported_kinds(listener, protocol, env);
    let wants_certificate = match protocol {
        Some(Protocol::Http(scheme)) => scheme == Scheme::Https,
        Some(Protocol::Tls(TlsMode::Terminate)) => true,
        Some(Protocol::Tls(TlsMode::Passthrough)) => {
            env.faults.has(faults::PASSTHROUGH_WANTS_CERTIFICATE)
        }
        _ => false,
    };
    let (certificate, certificate_unresolved) = if wants_certificate {
        match certificate(listener, holder, gateway, snapshot, env) {
            Ok(certificate) => (certificate, None),
            Err(unresolved) => (None, Some(unresolved)),
        }
    } else {
        (None, None)
    };
    let validation = if protocol == Some(Protocol::Http(Scheme::Https)) {
        client_validation::resolve(listener.port, gateway, snapshot, env)
    } else {
        Validation::NONE
    };
    let hostname = listener.hostname.as_deref();
    let hostname = hostname.filter(|_| protocol.is_none_or(Protocol::has_hostnames));
    let of_gateway = env.faults.has(faults::LISTENER_SET_SAME_MEANS_NAMESPACE_OF_GATEWAY);
    let metadata = if of_gateway { &gateway.metadata } else { holder.metadata };
    ListenerState {
        holder,
        own_namespace: &metadata.namespace,
        spec: listener,
        hostname: Hostname::parse(hostname),
        protocol,
        supported_kinds,
        certificate,
        clients: validation.clients,
        accepted: validation.accepted.unwrap_or(accepted),
        resolved_refs: certificate_unresolved
            .or(validation.resolved_refs)
            .unwrap_or(kinds_resolved),
        conflicted: Condition::no("Conflicted", "NoConflicts", String::new()),
        programmed: Condition::no("Programmed", "Pending", String::new()),
    }
}

/// The kinds that may attach, and whether all that the listener names are supported.
fn supported_kinds(
    listener: &Listener,
    protocol: Option<Protocol>,
    env: &Environment<'_>,
) -> (Vec<RouteGroupKind>, Condition) {
    let resolved = Condition::yes("ResolvedRefs", "ResolvedRefs");
    let taken = protocol.into_iter().flat_map(|_| RouteKind::taken_by(&listener.protocol));
    let taken: Vec<_> = taken.map(RouteKind::group_kind).collect();
    if taken.is_empty() {
        let claims = env.faults.has(faults::SUPPORTED_KINDS_OF_UNSUPPORTED_PROTOCOL);
        let claimed = claims.then(|| RouteKind::Http.group_kind());
        return (claimed.into_iter().collect(), resolved);
    }
    let wanted = &listener.allowed_routes.kinds;
    if wanted.is_empty() {
        return (taken, resolved);
    }
    let (mut supported, unsupported): (Vec<_>, Vec<_>) =
        wanted.iter().cloned().partition(|kind| taken.contains(kind));
    supported.dedup();
    let Some(wrong) = unsupported.first() else { return (supported, resolved) };
    if env.faults.has(faults::SUPPORTED_KINDS_EMPTY_WHEN_ONE_INVALID) {
        supported.clear();
    }
    if env.faults.has(faults::SUPPORTED_KINDS_LISTS_INVALID) {
        supported.extend(unsupported.iter().cloned());
    }
    if env.faults.has(faults::INVALID_ROUTE_KINDS_RESOLVED) {
        return (supported, resolved);
    }
    let taken: Vec<_> = taken.iter().map(|kind| kind.kind.as_str()).collect();
    let message = format!(
        "{} listeners take {} ({GATEWAY_GROUP}), not {} ({}); remove it from allowedRoutes.kinds",
        listener.protocol,
        taken.join(", "),
        wrong.kind,
        wrong.group
    );
    (supported, Condition::no("ResolvedRefs", "InvalidRouteKinds", message))
}

/// The first certificate of a listener, once all its references resolve.
fn certificate(
    listener: &Listener,
    holder: Holder<'_>,
    gateway: &Object<Gateway>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Result<Option<Arc<CertifiedKey>>, Condition> {
    let references = listener.tls.iter().flat_map(|tls| &tls.certificate_refs);
    let certificates = references
        .map(|reference| resolve(reference, holder, gateway, snapshot, env))
        .collect::<Result<Vec<_>, _>>()?;
    match certificates.into_iter().next() {
        Some(first) => Ok(first),
        None => {
            Err(invalid(format!("an {} listener needs tls.certificateRefs", listener.protocol)))
        }
    }
}

fn resolve(
    reference: &ObjectReference,
    holder: Holder<'_>,
    gateway: &Object<Gateway>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Result<Option<Arc<CertifiedKey>>, Condition> {
    let group = reference.group.as_deref().unwrap_or("");
    let kind = reference.kind.as_deref().unwrap_or("Secret");
    let namespace = reference.namespace.as_ref().unwrap_or(&holder.metadata.namespace);
    let key = Key::new(namespace, &reference.name);
    let supported = (group.is_empty() || env.faults.has(faults::CERTIFICATE_GROUP_IGNORED))
        && (kind == "Secret" || env.faults.has(faults::CERTIFICATE_KIND_IGNORED));
    if !supported {
        return Err(invalid(format!(
            "certificates of kind {kind} (group `{group}`) are not supported; refer to a Secret"
        )));
    }
    let missing = || invalid(format!("Secret {key} does not exist"));
    if env.faults.has(faults::SECRET_LOOKED_UP_BEFORE_GRANT) && !snapshot.secrets.contains_key(&key)
    {
        return Err(missing());
    }
    let target = Target { group, kind, key: &key };
    let is_permitted = |referrer| references::permitted(snapshot, referrer, target, env.faults);
    let is_ignored = holder.kind == StatusKind::ListenerSet
        && env.faults.has(faults::LISTENER_SET_GRANT_IGNORED);
    let inherits = env.faults.has(faults::GATEWAY_GRANT_EXTENDS_TO_LISTENER_SETS);
    let permitted = (is_permitted(referrer(holder)) && !is_ignored)
        || (inherits && is_permitted(referrer(gateway.into())));
    if !permitted && !env.faults.has(faults::CERTIFICATE_REFERENCE_GRANT_NOT_REQUIRED) {
        let message = format!(
            "no ReferenceGrant in namespace {namespace} lets {}s of {} refer to Secret {}",
            holder.kind_name(),
            holder.metadata.namespace,
            reference.name
        );
        return Err(if env.faults.has(faults::REFUSED_CERTIFICATE_REASON_IS_INVALID) {
            invalid(message)
        } else {
            Condition::no("ResolvedRefs", "RefNotPermitted", message)
        });
    }
    let seen = |secret: &&Object<Secret>| {
        secret.metadata.since < holder.metadata.since || !env.faults.has(faults::NEW_SECRET_IGNORED)
    };
    match snapshot.secrets.get(&key).filter(seen) {
        None if env.faults.has(faults::MISSING_CERTIFICATE_RESOLVED) => Ok(None),
        None => Err(missing()),
        Some(secret) => match &secret.certificate {
            Ok(certificate) => Ok(Some(Arc::clone(certificate))),
            Err(_) if env.faults.has(faults::MALFORMED_CERTIFICATE_RESOLVED) => Ok(None),
            Err(error) => Err(invalid(format!("Secret {key} holds no certificate: {error}"))),
        },
    }
}

fn referrer(holder: Holder<'_>) -> Referrer<'_> {
    Referrer {
        group: GATEWAY_GROUP,
        kind: holder.kind_name(),
        namespace: &holder.metadata.namespace,
        since: holder.metadata.since,
    }
}

fn invalid(message: String) -> Condition {
    Condition::no("ResolvedRefs", "InvalidCertificateRef", message)
}

fn programmed(
    state: &ListenerState<'_>,
    gateway: &Object<Gateway>,
    env: &Environment<'_>,
) -> Condition {
    let no = |reason, message: &str| Condition::no("Programmed", reason, message.to_owned());
    let names_conflict =
        state.conflicted.status && !env.faults.has(faults::CONFLICT_IS_NO_REASON_OF_PROGRAMMED);
    if names_conflict {
        no(state.conflicted.reason, "the listener is in conflict; see its condition Conflicted")
    } else if state.lacks_authority()
        && env.faults.has(faults::LISTENER_WITHOUT_AUTHORITY_PROGRAMMED)
    {
        Condition::yes("Programmed", "Programmed")
    } else if !state.accepted.status {
        no("Invalid", "the listener is not accepted; see its condition Accepted")
    } else if !state.has_usable_refs(env) {
        no("Invalid", "references are not resolved; see the condition ResolvedRefs")
    } else if !env.addresses.contains_key(&gateway.key()) {
        no("Pending", "the Gateway has no address yet")
    } else if env.faults.has(faults::GRANTED_LISTENER_NOT_PROGRAMMED)
        && refers_elsewhere(state.spec, &state.holder.metadata.namespace)
    {
        no("Pending", "waiting for a certificate of another namespace")
    } else {
        Condition::yes("Programmed", "Programmed")
    }
}

fn refers_elsewhere(listener: &Listener, namespace: &str) -> bool {
    let mut references = listener.tls.iter().flat_map(|tls| &tls.certificate_refs);
    references.any(|reference| reference.namespace.as_deref().is_some_and(|own| own != namespace))
}
