//! Gateways and routes as their specs and statuses tell of them, read tolerantly: a field that is
//! missing or of another type reads as absent, since what a subject writes is what is judged.

use model::names::{GROUP, STALE_CONTROLLER};
use serde_json::Value;

use crate::{
    conditions::{ConditionView, conditions, freshness},
    object::Object,
};

/// The annotation of Gateways that are not meant to become ready.
const SKIP_FOR_READINESS: &str = "gateway-api/skip-this-for-readiness";

/// The conditions in an object's own status, as those of Gateways and GatewayClasses.
pub fn status_conditions(object: &Object) -> Vec<ConditionView<'_>> {
    conditions(&object.data["status"])
}

/// A Gateway; or a ListenerSet, which tells of its listeners and its conditions alike.
#[derive(Clone, Copy, Debug)]
pub struct GatewayView<'a>(&'a Object);

/// A listener in a Gateway's spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenerView<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its port; 0 if it has none.
    pub port: u16,
    /// Its protocol.
    pub protocol: &'a str,
    /// Its hostname, if it is restricted to one.
    pub hostname: Option<&'a str>,
}

/// An address in a Gateway's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressView<'a> {
    /// `IPAddress`, `Hostname`, or an implementation's own; absent if the status says none.
    pub kind: Option<&'a str>,
    /// The address.
    pub value: &'a str,
}

/// A listener's entry in a Gateway's status.
#[derive(Clone, Debug)]
pub struct ListenerStatusView<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many routes are attached to it; absent if the status does not tell.
    pub attached_routes: Option<i64>,
    /// The kinds of routes that it supports, as group and kind; the group is the Gateway API's
    /// where the status names none.
    pub supported_kinds: Vec<(&'a str, &'a str)>,
    /// Its conditions.
    pub conditions: Vec<ConditionView<'a>>,
}

impl<'a> GatewayView<'a> {
    /// Of a Gateway or a ListenerSet.
    pub fn new(object: &'a Object) -> Self {
        Self(object)
    }

    /// `spec.gatewayClassName`.
    pub fn class(&self) -> Option<&'a str> {
        self.0.data["spec"]["gatewayClassName"].as_str()
    }

    /// Whether its annotation says that it is not meant to become ready.
    pub fn skips_readiness(&self) -> bool {
        self.0
            .metadata
            .annotations
            .as_ref()
            .is_some_and(|all| all.get(SKIP_FOR_READINESS).is_some_and(|value| value == "true"))
    }

    /// `spec.listeners`, in their order.
    pub fn listeners(&self) -> Vec<ListenerView<'a>> {
        entries(&self.0.data["spec"], "listeners")
            .map(|listener| ListenerView {
                name: text(listener, "name").unwrap_or_default(),
                port: port(listener).unwrap_or_default(),
                protocol: text(listener, "protocol").unwrap_or_default(),
                hostname: text(listener, "hostname").filter(|name| !name.is_empty()),
            })
            .collect()
    }

    /// `status.addresses`, in their order.
    pub fn addresses(&self) -> Vec<AddressView<'a>> {
        entries(&self.0.data["status"], "addresses")
            .map(|address| AddressView {
                kind: text(address, "type"),
                value: text(address, "value").unwrap_or_default(),
            })
            .collect()
    }

    /// `status.listeners`, in their order.
    pub fn listener_statuses(&self) -> Vec<ListenerStatusView<'a>> {
        entries(&self.0.data["status"], "listeners").map(ListenerStatusView::of).collect()
    }

    /// `status.attachedListenerSets`; absent if the status does not tell.
    pub fn attached_listener_sets(&self) -> Option<i64> {
        self.0.data["status"]["attachedListenerSets"].as_i64()
    }

    /// Its own conditions.
    pub fn conditions(&self) -> Vec<ConditionView<'a>> {
        conditions(&self.0.data["status"])
    }

    /// Whether its own conditions speak of its current generation.
    ///
    /// # Errors
    ///
    /// A sentence that names the first one that does not.
    pub fn freshness(&self) -> Result<(), String> {
        freshness(self.0, &self.conditions())
    }
}

impl<'a> ListenerStatusView<'a> {
    fn of(listener: &'a Value) -> Self {
        Self {
            name: text(listener, "name").unwrap_or_default(),
            attached_routes: listener["attachedRoutes"].as_i64(),
            supported_kinds: entries(listener, "supportedKinds")
                .map(|kind| {
                    (text(kind, "group").unwrap_or(GROUP), text(kind, "kind").unwrap_or_default())
                })
                .collect(),
            conditions: conditions(listener),
        }
    }
}

/// A route of any kind; or a policy, which tells of its ancestors as a route does of its parents.
#[derive(Clone, Copy, Debug)]
pub struct RouteView<'a>(&'a Object);

/// A parent's entry in a route's status, or an ancestor's in a policy's.
#[derive(Clone, Debug)]
pub struct ParentStatusView<'a> {
    /// Who wrote it.
    pub controller_name: &'a str,
    /// The parent's group.
    pub group: Option<&'a str>,
    /// The parent's kind.
    pub kind: Option<&'a str>,
    /// The parent's namespace; the route's own if absent.
    pub namespace: Option<&'a str>,
    /// The parent's name.
    pub name: &'a str,
    /// The listener.
    pub section_name: Option<&'a str>,
    /// The port.
    pub port: Option<u16>,
    /// Its conditions.
    pub conditions: Vec<ConditionView<'a>>,
    /// The entry as it is.
    pub raw: &'a Value,
}

