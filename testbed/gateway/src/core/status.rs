//! Conditions, and how statuses are rewritten without touching what others wrote there.

use serde_json::{Map, Value, json};

use super::Environment;
pub use super::condition::Condition;
use super::holder::Holder;
use super::listener_state::ListenerState;
use super::objects::{GATEWAY_GROUP, Gateway, GatewayClass, Metadata, Object};
use super::route::{ParentReference, RouteRef};
use super::wishes::RequestedAddress;
use crate::faults;

/// What a route's parent entry says.
#[derive(Debug)]
pub struct ParentStatus<'a> {
    /// The reference as the route gives it.
    pub parent: &'a ParentReference,
    /// The conditions.
    pub conditions: Vec<&'a Condition>,
}

/// What a listener's entry says.
#[derive(Debug)]
pub struct ListenerStatus<'a> {
    /// The listener.
    pub state: &'a ListenerState<'a>,
    /// How many routes are attached.
    pub attached_routes: usize,
}

/// So many entries fit in a status, those of others included.
const MOST_PARENTS: usize = 32;
const MOST_ANCESTORS: usize = 16;

/// The generation that the API server gives to a new object.
const FIRST_GENERATION: i64 = 1;

/// Conditions of ours that are there only where they say something: one that is not written goes.
const WITHDRAWN: [&str; 2] = ["InsecureFrontendValidationMode", "ResolvedRefs"];

/// When the definitions say that their defaults became so.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// How conditions are merged into those that are there.
struct Merge<'a> {
    /// What the conditions carry as `observedGeneration`.
    generation: i64,
    /// Leaves `observedGeneration` where it was when the object was created (a fault).
    stale: bool,
    /// Removes the conditions of other types (a fault).
    drop_foreign: bool,
    /// Writes `generation` into the conditions of other types (a fault).
    touch_foreign: bool,
    now: &'a str,
}

impl<'a> Merge<'a> {
    fn of(metadata: &Metadata, env: &Environment<'a>) -> Self {
        Self {
            generation: metadata.generation,
            stale: false,
            drop_foreign: false,
            touch_foreign: false,
            now: env.now,
        }
    }

    /// The conditions of `existing` (a list or null) with ours put in their places, or at the end.
    fn conditions(&self, existing: &Value, ours: &[&Condition]) -> Value {
        let existing = existing.as_array().map(Vec::as_slice).unwrap_or_default();
        let own = |before: &Value| ours.iter().find(|own| before["type"] == own.kind);
        let kept = existing.iter().filter_map(|before| match own(before) {
            Some(own) => Some(self.condition(own, Some(before))),
            None => self.foreign(before),
        });
        let new = ours.iter().filter(|own| existing.iter().all(|old| old["type"] != own.kind));
        kept.chain(new.map(|own| self.condition(own, None))).collect()
    }

    /// A condition that others wrote, as it is.
    fn foreign(&self, condition: &Value) -> Option<Value> {
        let mut kept = condition.clone();
        if self.touch_foreign {
            kept["observedGeneration"] = json!(self.generation);
        }
        let is_withdrawn = WITHDRAWN.iter().any(|own| condition["type"] == *own);
        // A default of the definitions, of a type that came to be called otherwise: `Scheduled`.
        let is_nobodys = condition["lastTransitionTime"] == NEVER;
        (!self.drop_foreign && !is_withdrawn && !is_nobodys).then_some(kept)
    }

    fn condition(&self, condition: &Condition, before: Option<&Value>) -> Value {
        let status = if condition.status { "True" } else { "False" };
        let unchanged = before.filter(|before| before["status"] == status);
        let since = unchanged
            .map_or_else(|| json!(self.now), |before| before["lastTransitionTime"].clone());
        let observed = if self.stale { FIRST_GENERATION } else { self.generation };
        json!({
            "type": condition.kind,
            "status": status,
            "reason": condition.reason,
            "message": condition.message,
            "observedGeneration": observed,
            "lastTransitionTime": since,
        })
    }
}

