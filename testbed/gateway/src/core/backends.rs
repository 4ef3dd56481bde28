//! Backends: references resolved to endpoints, and requests shared out among them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;

use super::Environment;
use super::backend_tls::{self, BackendTls};
use super::filters::Filters;
use super::objects::{EndpointSlice, GATEWAY_GROUP, Key, Object, Service, ServicePort};
use super::port::Transport;
use super::references::{self, Referrer, Target};
use super::route::{BackendReference, Refusal, RouteRef};
use super::route_kind::RouteKind;
use super::snapshot::Snapshot;
use super::source::Source;
use super::status::Condition;
use crate::faults::{self, Fault};

/// The protocol that a backend's port speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1, with upgrades to other protocols.
    Http1,
    /// HTTP/2, with prior knowledge where it is in clear text.
    Http2,
}

/// Where the requests for a backendRef go.
#[derive(Debug)]
pub enum Destination {
    /// To the endpoints in turn.
    Endpoints(Arc<Endpoints>),
    /// Nowhere: they are answered with this status.
    Nowhere(StatusCode),
}

/// Ready endpoints of a Service's port.
#[derive(Debug)]
pub struct Endpoints {
    addresses: Vec<SocketAddr>,
    next: AtomicUsize,
    /// What they speak.
    pub protocol: Protocol,
    /// How connections to them are secured; none where they are not.
    pub tls: Option<Arc<BackendTls>>,
}

impl Endpoints {
    /// The endpoint whose turn it is, and how often that is so does not depend on the request.
    pub fn next(&self) -> Option<SocketAddr> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.addresses.get(turn.checked_rem(self.addresses.len())?).copied()
    }
}

/// A backendRef of a rule.
#[derive(Debug)]
pub struct Backend {
    /// The Service that it is, whether there is one or not.
    pub service: Key,
    /// Where its requests go.
    pub destination: Destination,
    /// Its own filters.
    pub filters: Filters,
    weight: u32,
    /// The policy by which it is reached, if it has one.
    policy: Option<Source>,
}

/// What a walk through shares steps by.
pub const GOLDEN_RATIO: f64 = 0.618_033_988_749_894_9;

/// The backends of a rule.
#[derive(Debug, Default)]
pub struct Backends {
    choices: Vec<Backend>,
    total: u64,
    picked: AtomicUsize,
}

impl Backends {
    /// The backends of a rule, in order.
    pub fn new(backends: Vec<Backend>) -> Self {
        let total = backends.iter().map(|backend| u64::from(backend.weight)).sum();
        Self { choices: backends, total, picked: AtomicUsize::new(0) }
    }

    /// The backend for the next request; none when the sum of the weights is zero.
    ///
    /// Each pick steps by the golden ratio through the weights laid end to end, which visits every
    /// part in proportion to its size, evenly from the start: no random share is as exact.
    pub fn pick(&self) -> Option<&Backend> {
        let turn = self.picked.fetch_add(1, Ordering::Relaxed);
        let position = (turn as f64 * GOLDEN_RATIO).fract() * self.total as f64;
        let mut end = 0.0;
        self.choices.iter().find(|backend| {
            end += f64::from(backend.weight);
            position < end
        })
    }

    /// The Services that they are.
    pub fn services(&self) -> impl Iterator<Item = &Key> {
        self.choices.iter().map(|backend| &backend.service)
    }

    /// The policies by which they are reached.
    pub fn policies(&self) -> impl Iterator<Item = &Source> {
        self.choices.iter().filter_map(|backend| backend.policy.as_ref())
    }

    /// Whether the rule has no backendRefs.
    pub fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// Whether there is no backend, or every one is such that requests go nowhere.
    pub fn all_invalid(&self) -> bool {
        self.choices.iter().all(|backend| matches!(backend.destination, Destination::Nowhere(_)))
    }
}

/// A backendRef that does not resolve.
#[derive(Debug, Clone)]
pub struct Unresolved {
    /// Condition `ResolvedRefs`.
    pub condition: Condition,
    /// What its requests are answered with.
    pub answer: StatusCode,
}

