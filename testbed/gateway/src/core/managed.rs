//! A Gateway of ours: its listeners, the routes attached to it, what it reports and serves.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use super::attachment::Attachment;
use super::listeners::{self, ListenerState};
use super::objects::{Gateway, Object, RequestedAddress};
use super::route::RouteRef;
use super::routing::{ListenerTable, PortTable, Source};
use super::rules::CompiledRules;
use super::snapshot::Snapshot;
use super::status::{self, Condition, ListenerStatus};
use super::{Config, Environment, StatusKind};
use crate::faults;

/// A Gateway of ours.
pub struct Managed<'a> {
    /// The Gateway.
    pub gateway: &'a Object<Gateway>,
    /// Its listeners.
    pub listeners: Vec<ListenerState<'a>>,
}

/// A route's outcome at one of its parents.
pub struct AttachedRoute<'a> {
    /// The route.
    pub route: RouteRef<'a>,
    /// Its rules.
    pub compiled: Rc<CompiledRules>,
    /// What became of the parentRef.
    pub attachment: Attachment,
}

impl<'a> Managed<'a> {
    /// Judges the Gateway's listeners.
    pub fn new(gateway: &'a Object<Gateway>, snapshot: &Snapshot, env: &Environment<'_>) -> Self {
        let mut listeners = listeners::evaluate(gateway, snapshot, env);
        if unsupported(gateway).is_some() || wants_own_address(gateway) {
            let message = "the Gateway cannot be served as it is; see its conditions".to_owned();
            let not_served = Condition::no("Programmed", "Invalid", message);
            for listener in &mut listeners {
                listener.programmed = not_served.clone();
            }
        }
        Self { gateway, listeners }
    }