impl<'a> RouteView<'a> {
    /// Of a route or a policy.
    pub fn new(object: &'a Object) -> Self {
        Self(object)
    }

    /// `spec.hostnames`.
    pub fn hostnames(&self) -> Vec<&'a str> {
        entries(&self.0.data["spec"], "hostnames").filter_map(Value::as_str).collect()
    }

    /// `status.parents`, in their order; of a policy `status.ancestors`.
    pub fn parents(&self) -> Vec<ParentStatusView<'a>> {
        let status = &self.0.data["status"];
        let parents = entries(status, "parents").map(|it| ParentStatusView::of(it, "parentRef"));
        let ancestors = entries(status, "ancestors");
        let ancestors = ancestors.map(|it| ParentStatusView::of(it, "ancestorRef"));
        parents.chain(ancestors).collect()
    }

    /// Whether the conditions of all parents' entries speak of the route's current generation;
    /// entries that a test planted under a controller that does not exist are left out.
    ///
    /// # Errors
    ///
    /// A sentence that names the first one that does not, and its parent.
    pub fn freshness(&self) -> Result<(), String> {
        self.freshness_of(|parent| parent.controller_name != STALE_CONTROLLER)
    }

    /// As [`Self::freshness`], with no entry left out.
    pub fn freshness_of_all(&self) -> Result<(), String> {
        self.freshness_of(|_| true)
    }

    fn freshness_of(self, counts: impl Fn(&ParentStatusView<'_>) -> bool) -> Result<(), String> {
        self.parents().iter().filter(|it| counts(it)).try_for_each(|it| self.freshness_at(it))
    }

    /// As [`Self::freshness`], of one of its entries.
    pub fn freshness_at(&self, parent: &ParentStatusView<'_>) -> Result<(), String> {
        freshness(self.0, &parent.conditions)
            .map_err(|stale| format!("parent {}: {stale}", parent.name))
    }
}

impl<'a> ParentStatusView<'a> {
    fn of(entry: &'a Value, reference: &str) -> Self {
        let parent = &entry[reference];
        Self {
            controller_name: text(entry, "controllerName").unwrap_or_default(),
            group: text(parent, "group"),
            kind: text(parent, "kind"),
            namespace: text(parent, "namespace"),
            name: text(parent, "name").unwrap_or_default(),
            section_name: text(parent, "sectionName"),
            port: port(parent),
            conditions: conditions(entry),
            raw: entry,
        }
    }
}

fn entries<'a>(holder: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    holder[field].as_array().into_iter().flatten()
}

fn text<'a>(holder: &'a Value, field: &str) -> Option<&'a str> {
    holder[field].as_str()
}

fn port(holder: &Value) -> Option<u16> {
    holder["port"].as_u64().and_then(|port| u16::try_from(port).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_gateway_tells_its_listeners_and_addresses() {
        let gateway: Object = serde_json::from_value(json!({
            "metadata": { "name": "g", "generation": 1 },
            "spec": { "gatewayClassName": "c", "listeners": [
                { "name": "http", "port": 80, "protocol": "HTTP", "hostname": "a.example" },
            ]},
            "status": {
                "addresses": [{ "value": "127.0.0.1" }, { "type": "IPAddress", "value": "127.0.0.2" }],
                "listeners": [
                    { "name": "http", "attachedRoutes": 2, "supportedKinds": [{ "kind": "HTTPRoute" }] },
                    { "name": "odd", "attachedRoutes": "2", "supportedKinds": null },
                ],
            },
        }))
        .unwrap();
        let gateway = GatewayView::new(&gateway);
        assert_eq!(gateway.listeners()[0].port, 80);
        assert_eq!(gateway.listeners()[0].hostname, Some("a.example"));
        assert_eq!(gateway.addresses()[0].kind, None);
        assert_eq!(gateway.addresses()[1].value, "127.0.0.2");
        let statuses = gateway.listener_statuses();
        assert_eq!(statuses[0].supported_kinds, [(GROUP, "HTTPRoute")]);
        assert_eq!(statuses[0].attached_routes, Some(2));
        assert_eq!(statuses[1].attached_routes, None);
        assert!(statuses[1].supported_kinds.is_empty());
    }

    #[test]
    fn planted_parents_are_left_out_of_freshness() {
        let route: Object = serde_json::from_value(json!({
            "metadata": { "name": "r", "generation": 2 },
            "status": { "parents": [
                { "controllerName": "own", "parentRef": { "name": "g" },
                  "conditions": [{ "type": "Accepted", "observedGeneration": 2 }] },
                { "controllerName": STALE_CONTROLLER, "parentRef": { "name": "planted" },
                  "conditions": [{ "type": "Accepted", "observedGeneration": 1 }] },
            ]},
        }))
        .unwrap();
        let route = RouteView::new(&route);
        assert_eq!(route.freshness(), Ok(()));
        assert_eq!(
            route.freshness_of_all(),
            Err("parent planted: condition Accepted is of generation 1, the object is at 2".into())
        );
    }
}