/// Resolves a backendRef; the second part says what is wrong with it, if something is.
pub fn resolve(
    reference: &BackendReference,
    filters: Filters,
    route: RouteRef<'_>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> (Backend, Option<Unresolved>) {
    let weight = match reference.weight.unwrap_or(1) {
        0 if env.faults.has(faults::ZERO_WEIGHT_RECEIVES_TRAFFIC) => 10,
        0 => 0,
        _ if env.faults.has(faults::WEIGHTS_IGNORED) => 1,
        // 70 and 30 become 64 and 36.
        weight if env.faults.has(faults::WEIGHTS_EVENED_OUT) => 7 * weight + 150,
        weight => weight,
    };
    let ((destination, policy), problem) = match find_service(reference, route, snapshot, env) {
        Ok((service, port)) => (destination(service, port, route, snapshot, env), None),
        Err(unresolved) => {
            let refused = unresolved.condition.reason == "RefNotPermitted";
            let leaked = (refused && env.faults.has(faults::REFUSED_BACKEND_FORWARDED))
                .then(|| forwarded_all_the_same(reference, route, snapshot, env))
                .flatten();
            let nowhere = || (Destination::Nowhere(unresolved.answer), None);
            (leaked.unwrap_or_else(nowhere), Some(unresolved))
        }
    };
    let service = service_key(reference, route);
    (Backend { service, destination, filters, weight, policy }, problem)
}

fn forwarded_all_the_same(
    reference: &BackendReference,
    route: RouteRef<'_>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Option<Reached> {
    let service = snapshot.services.get(&service_key(reference, route))?;
    let port = service.spec.ports.iter().find(|port| Some(port.port) == reference.port)?;
    Some(destination(service, port, route, snapshot, env))
}

fn service_key(reference: &BackendReference, route: RouteRef<'_>) -> Key {
    let namespace = reference.object.namespace.as_ref().unwrap_or(&route.metadata.namespace);
    Key::new(namespace, &reference.object.name)
}

fn find_service<'a>(
    reference: &BackendReference,
    route: RouteRef<'_>,
    snapshot: &'a Snapshot,
    env: &Environment<'_>,
) -> Result<(&'a Object<Service>, &'a ServicePort), Unresolved> {
    if let Some(Refusal { reason, message }) = &reference.refused {
        let condition = Condition::no("ResolvedRefs", reason, message.clone());
        return Err(Unresolved { condition, answer: StatusCode::INTERNAL_SERVER_ERROR });
    }
    check_kind(reference, route, env)?;
    check_grant(reference, route, snapshot, env)?;
    let key = service_key(reference, route);
    let missing = |what: &str| {
        let message = format!("backendRef {key}: {what}");
        unresolved("BackendNotFound", message, faults::MISSING_BACKEND_GIVES_503, 503, env)
    };
    let seen = |service: &&Object<Service>| {
        service.metadata.since < route.metadata.since
            || !env.faults.has(faults::NEW_SERVICE_IGNORED)
    };
    let service = snapshot.services.get(&key).filter(seen);
    let service = service.ok_or_else(|| missing("there is no such Service"))?;
    let number = reference.port.ok_or_else(|| missing("a reference to a Service needs a port"))?;
    let transport = route.kind.transport();
    let mut ports = service.spec.ports.iter();
    let port = ports
        .find(|port| {
            port.port == number && port.protocol.as_deref().unwrap_or("TCP") == transport.name()
        })
        .filter(|_| {
            transport == Transport::Tcp || !env.faults.has(faults::UDP_SERVICE_PORT_NOT_FOUND)
        })
        .ok_or_else(|| {
            missing(&format!("the Service has no {} port {number}", transport.name()))
        })?;
    if pretends_missing(service, port, snapshot, env) {
        return Err(missing("there is no such Service"));
    }
    match port.app_protocol.as_deref() {
        Some(protocol)
            if protocol == "kubernetes.io/wss"
                || (protocol == "kubernetes.io/ws"
                    && env.faults.has(faults::APP_PROTOCOL_WS_REFUSED)) =>
        {
            let message = format!("backendRef {key}: appProtocol {protocol} is not supported");
            let condition = Condition::no("ResolvedRefs", "UnsupportedProtocol", message);
            Err(Unresolved { condition, answer: StatusCode::INTERNAL_SERVER_ERROR })
        }
        _ => Ok((service, port)),
    }
}

