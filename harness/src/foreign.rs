//! Parts of a status that a test writes in another controller's name, to see whether they survive.

use cluster::{Key, Object};
use model::verdict::{Failure, JudgeError, Mismatch, Verdict};
use serde_json::Value;

use crate::{gateway::GatewayObject, route::Attachment, subject::Subject};

/// Where a part of a status is found in its object.
pub type Part = fn(&Object) -> Option<&Value>;

/// Parts of a status that a test wrote, as the API server has kept them.
#[derive(Clone, Debug)]
pub struct Seeded {
    parts: Vec<(Part, Value)>,
}

impl GatewayObject<'_> {
    /// Changes the Gateway's status as another controller would, and remembers these parts of it.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses, or leaves out a part.
    pub async fn seed_status(&self, seed: fn(&mut Object), parts: &[Part]) -> Verdict<Seeded> {
        seed_status(self.subject, &self.key, seed, parts).await
    }

    /// The Gateway's status must still have what was seeded, the same in every field.
    ///
    /// # Errors
    ///
    /// A failure with each part that is gone or changed; an error if the Gateway cannot be read.
    pub async fn must_keep(&self, seeded: &Seeded) -> Verdict {
        must_keep(self.subject, &self.key, seeded).await
    }
}

impl Attachment<'_, '_> {
    /// Changes the route's status as another controller would, and remembers these parts of it.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses, or leaves out a part.
    pub async fn seed_status(&self, seed: fn(&mut Object), parts: &[Part]) -> Verdict<Seeded> {
        seed_status(self.subject, &self.key, seed, parts).await
    }

    /// The route's status must still have what was seeded, the same in every field.
    ///
    /// # Errors
    ///
    /// A failure with each part that is gone or changed; an error if the route cannot be read.
    pub async fn must_keep(&self, seeded: &Seeded) -> Verdict {
        must_keep(self.subject, &self.key, seeded).await
    }
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
            (now != Some(kept)).then(|| {
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
