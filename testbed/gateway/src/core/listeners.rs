//! Listeners: protocols, kinds of routes, certificates, conflicts.

use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::client_validation::{self, Clients, Validation};
use super::features;
use super::holder::Holder;
use super::hostname::Hostname;
use super::objects::{
    GATEWAY_GROUP, Gateway, Key, Listener, Object, ObjectReference, RouteGroupKind, Secret,
};
use super::port::{Port, Transport};
use super::references::{self, Referrer, Target};
use super::route_kind::RouteKind;
use super::snapshot::Snapshot;
use super::status::Condition;
use super::{Environment, StatusKind};
use crate::faults;

/// What a listener speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP, in clear text or with TLS.
    Http(Scheme),
    /// TLS of which the server name alone is read.
    Tls(TlsMode),
    /// Streams of whatever is in them.
    Tcp,
    /// Datagrams of whatever is in them.
    Udp,
}

impl Protocol {
    /// The protocol of a listener.
    ///
    /// # Errors
    ///
    /// Condition `Accepted` where it cannot be served.
    fn of(listener: &Listener, env: &Environment<'_>) -> Result<Self, Condition> {
        let passthrough =
            || listener.tls.as_ref().and_then(|tls| tls.mode.as_deref()) == Some("Passthrough");
        match listener.protocol.as_str() {
            "HTTP" => Ok(Self::Http(Scheme::Http)),
            "HTTPS" => Ok(Self::Http(Scheme::Https)),
            "TLS" if passthrough() => Ok(Self::Tls(TlsMode::Passthrough)),
            "TLS"
                if env.supports(features::TERMINATE)
                    && !env.faults.has(faults::TLS_TERMINATION_REFUSED) =>
            {
                Ok(Self::Tls(TlsMode::Terminate))
            }
            "TLS" => {
                let message =
                    "tls.mode Terminate is not supported with protocol TLS; use Passthrough";
                Err(Condition::no("Accepted", "UnsupportedValue", message.to_owned()))
            }
            "TCP" => Ok(Self::Tcp),
            "UDP" => Ok(Self::Udp),
            other => {
                let message = format!(
                    "protocol `{other}` is not supported; use HTTP, HTTPS, TLS, TCP or UDP"
                );
                Err(Condition::no("Accepted", "UnsupportedProtocol", message))
            }
        }
    }

    /// How its bytes travel.
    pub fn transport(self) -> Transport {
        match self {
            Self::Http(_) | Self::Tls(_) | Self::Tcp => Transport::Tcp,
            Self::Udp => Transport::Udp,
        }
    }

    /// Whether hostnames can tell two of its listeners apart.
    fn has_hostnames(self) -> bool {
        matches!(self, Self::Http(_) | Self::Tls(_))
    }

    /// Whether its listeners and others can share a port, as far as hostnames tell them apart.
    fn can_share(self, other: Self, env: &Environment<'_>) -> bool {
        let is_mixed = matches!((self, other), (Self::Tls(_), Self::Tls(_)));
        self.has_hostnames() && (self == other || (is_mixed && env.supports(features::MIXED)))
    }
}

/// Where TLS ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// At the backends.
    Passthrough,
    /// At the listener.
    Terminate,
}

/// How connections to a listener for HTTP begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In clear text.
    Http,
    /// With TLS, which ends here.
    Https,
}

impl Scheme {
    /// The scheme in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// What became of a listener.
#[derive(Debug)]
pub struct ListenerState<'a> {
    /// Whose listener it is.
    pub holder: Holder<'a>,
    /// The namespace from which routes are where it allows those from `Same`.
    pub own_namespace: &'a str,
    /// The listener as its holder gives it.
    pub spec: &'a Listener,
    /// Its hostname.
    pub hostname: Hostname,
    /// What it speaks; none where that is not supported.
    pub protocol: Option<Protocol>,
    /// The kinds of routes that may attach.
    pub supported_kinds: Vec<RouteGroupKind>,
    /// The certificate of a listener where TLS ends, where its references resolve.
    pub certificate: Option<Arc<CertifiedKey>>,
    /// What is asked of the clients of an HTTPS listener.
    pub clients: Clients,
    /// Condition `Accepted`.
    pub accepted: Condition,
    /// Condition `ResolvedRefs`.
    pub resolved_refs: Condition,
    /// Condition `Conflicted`.
    pub conflicted: Condition,
    /// Condition `Programmed`.
    pub programmed: Condition,
}

