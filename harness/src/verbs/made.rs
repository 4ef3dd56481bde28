//! What a test makes beside its manifests, since it depends on what the test has found.

use std::sync::PoisonError;

use cluster::{Key, Kind, Object};
use model::{names::INFRA, verdict::Verdict};
use serde_json::Value;

use crate::verbs::subject::{Subject, refused};

impl Subject {
    /// Makes an object in the infra namespace; it is removed after the test.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses.
    pub async fn make(&self, kind: Kind, name: &str, data: Value) -> Verdict {
        let object = Object::new(name, &kind.resource()).within(INFRA).data(data);
        let object = self.session.dress(object, Some(self.notes.test()));
        let key = self.key(kind, INFRA, name);
        self.held.changed(&key);
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(key);
        self.session.apply(&object).await.map_err(refused)?;
        self.note_applied(1);
        Ok(())
    }

    /// All that it made.
    pub(crate) fn all_made(&self) -> Vec<Key> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
