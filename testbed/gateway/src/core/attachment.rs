//! Which routes attach to which listeners.

use super::Environment;
use super::StatusKind;
use super::holder::Holder;
use super::hostname::Hostname;
use super::listener_state::ListenerState;
use super::objects::{AllowedNamespaces, GATEWAY_GROUP, Key, LabelSelector};
use super::route::{ParentReference, RouteRef};
use super::route_kind::RouteKind;
use super::snapshot::Snapshot;
use super::status::Condition;
use crate::faults;

/// What became of one parentRef of a route.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Condition `Accepted`.
    pub accepted: Condition,
    /// The listeners that the parentRef means, whether they take the route or not.
    pub meant: Vec<usize>,
    /// Those of them that the route is attached to.
    pub listeners: Vec<usize>,
}

/// What a parentRef of an object in `namespace` refers to, if it has listeners.
pub fn parent(parent: &ParentReference, namespace: &str) -> Option<(StatusKind, Key)> {
    let kind = match parent.kind.as_deref().unwrap_or("Gateway") {
        "Gateway" => StatusKind::Gateway,
        "ListenerSet" => StatusKind::ListenerSet,
        _ => return None,
    };
    let namespace = parent.namespace.as_deref().unwrap_or(namespace);
    let in_group = parent.group.as_deref().unwrap_or(GATEWAY_GROUP) == GATEWAY_GROUP;
    in_group.then(|| (kind, Key::new(namespace, &parent.name)))
}

/// The Gateway that a parentRef of an object in `namespace` refers to, if it refers to a Gateway.
pub fn parent_gateway(reference: &ParentReference, namespace: &str) -> Option<Key> {
    let (kind, key) = parent(reference, namespace)?;
    (kind == StatusKind::Gateway).then_some(key)
}

/// Attaches `route` to those of a Gateway's listeners that are of the `holder`, and that `parent` means,
/// and that take it.
pub fn attach(
    route: RouteRef<'_>,
    parent: &ParentReference,
    holder: Holder<'_>,
    listeners: &[ListenerState<'_>],
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Attachment {
    let select = |from: &[usize], condition: &dyn Fn(&ListenerState<'_>) -> bool| {
        from.iter().copied().filter(|&index| condition(&listeners[index])).collect::<Vec<_>>()
    };
    let all: Vec<_> = (0..listeners.len()).collect();
    let reaches_all = match holder.kind {
        StatusKind::ListenerSet => env.faults.has(faults::LISTENER_SET_ROUTES_REACH_WHOLE_GATEWAY),
        _ => env.faults.has(faults::GATEWAY_ROUTES_REACH_LISTENER_SETS),
    };
    let mut meant = select(&all, &|listener| {
        (reaches_all || listener.holder.id() == holder.id()) && is_meant(parent, listener, env)
    });
    if parent.port.is_some() && env.faults.has(faults::PARENT_REF_PORT_MEANS_FIRST_LISTENER) {
        meant.truncate(1);
    }
    if meant.is_empty() {
        let reason = if env.faults.has(faults::NO_MATCHING_PARENT_REASON_IS_NOT_ALLOWED) {
            "NotAllowedByListeners"
        } else {
            "NoMatchingParent"
        };
        return rejected(reason, no_such_listener(parent, holder, listeners), meant);
    }
    let refused = route.kind == RouteKind::Grpc && env.faults.has(faults::GRPC_ROUTE_NOT_ACCEPTED);
    let allowing = select(&meant, &|listener| {
        !refused
            && (listener.supported_kinds.contains(&route.kind.group_kind())
                || env.faults.has(faults::ROUTE_KINDS_NOT_ENFORCED))
            && allows_namespace(listener, &route.metadata.namespace, snapshot, env)
    });
    if allowing.is_empty() {
        let reason = if env.faults.has(faults::NOT_ALLOWED_REASON_IS_NO_MATCHING_PARENT) {
            "NoMatchingParent"
        } else {
            "NotAllowedByListeners"
        };
        let message = format!(
            "allowedRoutes of {} on {holder} takes no {}s of namespace {}",
            names(&meant, listeners),
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
            "hostnames {} have none in common with {} on {holder}",
            route.hostnames().join(", "),
            names(&allowing, listeners),
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
    let ParentReference { section_name, port, .. } = parent;
    let by_name = section_name.as_ref().is_none_or(|name| *name == listener.spec.name)
        || env.faults.has(faults::SECTION_NAME_IGNORED);
    let by_port = port.is_none_or(|port| port == listener.spec.port)
        || env.faults.has(faults::PARENT_REF_PORT_IGNORED);
    let has_both = section_name.is_some() && port.is_some();
    if has_both && env.faults.has(faults::PARENT_REF_PORT_SUFFICES_WITH_SECTION_NAME) {
        return by_name || by_port;
    }
    by_name && by_port
}

fn no_such_listener(
    parent: &ParentReference,
    holder: Holder<'_>,
    listeners: &[ListenerState<'_>],
) -> String {
    let name = parent.section_name.as_ref().map_or(String::new(), |name| format!(" `{name}`"));
    let port = parent.port.map_or(String::new(), |port| format!(" on port {port}"));
    let own = (0..listeners.len()).filter(|&index| listeners[index].holder.id() == holder.id());
    let there = names(&own.collect::<Vec<_>>(), listeners);
    let there = if there.is_empty() { "none that is in use".to_owned() } else { there };
    format!("{holder} has no listener{name}{port}; it has {there}")
}

fn names(indices: &[usize], listeners: &[ListenerState<'_>]) -> String {
    let name = |&index: &usize| {
        let ListenerState { spec, hostname, .. } = &listeners[index];
        format!("listener {} (port {}, {hostname})", spec.name, spec.port)
    };
    indices.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn allows_namespace(
    listener: &ListenerState<'_>,
    namespace: &str,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> bool {
    let allowed = &listener.spec.allowed_routes.namespaces;
    let same = namespace == listener.own_namespace;
    match allowed.from.as_deref() {
        Some("All") => true,
        Some("Selector") => {
            if env.faults.has(faults::NAMESPACE_SELECTOR_MATCHES_NOTHING) {
                return false;
            }
            if env.faults.has(faults::NAMESPACE_SELECTOR_TREATED_AS_SAME) {
                return same;
            }
            is_selected(allowed, namespace, snapshot)
        }
        Some("None") => false,
        _ => same || env.faults.has(faults::SAME_NAMESPACE_NOT_ENFORCED),
    }
}

/// Whether the selector of `from: Selector` selects a namespace.
pub fn is_selected(allowed: &AllowedNamespaces, namespace: &str, snapshot: &Snapshot) -> bool {
    let namespace = snapshot.namespaces.get(&Key::new("", namespace));
    let both = allowed.selector.as_ref().zip(namespace);
    both.is_some_and(|(selector, namespace)| selects(selector, &namespace.metadata.labels))
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
