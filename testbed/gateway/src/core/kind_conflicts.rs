//! `HTTPRoute`s and `GRPCRoute`s with a common hostname on one listener, of which one kind alone is
//! accepted: a request could not be told to be of the one or the other.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::hostname::Hostname;
use super::managed::{AttachedRoute, Managed};
use super::objects::Key;
use super::route::RouteRef;
use super::route_kind::RouteKind;
use super::status::Condition;
use crate::faults::Faults;

/// Detaches each route from the listeners where an older one of the other kind has a hostname in common
/// with it, and rejects it where it is left with none.
pub fn settle(
    mut attached: Vec<(&Key, &mut AttachedRoute<'_>)>,
    gateways: &BTreeMap<&Key, Managed<'_>>,
    faults: &Faults,
) {
    attached.retain(|(_, it)| matches!(it.route.kind, RouteKind::Http | RouteKind::Grpc));
    if attached.iter().all(|(_, it)| it.route.kind == RouteKind::Http) {
        return;
    }
    attached.sort_by(|(_, one), (_, other)| by_age(one.route, other.route));
    let mut taken: Vec<((&Key, usize), RouteRef<'_>)> = Vec::new();
    for (gateway, AttachedRoute { route, attachment, .. }) in attached {
        let Some(managed) = gateways.get(gateway) else { continue };
        let mut older = None;
        attachment.listeners.retain(|&listener| {
            let hostname = &managed.listeners[listener].hostname;
            let rival = taken.iter().find(|(place, other)| {
                *place == (gateway, listener)
                    && other.kind != route.kind
                    && meet(*route, *other, hostname, faults)
            });
            older = older.or(rival.map(|(_, other)| *other));
            rival.is_none()
        });
        if let (Some(older), true) = (older, attachment.listeners.is_empty()) {
            let message =
                format!("{} {}, which is older, has the hostname", older.kind, older.key());
            attachment.accepted = Condition::no("Accepted", "HostnameConflict", message);
        }
        taken.extend(attachment.listeners.iter().map(|&listener| ((gateway, listener), *route)));
    }
}

/// The older route first, then the first one by namespace and name.
fn by_age(one: RouteRef<'_>, other: RouteRef<'_>) -> Ordering {
    let rank =
        |route: RouteRef<'_>| (route.metadata.creation_timestamp.clone(), route.key(), route.kind);
    rank(one).cmp(&rank(other))
}

/// Whether two routes have a hostname in common that a listener lets through. Hostnames lie within each
/// other or apart, so that three have one in common if each two have.
fn meet(one: RouteRef<'_>, other: RouteRef<'_>, listener: &Hostname, faults: &Faults) -> bool {
    let through = |route: RouteRef<'_>| {
        let mut names = route.hostname_patterns();
        names.retain(|name| name.intersects(listener, faults));
        names
    };
    let others = through(other);
    through(one).iter().any(|name| others.iter().any(|other| name.intersects(other, faults)))
}
