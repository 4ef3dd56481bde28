//! `TimeoutPolicy`s at their targets: which are accepted, which of them counts where, and what is reported.

use std::collections::BTreeMap;

use serde_json::json;

use super::object_reference::TargetReference;
use super::objects::{GATEWAY_GROUP, Key, Object};
use super::route_kind::RouteKind;
use super::snapshot::Snapshot;
use super::source::Source;
use super::status::{self, Condition};
use super::timeout_policy::{Effective, TimeoutPolicy};
use super::{Config, Environment, StatusKind};
use crate::faults::{self, Faults};

/// A policy of this cluster.
type Policy = Object<TimeoutPolicy>;

/// What a policy can be attached to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    kind: PlaceKind,
    key: Key,
    /// The listener of a Gateway, or the rule of a route.
    section: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum PlaceKind {
    GatewayClass,
    Gateway,
    HttpRoute,
    Service,
}

impl Place {
    /// A `GatewayClass`.
    pub fn class(name: &str) -> Self {
        Self { kind: PlaceKind::GatewayClass, key: Key::new("", name), section: None }
    }

    /// A `Gateway`, or a listener of it.
    pub fn gateway(key: Key, listener: Option<&str>) -> Self {
        Self { kind: PlaceKind::Gateway, key, section: listener.map(str::to_owned) }
    }

    /// An `HTTPRoute`, or a rule of it.
    pub fn route(key: Key, rule: Option<&str>) -> Self {
        Self { kind: PlaceKind::HttpRoute, key, section: rule.map(str::to_owned) }
    }

    /// A `Service`.
    pub fn service(key: Key) -> Self {
        Self { kind: PlaceKind::Service, key, section: None }
    }

    /// What a reference in this namespace refers to.
    fn of(target: &TargetReference, namespace: &str, faults: &Faults) -> Result<Self, String> {
        let TargetReference { object, section_name } = target;
        let group = object.group.as_deref().unwrap_or_default();
        let kind = match (group, object.kind.as_deref().unwrap_or_default()) {
            (GATEWAY_GROUP, "GatewayClass") => PlaceKind::GatewayClass,
            (GATEWAY_GROUP, "Gateway") => PlaceKind::Gateway,
            (GATEWAY_GROUP, "HTTPRoute") => PlaceKind::HttpRoute,
            ("", "Service") => PlaceKind::Service,
            (group, kind) => return Err(format!("a {kind} of group \"{group}\" can be no target")),
        };
        let in_namespace = object.namespace.as_deref().unwrap_or(namespace);
        if in_namespace != namespace && !faults.has(faults::POLICY_REACHES_OTHER_NAMESPACES) {
            return Err("a target must be in the policy's own namespace".to_owned());
        }
        let has_sections = matches!(kind, PlaceKind::Gateway | PlaceKind::HttpRoute);
        if section_name.is_some() && !has_sections {
            return Err("only a Gateway and an HTTPRoute have sections".to_owned());
        }
        let namespace = if kind == PlaceKind::GatewayClass { "" } else { in_namespace };
        let key = Key::new(namespace, &object.name);
        let section = section_name.clone();
        let section = section.filter(|_| !faults.has(faults::POLICY_TARGET_SECTION_IGNORED));
        Ok(Self { kind, key, section })
    }

    fn is_there(&self, snapshot: &Snapshot) -> bool {
        let Self { kind, key, section } = self;
        match kind {
            PlaceKind::GatewayClass => snapshot.gateway_classes.contains_key(key),
            PlaceKind::Service => snapshot.services.contains_key(key),
            PlaceKind::Gateway => snapshot.gateways.get(key).is_some_and(|gateway| {
                let mut listeners = gateway.spec.listeners.iter();
                section.as_ref().is_none_or(|name| listeners.any(|it| it.name == *name))
            }),
            PlaceKind::HttpRoute => {
                let routes = snapshot.routes.get(&RouteKind::Http);
                routes.and_then(|routes| routes.get(key)).is_some_and(|route| {
                    let mut rules = route.spec.rules.iter();
                    section
                        .as_ref()
                        .is_none_or(|name| rules.any(|it| it.name.as_ref() == Some(name)))
                })
            }
        }
    }

    /// Whether another controller is responsible for it.
    fn is_of_others(&self, snapshot: &Snapshot, env: &Environment<'_>) -> bool {
        let class = match self.kind {
            PlaceKind::GatewayClass => Some(&self.key.name),
            PlaceKind::Gateway => {
                snapshot.gateways.get(&self.key).map(|gateway| &gateway.spec.gateway_class_name)
            }
            PlaceKind::HttpRoute | PlaceKind::Service => None,
        };
        let class = class.and_then(|name| snapshot.gateway_classes.get(&Key::new("", name)));
        class.is_some_and(|class| class.spec.controller_name != env.controller_name)
    }
}

/// The policies that are accepted, by what they are attached to.
#[derive(Debug)]
pub struct TimeoutPolicies<'a> {
    accepted: BTreeMap<Place, (&'a Policy, Effective)>,
    faults: &'a Faults,
}

