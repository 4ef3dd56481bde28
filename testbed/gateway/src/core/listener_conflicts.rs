//! Listeners that cannot share their port.

use super::Environment;
use super::features;
use super::listener_state::{ListenerState, Protocol};
use super::status::Condition;
use crate::faults;

/// What two listeners conflict in: the reason and the message.
type Conflict = (&'static str, String);

/// How a listener of another holder is called: what others have is not told to who may not know of them.
const OF_ANOTHER: &str = "a listener of the Gateway, or of a ListenerSet that comes before,";

/// Marks listeners that cannot share their port: another protocol, one in which nothing tells two
/// listeners apart, or the same hostname twice. What comes before those of a holder is served in their
/// place; of those of one holder none comes first, and none is served.
pub fn find(states: &mut [ListenerState<'_>], env: &Environment<'_>) {
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
        if !can_share(own, protocol, env) {
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

/// Whether listeners of two protocols can share a port, as far as hostnames tell them apart.
fn can_share(one: Protocol, other: Protocol, env: &Environment<'_>) -> bool {
    let is_mixed = matches!((one, other), (Protocol::Tls(_), Protocol::Tls(_)));
    one.has_hostnames() && (one == other || (is_mixed && env.supports(features::MIXED)))
}