/// The status of a `GatewayClass`.
pub fn gateway_class(
    class: &Object<GatewayClass>,
    accepted: &Condition,
    features: &[&str],
    env: &Environment<'_>,
) -> Value {
    let merge = Merge {
        stale: env.faults.has(faults::GATEWAY_CLASS_OBSERVED_GENERATION_STALE),
        ..Merge::of(&class.metadata, env)
    };
    let mut status = others(&class.status, &["conditions", "supportedFeatures"]);
    status.insert(
        "conditions".to_owned(),
        merge.conditions(&class.status["conditions"], &[accepted]),
    );
    if env.tells_features {
        let features = features.iter().map(|name| json!({ "name": name })).collect();
        status.insert("supportedFeatures".to_owned(), Value::Array(features));
    }
    Value::Object(status)
}

/// The status of a `Gateway`; `listeners` are its own.
pub fn gateway(
    gateway: &Object<Gateway>,
    conditions: &[&Condition],
    listeners: &[ListenerStatus<'_>],
    attached_sets: usize,
    env: &Environment<'_>,
) -> Value {
    let mut status = of_holder(gateway.into(), conditions, listeners, env);
    let addresses = env.addresses.get(&gateway.key()).into_iter().flatten();
    let is_hostname = gateway.spec.addresses.iter().any(RequestedAddress::is_chosen)
        && env.faults.has(faults::REQUESTED_ADDRESS_OF_ANOTHER_TYPE);
    let kind = if is_hostname { "Hostname" } else { "IPAddress" };
    let addresses = addresses.map(|address| json!({ "type": kind, "value": address }));
    status.insert("addresses".to_owned(), addresses.collect());
    status.insert("attachedListenerSets".to_owned(), json!(attached_sets));
    Value::Object(status)
}

/// The status of a `ListenerSet`; `listeners` are its own.
pub fn listener_set(
    holder: Holder<'_>,
    conditions: &[&Condition],
    listeners: &[ListenerStatus<'_>],
    env: &Environment<'_>,
) -> Value {
    let is_silent = env.faults.has(faults::LISTENERS_OF_LISTENER_SET_NOT_REPORTED);
    let listeners = if is_silent { &[] } else { listeners };
    Value::Object(of_holder(holder, conditions, listeners, env))
}

/// What all that have listeners report.
fn of_holder(
    holder: Holder<'_>,
    conditions: &[&Condition],
    listeners: &[ListenerStatus<'_>],
    env: &Environment<'_>,
) -> Map<String, Value> {
    let merge = Merge {
        stale: env.faults.has(faults::GATEWAY_OBSERVED_GENERATION_STALE),
        drop_foreign: env.faults.has(faults::FOREIGN_GATEWAY_CONDITION_DROPPED),
        touch_foreign: env.faults.has(faults::FOREIGN_CONDITION_REWRITTEN),
        ..Merge::of(holder.metadata, env)
    };
    let ours = ["conditions", "addresses", "listeners", "attachedListenerSets"];
    let mut status = others(holder.status, &ours);
    status.insert(
        "conditions".to_owned(),
        merge.conditions(&holder.status["conditions"], conditions),
    );
    let entries = listeners.iter().map(|listener| listener_entry(holder, listener, env));
    let mut entries: Vec<_> = entries.collect();
    if env.faults.has(faults::REMOVED_LISTENER_KEPT) {
        let known =
            |entry: &Value| listeners.iter().any(|own| entry["name"] == own.state.spec.name);
        let before = holder.status["listeners"].as_array().into_iter().flatten();
        entries.extend(before.filter(|entry| !known(entry)).cloned());
    }
    status.insert("listeners".to_owned(), Value::Array(entries));
    status
}

fn listener_entry(
    holder: Holder<'_>,
    listener: &ListenerStatus<'_>,
    env: &Environment<'_>,
) -> Value {
    let state = listener.state;
    let merge = Merge {
        stale: env.faults.has(faults::LISTENER_OBSERVED_GENERATION_STALE),
        drop_foreign: env.faults.has(faults::FOREIGN_LISTENER_CONDITION_DROPPED),
        ..Merge::of(holder.metadata, env)
    };
    let entries = holder.status["listeners"].as_array();
    let before = entries
        .and_then(|entries| entries.iter().find(|entry| entry["name"] == state.spec.name))
        .unwrap_or(&Value::Null);
    let conditions = [&state.accepted, &state.programmed, &state.resolved_refs, &state.conflicted];
    let mut entry = others(before, &["name", "attachedRoutes", "supportedKinds", "conditions"]);
    entry.insert("name".to_owned(), json!(state.spec.name));
    entry.insert("attachedRoutes".to_owned(), json!(listener.attached_routes));
    let kinds = state.supported_kinds.iter();
    let kinds = kinds.map(|kind| json!({ "group": kind.group, "kind": kind.kind })).collect();
    entry.insert("supportedKinds".to_owned(), Value::Array(kinds));
    entry.insert("conditions".to_owned(), merge.conditions(&before["conditions"], &conditions));
    Value::Object(entry)
}

/// The status of a route: our entry for each of `parents`, those of other controllers untouched.
///
/// None when the route has no entry of ours and needs none.
pub fn route(
    route: RouteRef<'_>,
    parents: &[ParentStatus<'_>],
    env: &Environment<'_>,
) -> Option<Value> {
    let entries = Entries {
        list: "parents",
        reference: "parentRef",
        most: MOST_PARENTS,
        merge: Merge {
            stale: env.faults.has(faults::ROUTE_OBSERVED_GENERATION_STALE),
            ..Merge::of(&route.metadata, env)
        },
        drop_foreign: env.faults.has(faults::FOREIGN_ROUTE_PARENT_DROPPED),
        touch_foreign: env.faults.has(faults::FOREIGN_ROUTE_PARENT_REWRITTEN),
    };
    let namespace = &route.metadata.namespace;
    let ours = parents
        .iter()
        .map(|it| (parent_reference(it.parent, namespace, env), it.conditions.as_slice()));
    entries.status(&route.status, ours.collect(), env)
}

/// The status of a policy: our entry for each of its ancestors with their conditions, as far as there is room, those
/// of other controllers untouched.
///
/// None when the policy has no entry of ours and needs none.
pub fn policy<T>(
    policy: &Object<T>,
    before: &Value,
    ancestors: Vec<(Value, &[&Condition])>,
    env: &Environment<'_>,
) -> Option<Value> {
    let entries = Entries {
        list: "ancestors",
        reference: "ancestorRef",
        most: MOST_ANCESTORS,
        merge: Merge {
            stale: env.faults.has(faults::POLICY_OBSERVED_GENERATION_STALE),
            ..Merge::of(&policy.metadata, env)
        },
        drop_foreign: env.faults.has(faults::FOREIGN_POLICY_ANCESTOR_DROPPED),
        touch_foreign: env.faults.has(faults::FOREIGN_POLICY_ANCESTOR_REWRITTEN),
    };
    entries.status(before, ancestors, env)
}

/// For how many ancestors there is room in the status of a policy beside those of other controllers.
pub fn room_for_ancestors(status: &Value, env: &Environment<'_>) -> usize {
    let entries = status["ancestors"].as_array().into_iter().flatten();
    let foreign = entries.filter(|entry| entry["controllerName"] != env.controller_name);
    MOST_ANCESTORS.saturating_sub(foreign.count())
}

/// A list of entries, each of one controller and about one object.
struct Entries<'a> {
    /// The list's field.
    list: &'static str,
    /// Where an entry says what it is about.
    reference: &'static str,
    /// How many there can be.
    most: usize,
    merge: Merge<'a>,
    /// Removes the entries of other controllers (a fault).
    drop_foreign: bool,
    /// Writes the generation into the entries of other controllers (a fault).
    touch_foreign: bool,
}

impl Entries<'_> {
    /// The status with an entry for each of `ours`; none when it has no entry of ours and needs none.
    fn status(
        &self,
        before: &Value,
        ours: Vec<(Value, &[&Condition])>,
        env: &Environment<'_>,
    ) -> Option<Value> {
        let there = before[self.list].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_own = |entry: &&Value| entry["controllerName"] == env.controller_name;
        if ours.is_empty() && !there.iter().any(|entry| is_own(&entry)) {
            return None;
        }
        let foreign = there.iter().filter(|entry| !is_own(entry) && !self.drop_foreign);
        let mut entries: Vec<_> = foreign.cloned().collect();
        if self.touch_foreign {
            let conditions = entries.iter_mut().filter_map(|it| it["conditions"].as_array_mut());
            for condition in conditions.flatten() {
                condition["observedGeneration"] = json!(self.merge.generation);
            }
        }
        let room = self.most.saturating_sub(entries.len());
        for (reference, conditions) in ours.into_iter().take(room) {
            let mut own = there.iter().filter(is_own);
            let before = own.find(|entry| entry[self.reference] == reference);
            let before = before.map_or(&Value::Null, |entry| &entry["conditions"]);
            entries.push(json!({
                self.reference: reference,
                "controllerName": env.controller_name,
                "conditions": self.merge.conditions(before, conditions),
            }));
        }
        let mut status = others(before, &[self.list]);
        status.insert(self.list.to_owned(), Value::Array(entries));
        Some(Value::Object(status))
    }
}

/// What our first entry in the route's status says of Accepted.
pub fn accepted<'a>(route: RouteRef<'a>, env: &Environment<'_>) -> Option<&'a str> {
    let mut parents = route.object.status["parents"].as_array()?.iter();
    let ours = parents.find(|entry| entry["controllerName"] == env.controller_name)?;
    let mut conditions = ours["conditions"].as_array()?.iter();
    conditions.find(|condition| condition["type"] == "Accepted")?["status"].as_str()
}

fn parent_reference(parent: &ParentReference, namespace: &str, env: &Environment<'_>) -> Value {
    let mut reference = Map::new();
    let group = parent.group.as_deref().unwrap_or(GATEWAY_GROUP);
    reference.insert("group".to_owned(), json!(group));
    let kind = parent.kind.as_deref().unwrap_or("Gateway");
    let is_mistaken =
        kind == "ListenerSet" && env.faults.has(faults::LISTENER_SET_PARENT_REPORTED_AS_GATEWAY);
    reference.insert("kind".to_owned(), json!(if is_mistaken { "Gateway" } else { kind }));
    if !env.faults.has(faults::PARENT_REF_NAMESPACE_OMITTED) {
        let namespace = parent.namespace.as_deref().unwrap_or(namespace);
        reference.insert("namespace".to_owned(), json!(namespace));
    }
    reference.insert("name".to_owned(), json!(parent.name));
    if let Some(section_name) = &parent.section_name {
        reference.insert("sectionName".to_owned(), json!(section_name));
    }
    if let Some(port) = parent.port {
        reference.insert("port".to_owned(), json!(port));
    }
    Value::Object(reference)
}

/// The fields of an object that are not ours to write.
fn others(value: &Value, ours: &[&str]) -> Map<String, Value> {
    let fields = value.as_object().into_iter().flatten();
    let others = fields.filter(|(name, _)| !ours.contains(&name.as_str()));
    others.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERGE: Merge<'_> = Merge {
        generation: 2,
        stale: false,
        drop_foreign: false,
        touch_foreign: false,
        now: "2026-01-02T00:00:00Z",
    };

    #[test]
    fn foreign_conditions_stay_and_transition_times_move_with_the_status_alone() {
        let foreign = json!({ "type": "Foreign", "status": "Unknown", "reason": "Odd" });
        let time = "2026-01-01T00:00:00Z";
        let existing = json!([
            { "type": "Accepted", "status": "True", "reason": "Pending", "lastTransitionTime": time },
            foreign,
            { "type": "Programmed", "status": "Unknown", "lastTransitionTime": time },
        ]);
        let ours = [
            Condition::yes("Accepted", "Accepted"),
            Condition::no("Programmed", "Invalid", "why".to_owned()),
            Condition::yes("ResolvedRefs", "ResolvedRefs"),
        ];
        let ours = ours.each_ref();
        let merged = MERGE.conditions(&existing, &ours);
        assert_eq!(merged[0]["lastTransitionTime"], time);
        assert_eq!(merged[0]["reason"], "Accepted");
        assert_eq!(merged[0]["observedGeneration"], 2);
        assert_eq!(merged[1], foreign);
        assert_eq!(merged[2]["lastTransitionTime"], MERGE.now);
        assert_eq!(merged[3]["type"], "ResolvedRefs");
        assert_eq!(MERGE.conditions(&merged, &ours), merged, "a second merge changes nothing");
    }
}