impl<'a> TimeoutPolicies<'a> {
    /// Judges all policies, and reports what became of each at its targets.
    pub fn judge(snapshot: &'a Snapshot, env: &Environment<'a>, config: &mut Config) -> Self {
        let mut oldest_first: Vec<_> = snapshot.timeout_policies.values().collect();
        oldest_first.sort_by_key(|policy| (&policy.metadata.creation_timestamp, policy.key()));
        if env.faults.has(faults::NEWER_TIMEOUT_POLICY_WINS) {
            oldest_first.reverse();
        }
        let mut accepted = Self { accepted: BTreeMap::new(), faults: env.faults };
        for policy in oldest_first {
            let mut targets = Vec::new();
            let ignores_room = env.faults.has(faults::FULL_POLICY_STATUS_IGNORED);
            let room = status::room_for_ancestors(&policy.status, env);
            let room = if ignores_room { usize::MAX } else { room };
            for target in &policy.spec.target_refs {
                let place = Place::of(target, &policy.metadata.namespace, env.faults);
                // A policy that cannot be reported at a target counts for nothing there.
                if targets.len() == room
                    || place.as_ref().is_ok_and(|place| place.is_of_others(snapshot, env))
                {
                    continue;
                }
                let judged = accepted.accept(policy, place, snapshot);
                targets.push((ancestor(target, &policy.metadata.namespace), judged));
            }
            let conditions: Vec<_> = targets.iter().map(|(_, judged)| [judged]).collect();
            let targets = targets.iter().zip(&conditions);
            let ancestors =
                targets.map(|((target, _), conditions)| (target.clone(), &conditions[..]));
            if let Some(status) = status::policy(policy, &policy.status, ancestors.collect(), env) {
                let kind = StatusKind::TimeoutPolicy;
                config.report(kind, &policy.key(), policy, &policy.status, status);
            }
        }
        accepted
    }

    /// Accepts a policy at one of its targets, unless it cannot be: condition `Accepted`.
    fn accept(
        &mut self,
        policy: &'a Policy,
        place: Result<Place, String>,
        snapshot: &Snapshot,
    ) -> Condition {
        let no = |reason, message| Condition::no("Accepted", reason, message);
        let (place, effective) = match (place, Effective::of(&policy.spec)) {
            (Ok(place), Ok(effective)) => (place, effective),
            (Err(message), _) | (_, Err(message)) => return no("Invalid", message),
        };
        let yes = Condition::yes("Accepted", "Accepted");
        if !place.is_there(snapshot) {
            if self.faults.has(faults::MISSING_POLICY_TARGET_ACCEPTED) {
                return yes;
            }
            return no("TargetNotFound", "there is no such target".to_owned());
        }
        if let Some((older, _)) = self.accepted.get(&place) {
            if self.faults.has(faults::CONFLICTED_TIMEOUT_POLICY_ACCEPTED) {
                return yes;
            }
            return no("Conflicted", format!("{} has the same target", older.key()));
        }
        self.accepted.insert(place, (policy, effective));
        yes
    }

    /// What counts where these are nested in one another, the least specific first: the first override, or else
    /// the last default.
    pub fn effective(&self, places: &[Place]) -> Option<Effective> {
        if self.faults.has(faults::TIMEOUT_POLICY_IGNORED) {
            return None;
        }
        let found = places.iter().filter_map(|place| self.at(place));
        found.map(|(_, effective)| *effective).reduce(|established, challenger| {
            let stays = if established.overrides {
                let yields = challenger.overrides && self.faults.has(faults::LATER_OVERRIDE_WINS);
                !yields && !self.faults.has(faults::OVERRIDES_ARE_DEFAULTS)
            } else {
                self.faults.has(faults::LESS_SPECIFIC_DEFAULT_WINS)
            };
            if stays { established } else { challenger }
        })
    }

    /// Whether nothing counts anywhere.
    pub fn is_empty(&self) -> bool {
        self.accepted.is_empty()
    }

    fn at(&self, place: &Place) -> Option<&(&'a Policy, Effective)> {
        if !self.faults.has(faults::POLICY_TARGET_COMPARED_BY_PREFIX) {
            return self.accepted.get(place);
        }
        let is_meant = |target: &Place| {
            let Key { namespace, name } = &target.key;
            (target.kind, &target.section) == (place.kind, &place.section)
                && *namespace == place.key.namespace
                && place.key.name.starts_with(name.as_str())
        };
        self.accepted.iter().find(|(target, _)| is_meant(target)).map(|(_, found)| found)
    }

    /// The policies at these, as parts of what tables are made of.
    pub fn sources(&self, places: &[Place]) -> impl Iterator<Item = Source> {
        let found = places.iter().filter_map(|place| self.at(place));
        found.map(|(policy, _)| Source {
            id: (StatusKind::TimeoutPolicy, policy.key()),
            generation: policy.metadata.generation,
            resolved: true,
        })
    }
}

/// The ancestor that an entry of the status is about: the target itself.
fn ancestor(target: &TargetReference, namespace: &str) -> serde_json::Value {
    let TargetReference { object, section_name } = target;
    let namespace = object.namespace.as_deref().unwrap_or(namespace);
    let mut reference = json!({
        "group": object.group.as_deref().unwrap_or_default(),
        "kind": object.kind,
        "name": object.name,
    });
    if object.kind.as_deref() != Some("GatewayClass") {
        reference["namespace"] = json!(namespace);
    }
    if let Some(section) = section_name {
        reference["sectionName"] = json!(section);
    }
    reference
}
