//! Conditions as a status holds them, read tolerantly: what is missing reads as empty.

use std::fmt;

use model::{condition::Condition, names::STALE_CONDITION};
use serde_json::Value;

use crate::object::Object;

/// One condition of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionView<'a> {
    /// Its `type`.
    pub kind: &'a str,
    /// `True`, `False` or `Unknown`.
    pub status: &'a str,
    /// Its reason.
    pub reason: &'a str,
    /// Its message, for people.
    pub message: &'a str,
    /// The `metadata.generation` that it speaks of.
    pub observed_generation: Option<i64>,
}

impl<'a> ConditionView<'a> {
    fn of(value: &'a Value) -> Self {
        let text = |field: &str| value[field].as_str().unwrap_or_default();
        Self {
            kind: text("type"),
            status: text("status"),
            reason: text("reason"),
            message: text("message"),
            observed_generation: value["observedGeneration"].as_i64(),
        }
    }

    /// Whether it is what is wanted.
    pub fn satisfies(&self, wanted: &Condition) -> bool {
        wanted.is_met_by(self.kind, self.status, self.reason)
    }
}

impl fmt::Display for ConditionView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}/{}", self.kind, self.status, self.reason)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, " (\"{}\")", self.message) }
    }
}

/// The conditions below `holder.conditions`; the holder is a status, or an entry of one (a parent,
/// a listener).
pub fn conditions(holder: &Value) -> Vec<ConditionView<'_>> {
    holder["conditions"].as_array().into_iter().flatten().map(ConditionView::of).collect()
}

/// Whether every condition speaks of the object's current generation.
///
/// None at all is fresh. A condition of the type that tests plant to see whether foreign
/// conditions survive is never stale.
///
/// # Errors
///
/// A sentence that names the first stale condition and both generations.
pub fn freshness(object: &Object, conditions: &[ConditionView<'_>]) -> Result<(), String> {
    let current = object.metadata.generation.unwrap_or_default();
    let stale = conditions.iter().find(|condition| {
        condition.kind != STALE_CONDITION
            && condition.observed_generation.unwrap_or_default() != current
    });
    match stale {
        None => Ok(()),
        Some(condition) => Err(match condition.observed_generation {
            Some(seen) => format!(
                "condition {} is of generation {seen}, the object is at {current}",
                condition.kind
            ),
            None => format!(
                "condition {} has no observedGeneration, the object is at {current}",
                condition.kind
            ),
        }),
    }
}

/// Whether a wanted condition is among those there.
///
/// # Errors
///
/// What is there instead: the condition of that type, or that there is none.
pub fn satisfied(conditions: &[ConditionView<'_>], wanted: &Condition) -> Result<(), String> {
    if conditions.iter().any(|condition| condition.satisfies(wanted)) {
        return Ok(());
    }
    let same_type: Vec<_> = conditions
        .iter()
        .filter(|condition| condition.kind == wanted.kind.name())
        .map(ToString::to_string)
        .collect();
    if !same_type.is_empty() {
        return Err(same_type.join(", "));
    }
    Err(match conditions {
        [] => "no conditions".to_owned(),
        present => format!(
            "no condition {}, only {}",
            wanted.kind.name(),
            present.iter().map(|condition| condition.kind).collect::<Vec<_>>().join(", ")
        ),
    })
}

#[cfg(test)]
mod tests {
    use model::condition::{ConditionType, Reason};
    use serde_json::json;

    use super::*;

    fn route_at(generation: i64) -> Object {
        serde_json::from_value(json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": { "name": "r", "generation": generation },
        }))
        .unwrap()
    }

    #[test]
    fn a_condition_of_an_older_generation_is_stale() {
        let status = json!({ "conditions": [
            { "type": STALE_CONDITION, "status": "True", "observedGeneration": 1 },
            { "type": "Accepted", "status": "True", "reason": "Accepted", "observedGeneration": 2 },
        ]});
        let found = conditions(&status);
        assert_eq!(freshness(&route_at(2), &found), Ok(()));
        assert_eq!(
            freshness(&route_at(3), &found),
            Err("condition Accepted is of generation 2, the object is at 3".to_owned())
        );
    }

    #[test]
    fn a_condition_without_generation_is_stale_and_none_at_all_is_fresh() {
        let status = json!({ "conditions": [{ "type": "Accepted", "status": "True" }] });
        assert!(freshness(&route_at(1), &conditions(&status)).is_err());
        assert_eq!(freshness(&route_at(1), &conditions(&Value::Null)), Ok(()));
    }

    #[test]
    fn what_is_there_instead_is_told() {
        let status = json!({ "conditions": [
            { "type": "Accepted", "status": "False", "reason": "NoMatchingParent", "message": "no" },
        ]});
        let found = conditions(&status);
        assert_eq!(
            satisfied(&found, &ConditionType::Accepted.no(Reason::NoMatchingParent)),
            Ok(())
        );
        assert_eq!(
            satisfied(&found, &ConditionType::Accepted.yes()),
            Err("Accepted=False/NoMatchingParent (\"no\")".to_owned())
        );
        assert_eq!(
            satisfied(&found, &ConditionType::ResolvedRefs.yes()),
            Err("no condition ResolvedRefs, only Accepted".to_owned())
        );
    }
}