    /// The Gateway's status.
    pub fn status(&self, attached: &[AttachedRoute<'_>], env: &Environment<'_>) -> Value {
        let counts = self.count_routes(attached, env);
        let listeners: Vec<_> = self
            .listeners
            .iter()
            .zip(counts)
            .map(|(state, attached_routes)| ListenerStatus { state, attached_routes })
            .collect();
        let accepted = self.accepted(env);
        let programmed = self.programmed(&accepted, env);
        status::gateway(self.gateway, &[&accepted, &programmed], &listeners, env)
    }

    /// How many routes are attached, by listener. A route counts once, however many of its
    /// parentRefs attach it.
    fn count_routes(&self, attached: &[AttachedRoute<'_>], env: &Environment<'_>) -> Vec<usize> {
        let faults = env.faults;
        let mut routes = vec![BTreeSet::new(); self.listeners.len()];
        for AttachedRoute { route, attachment, .. } in attached {
            let counted = if faults.has(faults::ATTACHED_ROUTES_COUNTS_REJECTED) {
                &attachment.meant
            } else {
                &attachment.listeners
            };
            for &listener in counted {
                routes[listener].insert(route.id());
            }
        }
        if faults.has(faults::ATTACHED_ROUTES_COUNTS_WHOLE_GATEWAY) {
            let all: BTreeSet<_> = routes.iter().flatten().cloned().collect();
            routes.fill(all);
        }
        for (routes, listener) in routes.iter_mut().zip(&self.listeners) {
            let unresolved = !listener.resolved_refs.status
                && faults.has(faults::ATTACHED_ROUTES_ZERO_WHEN_UNRESOLVED);
            if unresolved || faults.has(faults::ATTACHED_ROUTES_ALWAYS_ZERO) {
                routes.clear();
            }
        }
        routes.iter().map(BTreeSet::len).collect()
    }

    fn accepted(&self, env: &Environment<'_>) -> Condition {
        if let Some((reason, message)) = unsupported(self.gateway) {
            return Condition::no("Accepted", reason, message.to_owned());
        }
        let invalid: Vec<_> = self
            .listeners
            .iter()
            .filter(|listener| !listener.accepted.status)
            .map(|listener| listener.spec.name.as_str())
            .collect();
        if invalid.is_empty() {
            return Condition::yes("Accepted", "Accepted");
        }
        if env.faults.has(faults::INVALID_LISTENER_NOT_REPORTED_ON_GATEWAY)
            && invalid.len() < self.listeners.len()
        {
            return Condition::yes("Accepted", "Accepted");
        }
        let status = if invalid.len() == self.listeners.len() {
            env.faults.has(faults::GATEWAY_ACCEPTED_WITHOUT_VALID_LISTENER)
        } else {
            !env.faults.has(faults::UNSUPPORTED_PROTOCOL_REJECTS_GATEWAY)
        };
        let message = format!("not accepted: listener {}", invalid.join(", listener "));
        Condition { kind: "Accepted", status, reason: "ListenersNotValid", message }
    }

    fn programmed(&self, accepted: &Condition, env: &Environment<'_>) -> Condition {
        let no = |reason, message: &str| Condition::no("Programmed", reason, message.to_owned());
        if !accepted.status {
            no("Invalid", "the Gateway is not accepted; see its condition Accepted")
        } else if wants_own_address(self.gateway) {
            no("AddressNotUsable", "addresses are assigned here; leave out spec.addresses[].value")
        } else if env.pending.contains(&self.gateway.key()) {
            no("Pending", "the Gateway is still to be provisioned")
        } else if !env.addresses.contains_key(&self.gateway.key()) {
            no("AddressNotAssigned", "there is no address left to assign")
        } else if self.listeners.iter().all(|listener| !listener.programmed.status) {
            no("Invalid", "no listener is programmed; see the listeners' conditions")
        } else if env.faults.has(faults::GATEWAY_NEVER_PROGRAMMED)
            && self.listeners.iter().any(takes_routes_of_selected_namespaces)
        {
            no("Pending", "waiting for the namespaces of the routes")
        } else {
            Condition::yes("Programmed", "Programmed")
        }
    }

    /// Adds the routing tables of the listeners that can be served.
    pub fn serve(
        &self,
        attached: &[AttachedRoute<'_>],
        env: &Environment<'_>,
        config: &mut Config,
    ) {
        for (index, listener) in self.listeners.iter().enumerate() {
            let Some(scheme) = listener.scheme.filter(|_| listener.programmed.status) else {
                continue;
            };
            let certificate = listener.certificate.clone();
            let mut table = ListenerTable::new(listener.hostname.clone(), certificate);
            let mut sources = BTreeSet::from([Source {
                id: (StatusKind::Gateway, self.gateway.key()),
                generation: self.gateway.metadata.generation,
                resolved: listener.resolved_refs.status,
            }]);
            for AttachedRoute { route, compiled, attachment } in attached {
                if attachment.listeners.contains(&index) {
                    table.add(*route, compiled, env.faults);
                    sources.insert(Source {
                        id: route.id(),
                        generation: route.metadata.generation,
                        resolved: compiled.resolved_refs.status,
                    });
                }
            }
            table.sort();
            let port = listener.spec.port;
            let ports = config.ports.entry((self.gateway.key(), port));
            let port_table = ports.or_insert_with(|| PortTable {
                port,
                scheme,
                listeners: Vec::new(),
                faults: env.faults.clone(),
                sources: BTreeSet::new(),
            });
            port_table.listeners.push(table);
            port_table.sources.extend(sources);
        }
    }
}

fn takes_routes_of_selected_namespaces(listener: &ListenerState<'_>) -> bool {
    listener.spec.allowed_routes.namespaces.from.as_deref() == Some("Selector")
}

/// Whether a Gateway asks for an address of its choice, which it cannot have.
fn wants_own_address(gateway: &Gateway) -> bool {
    gateway.spec.addresses.iter().any(|address| address.value.is_some())
}

/// What a Gateway asks for that this implementation cannot give: the reason and the message.
fn unsupported(gateway: &Gateway) -> Option<(&'static str, &'static str)> {
    let spec = &gateway.spec;
    let odd = |address: &RequestedAddress| {
        address.r#type.as_deref().unwrap_or("IPAddress") != "IPAddress"
    };
    if spec.infrastructure.parameters_ref.is_some() {
        Some((
            "InvalidParameters",
            "there are no parameters; leave out infrastructure.parametersRef",
        ))
    } else if spec.addresses.iter().any(odd) {
        Some(("UnsupportedAddress", "addresses are of type IPAddress; leave out other types"))
    } else if spec.tls.as_ref().is_some_and(|tls| tls.frontend.is_some() || tls.backend.is_some()) {
        Some(("Invalid", "client certificates are not supported; leave out spec.tls"))
    } else {
        None
    }
}
