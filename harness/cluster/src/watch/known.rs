//! What a session knows better than its watches.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::object::{Key, Object};

/// The newest version of each object that the API server has answered to a write or a read of this
/// session.
///
/// A watch is a moment behind: without this, an expectation could be met by the status that an
/// object had before the session changed its spec.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<Key, u64>>);

impl Known {
    pub(super) fn note(&self, key: &Key, object: &Object) {
        if let Some(version) = version(object) {
            let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let noted = newest.entry(key.clone()).or_default();
            *noted = version.max(*noted);
        }
    }

    /// Whether what a watch shows is older than what was answered.
    pub(super) fn is_ahead_of(&self, key: &Key, shown: &Object) -> bool {
        let newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(key).is_some_and(|noted| version(shown).is_some_and(|shown| shown < *noted))
    }
}

/// Resource versions are comparable as numbers on every API server that keeps its objects in etcd,
/// and promised to be since Kubernetes 1.35; one that is no number is not compared.
pub(super) fn version(object: &Object) -> Option<u64> {
    object.metadata.resource_version.as_ref()?.parse().ok()
}