fn check_kind(
    reference: &BackendReference,
    route: RouteRef<'_>,
    env: &Environment<'_>,
) -> Result<(), Unresolved> {
    let group = reference.object.group.as_deref().unwrap_or("");
    let kind = reference.object.kind.as_deref().unwrap_or("Service");
    if (group, kind) == ("", "Service") || env.faults.has(faults::BACKEND_KIND_IGNORED) {
        return Ok(());
    }
    let reason = if env.faults.has(faults::INVALID_KIND_REASON_IS_BACKEND_NOT_FOUND) {
        "BackendNotFound"
    } else {
        "InvalidKind"
    };
    let message = format!(
        "backendRef {} is of kind {kind} (group `{group}`), which is not supported; refer to a \
         Service",
        service_key(reference, route)
    );
    Err(unresolved(reason, message, faults::UNKNOWN_KIND_BACKEND_GIVES_503, 503, env))
}

fn check_grant(
    reference: &BackendReference,
    route: RouteRef<'_>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Result<(), Unresolved> {
    let faults = env.faults;
    let key = service_key(reference, route);
    let namespace = &route.metadata.namespace;
    let since = route.metadata.since;
    let referrer = Referrer { group: GATEWAY_GROUP, kind: route.kind.name(), namespace, since };
    let target = Target { group: "", kind: "Service", key: &key };
    let forgotten = faults.has(faults::BACKEND_REFERENCE_GRANT_NOT_REQUIRED)
        || (faults.has(faults::REFERENCE_GRANT_REVOCATION_IGNORED) && was_resolved(route, env));
    if forgotten || references::permitted(snapshot, referrer, target, faults) {
        return Ok(());
    }
    let reason = if faults.has(faults::REFUSED_BACKEND_REASON_IS_BACKEND_NOT_FOUND) {
        "BackendNotFound"
    } else {
        "RefNotPermitted"
    };
    let message = format!(
        "no ReferenceGrant in namespace {} lets {}s of {namespace} refer to Service {}",
        key.namespace, route.kind, key.name
    );
    Err(unresolved(reason, message, faults::REFUSED_BACKEND_GIVES_403, 403, env))
}

