//! What is wrong with a status before it is right.

use std::time::Duration;

use serde_json::{Value, json};

use crate::chance::{Chance, Purpose};
use crate::core::{StatusKind, StatusUpdate};
use crate::lag::{Delay, Lag};

/// A condition type of an implementation's own.
const EXTRA: &str = "gateway-conformance.dev/Settled";
/// What the API server sets as the time of conditions that nobody has written yet.
const NO_TIME: &str = "1970-01-01T00:00:00Z";
/// The condition types of the Gateway API that this controller writes.
const OWN: [&str; 5] =
    ["Accepted", "Programmed", "ResolvedRefs", "Conflicted", "InsecureFrontendValidationMode"];

/// How statuses are written.
pub struct Noise {
    controller_name: String,
    lag: Lag,
    chance: Chance,
}

/// A status to be written.
#[derive(Debug, Clone)]
pub struct Step {
    /// The status.
    pub status: Value,
    /// How long to wait before.
    pub pause: Duration,
}

impl Step {
    /// The only one.
    pub fn at_once(status: Value) -> Self {
        Self { status, pause: Duration::ZERO }
    }
}

impl Noise {
    /// None if each status is written once, as it is.
    pub fn new(lag: &Lag, controller_name: &str) -> Option<Self> {
        let Lag { interim_statuses, outdated_statuses, repeated_statuses, .. } = lag;
        let times = [interim_statuses, outdated_statuses, repeated_statuses];
        let noisy = lag.extra_conditions || times.into_iter().any(Option::is_some);
        noisy.then(|| Self {
            controller_name: controller_name.to_owned(),
            lag: lag.clone(),
            chance: Chance::new(lag.seed, Purpose::Statuses),
        })
    }

    /// What is written for an update of a status that is `before` now. The last of it is right.
    pub fn steps(&mut self, update: &StatusUpdate, before: &Value) -> Vec<Step> {
        let mut right = update.status.clone();
        if self.lag.extra_conditions {
            self.add_conditions(&mut right, update.kind);
        }
        let Lag { interim_statuses, outdated_statuses, repeated_statuses, .. } = self.lag.clone();
        let mut statuses: Vec<(Value, Option<Delay>)> = Vec::new();
        if let Some(pause) = interim_statuses {
            statuses.push((self.pending(&right, before, update.kind), Some(pause)));
        }
        if let Some(pause) = repeated_statuses {
            statuses.push((self.untimed(&right, update.kind), Some(pause)));
        }
        if let (Some(pause), Some(_)) = (outdated_statuses, before.as_object()) {
            statuses.push((right.clone(), Some(pause.clone())));
            statuses.push((once_more(before, &right), Some(pause)));
        }
        statuses.push((right, None));
        let mut steps = Vec::new();
        let mut pause = None;
        for (status, next) in statuses {
            steps.push(Step { status, pause: self.chance.time(pause.as_ref()) });
            pause = next;
        }
        steps
    }

    /// Puts a condition of another type into each list, and the lists in any order.
    fn add_conditions(&mut self, status: &mut Value, kind: StatusKind) {
        for conditions in lists(status, kind, &self.controller_name) {
            let Some(accepted) = conditions.iter().find(|there| there["type"] == "Accepted") else {
                continue;
            };
            let observed = accepted["observedGeneration"].clone();
            let since = accepted["lastTransitionTime"].clone();
            conditions.retain(|there| there["type"] != EXTRA);
            conditions.push(json!({
                "type": EXTRA,
                "status": "True",
                "reason": "Settled",
                "message": "",
                "observedGeneration": observed,
                "lastTransitionTime": since,
            }));
            self.chance.shuffle(conditions);
        }
    }

    /// The status with those conditions pending that are not the same already.
    fn pending(&self, right: &Value, before: &Value, kind: StatusKind) -> Value {
        let mut before = before.clone();
        let known: Vec<Value> = lists(&mut before, kind, &self.controller_name)
            .into_iter()
            .flat_map(|conditions| conditions.clone())
            .collect();
        let mut interim = right.clone();
        for conditions in lists(&mut interim, kind, &self.controller_name) {
            for condition in conditions.iter_mut().filter(|condition| is_own(condition)) {
                if !known.contains(condition) {
                    condition["status"] = "Unknown".into();
                    condition["reason"] = "Pending".into();
                    condition["message"] = "waiting for the data plane".into();
                }
            }
        }
        interim
    }

    /// The status with conditions that do not know yet since when they are so.
    fn untimed(&self, right: &Value, kind: StatusKind) -> Value {
        let mut untimed = right.clone();
        for conditions in lists(&mut untimed, kind, &self.controller_name) {
            for condition in conditions.iter_mut().filter(|condition| is_own(condition)) {
                condition["lastTransitionTime"] = NO_TIME.into();
            }
        }
        untimed
    }
}

