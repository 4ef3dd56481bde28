//! What a test has seen fulfilled, and what must still be so when it ends.
//!
//! A watch sees a state that lasts a moment; who polls would seldom. A status that was right once and is
//! wrong ever after is not right.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use cluster::{Key, Kind, Object};

/// What was fulfilled, in the order in which it was.
#[derive(Default)]
pub(crate) struct Held(Mutex<Vec<Expectation>>);

/// An expectation that was fulfilled.
pub(crate) struct Expectation {
    pub(crate) key: Key,
    /// How long it was given.
    pub(crate) limit: Duration,
    pub(crate) expected: String,
    pub(crate) expect: Box<Expect>,
}

pub(crate) type Expect = dyn Fn(&Object) -> Result<(), String> + Send + Sync;

impl Held {
    /// This was fulfilled.
    pub(crate) fn hold(
        &self,
        key: &Key,
        limit: Duration,
        expected: &str,
        expect: impl Fn(&Object) -> Result<(), String> + Send + Sync + 'static,
    ) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|held| held.key != *key || held.expected != expected);
        let (key, expected, expect) = (key.clone(), expected.to_owned(), Box::new(expect));
        all.push(Expectation { key, limit, expected, expect });
    }

    /// The test changes an object itself: what was fulfilled by it, or by objects that may depend on it, need not
    /// stay so. These are all of other kinds, and policies, which may have been in conflict.
    pub(crate) fn changed(&self, key: &Key) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_apart = |held: &Key| held.kind == key.kind && held != key;
        let is_policy = matches!(key.kind, Kind::Policy | Kind::Own(_));
        all.retain(|held| !is_policy && is_apart(&held.key));
    }

    /// All of them; none is held after that.
    pub(crate) fn take(&self) -> Vec<Expectation> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
