//! Parts of a status that a test writes in another controller's name, to see whether they survive.

use cluster::{Key, Object};
use jiff::Timestamp;
use model::{
    names::{GROUP, STALE_CONTROLLER},
    verdict::{Failure, JudgeError, Mismatch, Verdict},
};
use serde_json::{Value, json};

use crate::verbs::{
    gateway::GatewayObject,
    policy::{Effect, Policy},
    route::Attachment,
    subject::Subject,
};

/// Where a part of a status is found in its object.
pub type Part = fn(&Object) -> Option<&Value>;

/// Parts of a status that a test wrote, as the API server has kept them.
#[derive(Clone, Debug)]
pub struct Seeded {
    parts: Vec<(Part, Value)>,
}

/// What has a status of which a part may be another controller's.
pub trait Reported {
    /// Which object, as which test sees it.
    fn place(&self) -> (&Subject, &Key);

    /// Changes the status as another controller would, and remembers these parts of it.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses, or leaves out a part.
    fn seed_status(
        &self,
        seed: fn(&mut Object),
        parts: &[Part],
    ) -> impl Future<Output = Verdict<Seeded>> + Send {
        let (subject, key) = self.place();
        seed_status(subject, key, seed, parts)
    }

    /// The status must still have what was seeded, the same in every field; a time may be spelled
    /// otherwise.
    ///
    /// # Errors
    ///
    /// A failure with each part that is gone or changed; an error if the object cannot be read.
    fn must_keep(&self, seeded: &Seeded) -> impl Future<Output = Verdict> + Send {
        let (subject, key) = self.place();
        must_keep(subject, key, seeded)
    }
}

impl Reported for GatewayObject<'_> {
    fn place(&self) -> (&Subject, &Key) {
        (self.subject, &self.key)
    }
}

impl Reported for Attachment<'_, '_> {
    fn place(&self) -> (&Subject, &Key) {
        (self.subject, &self.key)
    }
}

impl Reported for Effect<'_, '_> {
    fn place(&self) -> (&Subject, &Key) {
        (self.subject, &self.key)
    }
}

impl Reported for Policy<'_> {
    fn place(&self) -> (&Subject, &Key) {
        (self.subject, &self.key)
    }
}

/// An entry of `status.ancestors` for a Gateway beside a policy, as another controller would write it.
pub fn foreign_ancestor(policy: &Object, gateway: &str) -> Value {
    json!({
        "ancestorRef": {
            "group": GROUP, "kind": "Gateway", "name": gateway, "namespace": policy.metadata.namespace,
        },
        "controllerName": STALE_CONTROLLER,
        "conditions": [{
            "type": "Accepted", "status": "True", "reason": "Accepted", "message": "",
            "observedGeneration": policy.metadata.generation,
            "lastTransitionTime": "2024-01-01T00:00:00Z",
        }],
    })
}

async fn seed_status(
    subject: &Subject,
    key: &Key,
    seed: fn(&mut Object),
    parts: &[Part],
) -> Verdict<Seeded> {
    let object = subject.edit_status(key, seed).await?;
    let kept = parts.iter().map(|part| part(&object).map(|value| (*part, value.clone())));
    match kept.collect::<Option<Vec<_>>>() {
        Some(parts) => Ok(Seeded { parts }),
        None => Err(JudgeError::new(format!(
            "the status of {key} does not have what the test wrote into it"
        ))
        .into()),
    }
}

async fn must_keep(subject: &Subject, key: &Key, seeded: &Seeded) -> Verdict {
    let object = subject.read(key).await?;
    let mismatches: Vec<_> = seeded
        .parts
        .iter()
        .filter_map(|(part, kept)| {
            let now = part(&object);
            let is_kept = now.is_some_and(|now| in_instants(now) == in_instants(kept));
            (!is_kept).then(|| {
                let observed = now.map_or_else(|| "it is gone".to_owned(), Value::to_string);
                Mismatch::new(key.to_string(), format!("the foreign status {kept}"), observed)
            })
        })
        .collect();
    if mismatches.is_empty() {
        return Ok(());
    }
    Err(Failure { mismatches, ..Failure::default() }.into())
}

/// The value with its `lastTransitionTime`s in one spelling: `…T00:00:00Z` and `…T01:00:00+01:00` are the
/// same instant, and no rewrite.
fn in_instants(value: &Value) -> Value {
    let of_field = |(name, value): (&String, &Value)| {
        let instant = (name == "lastTransitionTime").then(|| value.as_str()?.parse().ok());
        let instant: Option<Timestamp> = instant.flatten();
        let value = instant.map_or_else(|| in_instants(value), |it| it.to_string().into());
        (name.clone(), value)
    };
    match value {
        Value::Object(fields) => fields.iter().map(of_field).collect(),
        Value::Array(items) => items.iter().map(in_instants).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_another_spelling_is_the_same() {
        let at =
            |time: &str| json!({ "conditions": [{ "lastTransitionTime": time, "message": time }] });
        let seeded = at("2024-01-01T00:00:00Z");
        let mut spelled = seeded.clone();
        spelled["conditions"][0]["lastTransitionTime"] = "2024-01-01T01:00:00.000+01:00".into();
        assert_eq!(in_instants(&seeded), in_instants(&spelled));
        assert_ne!(in_instants(&seeded), in_instants(&at("2024-01-01T00:00:01Z")));
        spelled["conditions"][0]["message"] = "2024-01-01T01:00:00+01:00".into();
        assert_ne!(in_instants(&seeded), in_instants(&spelled), "only where it is a time");
    }
}
