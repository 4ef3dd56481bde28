//! What a test has seen fulfilled, and what must still be so when it ends.
//!
//! A watch sees a state that lasts a moment; who polls would seldom. A status that was right once and is
//! wrong ever after is not right.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use cluster::{Key, Object};
use model::{
    timeouts::Limit,
    verdict::{Stop, Verdict},
};

use crate::{subject::Subject, together::all_of};

/// What was fulfilled, in the order in which it was.
#[derive(Default)]
pub(crate) struct Held(Mutex<Vec<Expectation>>);

struct Expectation {
    key: Key,
    limit: Duration,
    expected: String,
    expect: Box<Expect>,
}

type Expect = dyn Fn(&Object) -> Result<(), String> + Send + Sync;

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

    /// The test changes an object itself: what was fulfilled by it, or by objects of other kinds, which
    /// may depend on it, need not stay so.
    pub(crate) fn changed(&self, key: &Key) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|held| held.key.kind == key.kind && held.key != *key);
    }

    fn take(&self) -> Vec<Expectation> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Subject {
    /// What the test has seen fulfilled must be so at its end, or become so again within
    /// `MaxTimeToConsistency`: an older status may be written once more by a right implementation.
    ///
    /// # Errors
    ///
    /// A failure that shows what it is now.
    pub(crate) async fn must_still_hold(&self) -> Verdict {
        let longest = self.limit(Limit::MaxTimeToConsistency);
        let held = self.held.take();
        let checks = held.iter().map(|held| async move {
            let expected = format!("{}, to the end of the test", held.expected);
            let limit = held.limit.min(longest);
            match self.until(&held.key, limit, &expected, &held.expect).await {
                Err(Stop::Failed(failure)) => {
                    let cause = "it was so for a moment only";
                    Err(failure.because(cause).into())
                }
                other => other,
            }
        });
        all_of(checks).await
    }
}