impl ListenerState<'_> {
    /// The port on which it is served; none where its protocol is not supported.
    pub fn port(&self, gateway: &Object<Gateway>) -> Option<Port> {
        let (transport, number) = (self.protocol?.transport(), self.spec.port);
        Some(Port { gateway: gateway.key(), transport, number })
    }

    /// Whether none of its clients could be trusted.
    pub fn lacks_authority(&self) -> bool {
        self.accepted.reason == "NoValidCACertificate"
    }

    /// Whether it can be served.
    pub fn is_valid(&self, env: &Environment<'_>) -> bool {
        self.accepted.status && self.has_usable_refs(env)
    }

    /// Whether its references resolve, as far as it needs them.
    fn has_usable_refs(&self, env: &Environment<'_>) -> bool {
        self.resolved_refs.status
            || (self.resolved_refs.reason == "InvalidRouteKinds"
                && !self.supported_kinds.is_empty())
            || env.faults.has(faults::UNRESOLVED_LISTENER_PROGRAMMED)
    }
}

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
    find_conflicts(&mut states, env);
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

/// What two listeners conflict in: the reason and the message.
type Conflict = (&'static str, String);

/// How a listener of another holder is called: what others have is not told to who may not know of them.
const OF_ANOTHER: &str = "a listener of the Gateway, or of a ListenerSet that comes before,";

/// Marks listeners that cannot share their port: another protocol, one in which nothing tells two
/// listeners apart, or the same hostname twice. What comes before those of a holder is served in their
/// place; of those of one holder none comes first, and none is served.
fn find_conflicts(states: &mut [ListenerState<'_>], env: &Environment<'_>) {
    let mut begin = 0;
    while let Some(first) = states.get(begin) {
        let holder = first.holder.id();
        let of_holder = states[begin..].iter().take_while(|state| {
            state.holder.id() == holder || env.faults.has(faults::LISTENER_SET_CONFLICT_STOPS_BOTH)
        });
        let end = begin + of_holder.count();
        let (earlier, rest) = states.split_at_mut(begin);
        let own = &mut rest[..end - begin];
        let with_earlier = own.iter().map(|state| conflict(state, earlier, env)).collect();
        mark(own, with_earlier);
        let with_own = own.iter().map(|state| conflict(state, own, env)).collect();
        mark(own, with_own);
        begin = end;
    }
}

fn mark(states: &mut [ListenerState<'_>], conflicts: Vec<Option<Conflict>>) {
    for (state, conflict) in states.iter_mut().zip(conflicts) {
        if let Some((reason, message)) = conflict {
            if matches!(state.protocol, Some(Protocol::Tls(_))) && reason == "ProtocolConflict" {
                state.supported_kinds.clear();
            }
            state.accepted = Condition::no("Accepted", reason, message.clone());
            state.conflicted = Condition { kind: "Conflicted", status: true, reason, message };
        }
    }
}

/// What a listener conflicts in with one of these, of which it may be one.
fn conflict(
    state: &ListenerState<'_>,
    all: &[ListenerState<'_>],
    env: &Environment<'_>,
) -> Option<Conflict> {
    let faults = env.faults;
    let own = state.protocol.filter(|_| !state.conflicted.status)?;
    let rivals = all.iter().filter(|other| {
        !std::ptr::eq(*other, state)
            && !other.conflicted.status
            && other.spec.port == state.spec.port
    });
    let rivals = rivals.filter_map(|other| Some((other, other.protocol?)));
    let mut rivals = rivals.filter(|(_, protocol)| protocol.transport() == own.transport());
    rivals.find_map(|(other, protocol)| {
        let of_one = other.holder.id() == state.holder.id();
        let name = if of_one { format!("listener {}", other.spec.name) } else { OF_ANOTHER.into() };
        let port = other.spec.port;
        if !own.can_share(protocol, env) {
            let message = format!(
                "{name} uses port {port} for {}; give one of them another port",
                other.spec.protocol
            );
            let is_ignored = !of_one && faults.has(faults::LISTENER_SET_PROTOCOL_CONFLICT_IGNORED);
            return (!is_ignored).then_some(("ProtocolConflict", message));
        }
        let is_ignored = !of_one && faults.has(faults::LISTENER_SET_HOSTNAME_CONFLICT_IGNORED);
        (other.hostname == state.hostname && !is_ignored).then(|| {
            ("HostnameConflict", format!("{name} has the same port {port} and hostname too"))
        })
    })
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
