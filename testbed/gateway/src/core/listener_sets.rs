//! `ListenerSet`s: which of them a Gateway takes, in which order, and what is reported of them.

use super::Environment;
use super::attachment::{is_selected, parent_gateway};
use super::holder::Holder;
use super::listener_set::ListenerSet;
use super::listener_state::ListenerState;
use super::objects::{Gateway, Listener, Object};
use super::snapshot::Snapshot;
use super::status::Condition;
use crate::faults;

/// A `ListenerSet` that names a Gateway.
#[derive(Debug)]
pub struct NamedSet<'a> {
    /// The `ListenerSet`.
    pub object: &'a Object<ListenerSet>,
    /// Whether the Gateway lets it add listeners.
    pub is_allowed: bool,
}

impl<'a> NamedSet<'a> {
    /// The `ListenerSet`s that name a Gateway, in the order of precedence of their listeners: the oldest
    /// first, then by namespace and name.
    pub fn of(
        gateway: &Object<Gateway>,
        snapshot: &'a Snapshot,
        env: &Environment<'_>,
    ) -> Vec<Self> {
        let key = gateway.key();
        let sets = snapshot.listener_sets.values().filter(|set| {
            parent_gateway(&set.spec.parent_ref, &set.metadata.namespace).as_ref() == Some(&key)
        });
        let mut sets: Vec<_> = sets
            .map(|object| Self { object, is_allowed: is_allowed(object, gateway, snapshot, env) })
            .collect();
        sets.sort_by_key(|set| (set.object.metadata.creation_timestamp.clone(), set.object.key()));
        if env.faults.has(faults::LAST_LISTENER_SET_COMES_FIRST) {
            sets.reverse();
        }
        sets
    }

    /// What it adds to the Gateway's listeners.
    pub fn listeners(&self) -> impl Iterator<Item = (Holder<'a>, &'a Listener)> + use<'a> {
        let Self { object, is_allowed } = *self;
        let listeners = object.spec.listeners.iter().filter(move |_| is_allowed);
        listeners.map(move |listener| (object.into(), listener))
    }

    /// Condition `Accepted`, where the Gateway's is `parent` and the listeners came to be `own`.
    pub fn accepted(
        &self,
        parent: &Condition,
        own: &[&ListenerState<'_>],
        env: &Environment<'_>,
    ) -> Condition {
        let no = |reason, message: &str| Condition::no("Accepted", reason, message.to_owned());
        if !self.is_allowed {
            let reason = if env.faults.has(faults::NOT_ALLOWED_LISTENER_SET_REASON_IS_INVALID) {
                "Invalid"
            } else {
                "NotAllowed"
            };
            return no(reason, "allowedListeners of the Gateway does not take it");
        }
        if !parent.status {
            return no("ParentNotAccepted", "the Gateway is not accepted");
        }
        let invalid: Vec<_> = own
            .iter()
            .filter(|listener| !listener.is_valid(env))
            .map(|listener| listener.spec.name.as_str())
            .collect();
        if invalid.is_empty() {
            return Condition::yes("Accepted", "Accepted");
        }
        let status = if invalid.len() == own.len() {
            env.faults.has(faults::LISTENER_SET_ACCEPTED_WITHOUT_VALID_LISTENER)
        } else {
            !env.faults.has(faults::INVALID_LISTENER_REJECTS_LISTENER_SET)
        };
        let message = format!("not valid: listener {}", invalid.join(", listener "));
        Condition { kind: "Accepted", status, reason: "ListenersNotValid", message }
    }
}

/// Condition `Programmed` of a `ListenerSet`, where `Accepted` is that.
pub fn programmed(
    accepted: &Condition,
    own: &[&ListenerState<'_>],
    env: &Environment<'_>,
) -> Condition {
    let no = |reason, message: &str| Condition::no("Programmed", reason, message.to_owned());
    if !accepted.status && !env.faults.has(faults::REFUSED_LISTENER_SET_PROGRAMMED) {
        no(accepted.reason, "it is not accepted; see its condition Accepted")
    } else if accepted.status && own.iter().all(|listener| !listener.programmed.status) {
        no("ParentNotProgrammed", "the Gateway is not programmed")
    } else {
        Condition::yes("Programmed", "Programmed")
    }
}

/// Whether a Gateway takes listeners of a `ListenerSet`, which it does only where it says so.
fn is_allowed(
    set: &Object<ListenerSet>,
    gateway: &Object<Gateway>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> bool {
    let faults = env.faults;
    let same = set.metadata.namespace == gateway.metadata.namespace;
    let Some(allowed) = &gateway.spec.allowed_listeners else {
        return same && faults.has(faults::LISTENER_SETS_ALLOWED_BY_DEFAULT);
    };
    match allowed.namespaces.from.as_deref() {
        Some("All") => true,
        Some("Same") => same || faults.has(faults::LISTENER_SETS_OF_OTHER_NAMESPACES_ALLOWED),
        Some("Selector") if faults.has(faults::LISTENER_SET_SELECTOR_IGNORED) => true,
        Some("Selector") if faults.has(faults::LISTENER_SET_SELECTOR_TREATED_AS_SAME) => same,
        Some("Selector") => is_selected(&allowed.namespaces, &set.metadata.namespace, snapshot),
        _ => same && faults.has(faults::LISTENER_SETS_ALLOWED_FROM_NONE),
    }
}
