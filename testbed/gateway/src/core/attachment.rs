//! Which routes attach to which listeners.

use super::Environment;
use super::hostname::Hostname;
use super::listeners::ListenerState;
use super::objects::{GATEWAY_GROUP, Gateway, Key, LabelSelector, Object, RouteNamespaces};
use super::route::{ParentReference, RouteRef};
use super::route_kind::RouteKind;
use super::snapshot::Snapshot;
use super::status::Condition;
use crate::faults;

/// What became of one parentRef of a route.
#[derive(Debug)]
pub struct Attachment {
    /// Condition `Accepted`.
    pub accepted: Condition,
    /// The listeners that the parentRef means, whether they take the route or not.
    pub meant: Vec<usize>,
    /// Those of them that the route is attached to.
    pub listeners: Vec<usize>,
}

/// The Gateway that a parentRef of a route in `namespace` refers to, if it refers to a Gateway.
pub fn parent_gateway(parent: &ParentReference, namespace: &str) -> Option<Key> {
    let is_gateway = parent.group.as_deref().unwrap_or(GATEWAY_GROUP) == GATEWAY_GROUP
        && parent.kind.as_deref().unwrap_or("Gateway") == "Gateway";
    let namespace = parent.namespace.as_deref().unwrap_or(namespace);
    is_gateway.then(|| Key::new(namespace, &parent.name))
}

/// Attaches `route` to the listeners of `gateway` that `parent` means and that take it.
pub fn attach(
    route: RouteRef<'_>,
    parent: &ParentReference,
    gateway: &Object<Gateway>,
    listeners: &[ListenerState<'_>],
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Attachment {
    let select = |from: &[usize], condition: &dyn Fn(&ListenerState<'_>) -> bool| {
        from.iter().copied().filter(|&index| condition(&listeners[index])).collect::<Vec<_>>()
    };
    let all: Vec<_> = (0..listeners.len()).collect();
    let meant = select(&all, &|listener| is_meant(parent, listener, env));
    if meant.is_empty() {
        let reason = if env.faults.has(faults::NO_MATCHING_PARENT_REASON_IS_NOT_ALLOWED) {
            "NotAllowedByListeners"
        } else {
            "NoMatchingParent"
        };
        return rejected(reason, no_such_listener(parent, gateway, listeners), meant);
    }
    let refused = route.kind == RouteKind::Grpc && env.faults.has(faults::GRPC_ROUTE_NOT_ACCEPTED);
    let allowing = select(&meant, &|listener| {
        !refused
            && listener.supported_kinds.contains(&route.kind.group_kind())
            && allows_namespace(
                &listener.spec.allowed_routes.namespaces,
                &route.metadata.namespace,
                &gateway.metadata.namespace,
                snapshot,
                env,
            )
    });
    if allowing.is_empty() {
        let reason = if env.faults.has(faults::NOT_ALLOWED_REASON_IS_NO_MATCHING_PARENT) {
            "NoMatchingParent"
        } else {
            "NotAllowedByListeners"
        };
        let message = format!(
            "allowedRoutes of {} on Gateway {} takes no {}s of namespace {}",
            names(&meant, listeners),
            gateway.key(),
            route.kind,
            route.metadata.namespace
        );
        return rejected(reason, message, meant);
    }
    let matching = select(&allowing, &|listener| {
        hostnames_intersect(route.hostnames(), &listener.hostname, env)
    });
    if matching.is_empty() {
        let reason = if env.faults.has(faults::NO_MATCHING_HOSTNAME_REASON_IS_NOT_ALLOWED) {
            "NotAllowedByListeners"
        } else {
            "NoMatchingListenerHostname"
        };
        let message = format!(
            "hostnames {} have none in common with {} on Gateway {}",
            route.hostnames().join(", "),
            names(&allowing, listeners),
            gateway.key()
        );
        return rejected(reason, message, meant);
    }
    Attachment { accepted: Condition::yes("Accepted", "Accepted"), meant, listeners: matching }
}

fn rejected(reason: &'static str, message: String, meant: Vec<usize>) -> Attachment {
    let accepted = Condition::no("Accepted", reason, message);
    Attachment { accepted, meant, listeners: Vec::new() }
}

fn is_meant(parent: &ParentReference, listener: &ListenerState<'_>, env: &Environment<'_>) -> bool {
    let named = parent.section_name.as_ref().is_none_or(|name| *name == listener.spec.name)
        || env.faults.has(faults::SECTION_NAME_IGNORED);
    named && parent.port.is_none_or(|port| port == listener.spec.port)
}

fn no_such_listener(
    parent: &ParentReference,
    gateway: &Object<Gateway>,
    listeners: &[ListenerState<'_>],
) -> String {
    let name = parent.section_name.as_ref().map_or(String::new(), |name| format!(" `{name}`"));
    let port = parent.port.map_or(String::new(), |port| format!(" on port {port}"));
    let all: Vec<_> = (0..listeners.len()).collect();
    let there = names(&all, listeners);
    format!("Gateway {} has no listener{name}{port}; it has {there}", gateway.key())
}

fn names(indices: &[usize], listeners: &[ListenerState<'_>]) -> String {
    let name = |&index: &usize| {
        let ListenerState { spec, hostname, .. } = &listeners[index];
        format!("listener {} (port {}, {hostname})", spec.name, spec.port)
    };
    indices.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn allows_namespace(
    allowed: &RouteNamespaces,
    route_namespace: &str,
    gateway_namespace: &str,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> bool {
    let same = route_namespace == gateway_namespace;
    match allowed.from.as_deref() {
        Some("All") => true,
        Some("Selector") => {
            if env.faults.has(faults::NAMESPACE_SELECTOR_MATCHES_NOTHING) {
                return false;
            }
            if env.faults.has(faults::NAMESPACE_SELECTOR_TREATED_AS_SAME) {
                return same;
            }
            let namespace = snapshot.namespaces.get(&Key::new("", route_namespace));
            allowed
                .selector
                .as_ref()
                .zip(namespace)
                .is_some_and(|(selector, namespace)| selects(selector, &namespace.metadata.labels))
        }
        Some("None") => false,
        _ => same || env.faults.has(faults::SAME_NAMESPACE_NOT_ENFORCED),
    }
}

fn selects(selector: &LabelSelector, labels: &std::collections::BTreeMap<String, String>) -> bool {
    let equal = selector.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value));
    equal
        && selector.match_expressions.iter().all(|expression| {
            let value = labels.get(&expression.key);
            let listed = value.is_some_and(|value| expression.values.contains(value));
            match expression.operator.as_str() {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => false,
            }
        })
}

fn hostnames_intersect(route: &[String], listener: &Hostname, env: &Environment<'_>) -> bool {
    route.is_empty()
        || env.faults.has(faults::HOSTNAME_INTERSECTION_IGNORED)
        || route
            .iter()
            .any(|hostname| Hostname::parse(Some(hostname)).intersects(listener, env.faults))
}