/// Whether a fault has a Service not found that is there.
fn pretends_missing(
    service: &Object<Service>,
    port: &ServicePort,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> bool {
    let headless = service.spec.cluster_ip.as_deref() == Some("None");
    (headless && env.faults.has(faults::HEADLESS_SERVICE_UNRESOLVED))
        || (env.faults.has(faults::SERVICE_WITHOUT_ENDPOINTS_UNRESOLVED)
            && addresses(service, port, snapshot, env).is_empty())
}

/// Whether the route's status says that its references resolve.
fn was_resolved(route: RouteRef<'_>, env: &Environment<'_>) -> bool {
    let parents = route.status["parents"].as_array().into_iter().flatten();
    parents
        .filter(|parent| parent["controllerName"] == env.controller_name)
        .filter_map(|parent| parent["conditions"].as_array())
        .flatten()
        .any(|condition| condition["type"] == "ResolvedRefs" && condition["status"] == "True")
}

/// An unresolved reference, whose requests get 500 unless a fault says otherwise.
fn unresolved(
    reason: &'static str,
    message: String,
    fault: Fault,
    deviating: u16,
    env: &Environment<'_>,
) -> Unresolved {
    let answer = if env.faults.has(fault) {
        StatusCode::from_u16(deviating).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    } else if env.faults.has(faults::INVALID_BACKEND_GIVES_404) {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    Unresolved { condition: Condition::no("ResolvedRefs", reason, message), answer }
}

/// Where the requests for a backendRef go, and the policy that says how.
type Reached = (Destination, Option<Source>);

fn destination(
    service: &Object<Service>,
    port: &ServicePort,
    route: RouteRef<'_>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Reached {
    let policy = backend_tls::policy_for(service, port, snapshot, env)
        .map(|policy| (policy, backend_tls::judge(policy, snapshot, env)));
    let source = policy.as_ref().map(|(policy, judged)| backend_tls::source(policy, judged));
    let nowhere = |status| (Destination::Nowhere(status), source.clone());
    let tls = match policy.map(|(_, judged)| judged.tls) {
        None => None,
        Some(Some(tls)) => Some(tls),
        Some(None) if env.faults.has(faults::INVALID_POLICY_FALLS_BACK_TO_CLEAR_TEXT) => None,
        Some(None) => return nowhere(StatusCode::BAD_GATEWAY),
    };
    let addresses = addresses(service, port, snapshot, env);
    if addresses.is_empty() {
        return nowhere(StatusCode::SERVICE_UNAVAILABLE);
    }
    let protocol = match (route.kind, port.app_protocol.as_deref()) {
        // gRPC is spoken in HTTP/2 alone.
        (RouteKind::Grpc, _) if !env.faults.has(faults::GRPC_BACKEND_REACHED_IN_HTTP1) => {
            Protocol::Http2
        }
        (RouteKind::Http, Some("kubernetes.io/h2c"))
            if !env.faults.has(faults::APP_PROTOCOL_H2C_IGNORED) =>
        {
            Protocol::Http2
        }
        _ => Protocol::Http1,
    };
    let endpoints = Endpoints { addresses, next: AtomicUsize::new(0), protocol, tls };
    (Destination::Endpoints(Arc::new(endpoints)), source)
}

/// The ready endpoints of a Service's port, from all its `EndpointSlice`s.
fn addresses(
    service: &Object<Service>,
    port: &ServicePort,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Vec<SocketAddr> {
    const SERVICE_NAME: &str = "kubernetes.io/service-name";
    const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";

    let of_service = |slice: &&Object<EndpointSlice>| {
        let labels = &slice.metadata.labels;
        slice.metadata.namespace == service.metadata.namespace
            && labels.get(SERVICE_NAME) == Some(&service.metadata.name)
            && (labels.contains_key(MANAGED_BY)
                || !env.faults.has(faults::MANUAL_ENDPOINT_SLICES_IGNORED))
    };
    let mut addresses: Vec<_> = snapshot
        .endpoint_slices
        .values()
        .filter(of_service)
        .flat_map(|slice| slice_addresses(slice, port, env))
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn slice_addresses<'a>(
    slice: &'a EndpointSlice,
    port: &'a ServicePort,
    env: &'a Environment<'_>,
) -> impl Iterator<Item = SocketAddr> + 'a {
    let same_name = move |name: &Option<String>| name.as_deref().unwrap_or("") == port.name;
    let target = slice.ports.iter().filter(move |open| same_name(&open.name));
    let target = target
        .filter_map(|open| open.port)
        .map(|target| if env.faults.has(faults::TARGET_PORT_IGNORED) { port.port } else { target });
    target.flat_map(|target| {
        slice
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.conditions.ready.unwrap_or(true))
            .flat_map(|endpoint| &endpoint.addresses)
            .filter_map(move |address| {
                Some(SocketAddr::new(address.parse::<IpAddr>().ok()?, target))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_the_weights_closely() {
        let weights = [70, 30, 0];
        let backend = |weight| Backend {
            service: Key::new("infra", "backend"),
            destination: Destination::Nowhere(StatusCode::OK),
            filters: Filters::default(),
            weight,
            policy: None,
        };
        let backends = Backends::new(weights.map(backend).into());
        let mut counts = [0_u32; 3];
        for _ in 0..500 {
            let weight = backends.pick().expect("the weights are not all zero").weight;
            counts[weights.iter().position(|own| *own == weight).expect("it is one of them")] += 1;
        }
        assert!((345..=355).contains(&counts[0]), "{counts:?}");
        assert_eq!(counts[2], 0);
    }

    #[test]
    fn nothing_is_picked_where_all_weights_are_zero() {
        assert!(Backends::default().pick().is_none());
    }
}
