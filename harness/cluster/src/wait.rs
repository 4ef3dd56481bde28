//! Waiting for what an object shall become, driven by its changes and never by a clock.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use jiff::Timestamp;
use model::verdict::Moment;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use crate::object::Object;

/// How far an object is from what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<T> {
    /// It is as expected.
    Met(T),
    /// It is not, because …, but may still become so.
    NotYet(String),
    /// It is not, because …, and no change will make it so.
    Never(String),
}

/// What was expected did not come.
#[derive(Clone, Debug)]
pub struct Unmet {
    /// Why it was not as expected, at the end.
    pub because: String,
    /// How long that had been the reason.
    pub since: Duration,
    /// How long it was waited for in all.
    pub waited: Duration,
    /// Whether the wait ended early, since no change could have helped.
    pub never: bool,
    /// The reasons over time, oldest first; of many the last ones.
    pub history: Vec<Moment>,
    /// The object at the end, where one was waited for and was there.
    pub last: Option<Arc<Object>>,
    /// Why changes may not have been seen: the watch was interrupted, or could not begin.
    pub watch_error: Option<String>,
}

/// How many changes of the reason are kept.
const HISTORY: usize = 50;

/// What one look at the watched objects gave.
pub(crate) struct Look<T> {
    pub progress: Progress<T>,
    pub last: Option<Arc<Object>>,
    pub watch_error: Option<String>,
    /// Whether the watch cannot begin, so that waiting on is of no use.
    pub hopeless: bool,
}

/// Looks now and after each change, until the expectation is met or the limit has passed.
pub(crate) async fn until<T>(
    mut changes: watch::Receiver<()>,
    limit: Duration,
    mut look: impl FnMut() -> Look<T>,
) -> Result<T, Unmet> {
    let mut tale = Tale::new();
    let deadline = tale.began + limit;
    loop {
        changes.borrow_and_update();
        let Look { progress, last, watch_error, hopeless } = look();
        let (because, never) = match progress {
            Progress::Met(value) => return Ok(value),
            Progress::NotYet(because) => (because, false),
            Progress::Never(because) => (because, true),
        };
        tale.note(because);
        if never || hopeless {
            return Err(tale.end(never, last, watch_error));
        }
        // A closed channel would mean that the watch itself is gone: nothing more will change.
        if !matches!(timeout_at(deadline, changes.changed()).await, Ok(Ok(()))) {
            return Err(tale.end(false, last, watch_error));
        }
    }
}

/// The reasons of a wait over time.
struct Tale {
    began: Instant,
    changed: Instant,
    history: VecDeque<Moment>,
}

impl Tale {
    fn new() -> Self {
        let began = Instant::now();
        Self { began, changed: began, history: VecDeque::new() }
    }

    fn note(&mut self, because: String) {
        if self.history.back().is_some_and(|last| last.what == because) {
            return;
        }
        self.changed = Instant::now();
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(Moment { at: Timestamp::now(), what: because });
    }

    fn end(self, never: bool, last: Option<Arc<Object>>, watch_error: Option<String>) -> Unmet {
        let now = Instant::now();
        Unmet {
            because: self.history.back().map(|moment| moment.what.clone()).unwrap_or_default(),
            since: now - self.changed,
            waited: now - self.began,
            never,
            history: self.history.into(),
            last,
            watch_error,
        }
    }
}

/// A short pause before a conflicting write is tried again: another writer of the same object
/// gives no other sign that it has finished.
#[expect(
    clippy::disallowed_methods,
    reason = "there is nothing to watch for the end of a conflict, or of a second of the API server's clock"
)]
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Waits until what is created now is younger than all that was created before, in seconds, as an object's
/// `creationTimestamp` counts: of two routes that match alike the older one takes the request.
pub async fn next_second() {
    pause(Duration::from_secs(1)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not_yet<T>(because: &str) -> Look<T> {
        let progress = Progress::NotYet(because.to_owned());
        Look { progress, last: None, watch_error: None, hopeless: false }
    }

    #[tokio::test]
    async fn a_limit_ends_the_wait_with_the_last_reason_and_its_age() {
        let (changes, seen) = watch::channel(());
        let mut looks = 0;
        let wait = until::<()>(seen, Duration::from_millis(60), || {
            looks += 1;
            not_yet(if looks == 1 { "no status" } else { "not accepted" })
        });
        let change = async {
            let _ = timeout_at(Instant::now() + Duration::from_millis(20), changes.closed()).await;
            changes.send_replace(());
        };
        let unmet = futures::join!(wait, change).0.unwrap_err();
        assert_eq!(unmet.because, "not accepted");
        assert!(unmet.waited >= Duration::from_millis(60), "{unmet:?}");
        assert!(unmet.waited >= unmet.since + Duration::from_millis(20), "{unmet:?}");
        assert_eq!(unmet.history.len(), 2);
        assert!(!unmet.never);
        assert_eq!(looks, 2, "it looks when something changed, and not otherwise");
    }

    #[tokio::test]
    async fn never_ends_the_wait_at_once() {
        let (_changes, seen) = watch::channel(());
        let unmet = until::<()>(seen, Duration::from_secs(60), || Look {
            progress: Progress::Never("the class is another's".to_owned()),
            ..not_yet("")
        })
        .await
        .unwrap_err();
        assert!(unmet.never);
        assert!(unmet.waited < Duration::from_secs(60));
    }
}