fn is_own(condition: &Value) -> bool {
    condition["type"].as_str().is_some_and(|kind| OWN.contains(&kind))
}

/// A former status; what it did not have is taken away by a merge patch.
fn once_more(before: &Value, right: &Value) -> Value {
    let mut before = before.clone();
    for name in right.as_object().into_iter().flat_map(|status| status.keys()) {
        if before.get(name).is_none() {
            before[name] = Value::Null;
        }
    }
    before
}

/// The lists of conditions in a status that are ours to write.
fn lists<'a>(
    status: &'a mut Value,
    kind: StatusKind,
    controller_name: &str,
) -> Vec<&'a mut Vec<Value>> {
    let Some(fields) = status.as_object_mut() else { return Vec::new() };
    let mut lists = Vec::new();
    for (name, value) in fields {
        match (kind, name.as_str()) {
            (_, "conditions") => lists.extend(value.as_array_mut()),
            (StatusKind::Gateway | StatusKind::ListenerSet, "listeners") => {
                let entries = value.as_array_mut().into_iter().flatten();
                lists.extend(
                    entries.filter_map(|entry| entry.get_mut("conditions")?.as_array_mut()),
                );
            }
            (StatusKind::Route(_), "parents") | (StatusKind::BackendTlsPolicy, "ancestors") => {
                let entries = value.as_array_mut().into_iter().flatten();
                let ours = entries.filter(|entry| entry["controllerName"] == controller_name);
                lists.extend(ours.filter_map(|entry| entry.get_mut("conditions")?.as_array_mut()));
            }
            _ => {}
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::objects::Key;
    use crate::core::route_kind::RouteKind;

    const CONTROLLER: &str = "example.dev/controller";

    fn condition(kind: &str, status: &str, generation: i64) -> Value {
        json!({
            "type": kind, "status": status, "reason": kind, "message": "",
            "observedGeneration": generation, "lastTransitionTime": "2026-01-01T00:00:00Z",
        })
    }

    fn route(conditions: &[Value]) -> Value {
        json!({ "parents": [
            { "controllerName": "example.dev/other", "conditions": [condition("Accepted", "True", 1)] },
            { "controllerName": CONTROLLER, "conditions": conditions },
        ]})
    }

    /// What is written for a route whose references came to be resolved.
    fn written(lag: &Lag) -> Vec<Value> {
        let before =
            route(&[condition("Accepted", "True", 2), condition("ResolvedRefs", "False", 2)]);
        let after =
            route(&[condition("Accepted", "True", 2), condition("ResolvedRefs", "True", 2)]);
        let update = StatusUpdate {
            kind: StatusKind::Route(RouteKind::Http),
            key: Key::new("n", "r"),
            resource_version: "1".to_owned(),
            status: after,
        };
        let mut noise = Noise::new(lag, CONTROLLER).expect("there is noise");
        noise.steps(&update, &before).into_iter().map(|step| step.status).collect()
    }

    fn statuses(status: &Value) -> Vec<&str> {
        let conditions = status["parents"][1]["conditions"].as_array().expect("conditions");
        let mut statuses: Vec<_> = conditions
            .iter()
            .map(|condition| (condition["type"].as_str(), condition["status"].as_str()))
            .collect();
        statuses.sort_unstable();
        statuses.into_iter().filter_map(|(_, status)| status).collect()
    }

    #[test]
    fn whatever_comes_before_the_last_status_is_right() {
        let pause = Some(Duration::ZERO..=Duration::ZERO);
        let interim = written(&Lag { interim_statuses: pause.clone(), ..Lag::default() });
        let seen: Vec<_> = interim.iter().map(statuses).collect();
        assert_eq!(seen, [["True", "Unknown"], ["True", "True"]]);
        let outdated = written(&Lag { outdated_statuses: pause.clone(), ..Lag::default() });
        let seen: Vec<_> = outdated.iter().map(statuses).collect();
        assert_eq!(seen, [["True", "True"], ["True", "False"], ["True", "True"]]);
        let repeated = written(&Lag { repeated_statuses: pause, ..Lag::default() });
        assert_ne!(repeated[0], repeated[1]);
        assert_eq!(repeated[1], interim[1]);
    }

    #[test]
    fn extra_conditions_are_current_and_only_in_lists_of_ours() {
        let written = written(&Lag { extra_conditions: true, ..Lag::default() });
        let [status] = written.as_slice() else { panic!("{written:?}") };
        assert_eq!(status["parents"][0]["conditions"].as_array().map(Vec::len), Some(1));
        let conditions = status["parents"][1]["conditions"].as_array().expect("conditions");
        let extra = conditions.iter().find(|condition| condition["type"] == EXTRA);
        assert_eq!(extra.expect("it is there")["observedGeneration"], 2);
        assert_eq!(conditions.len(), 3);
    }
}
