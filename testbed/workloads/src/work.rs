//! Keys of objects to look at, worked on one at a time per key and side by side otherwise.

use std::{collections::HashMap, fmt::Display, hash::Hash, time::Duration};

use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use tokio::sync::mpsc;
use tokio_util::time::DelayQueue;

/// The pause after a key's first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Why a key is to be looked at again without a change that says so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Retry {
    #[error(transparent)]
    Api(#[from] kube::Error),
    #[error("waiting for {0}")]
    Waiting(String),
}

/// Takes keys in from any number of watches.
#[derive(Debug)]
pub(crate) struct Queue<K>(mpsc::UnboundedSender<K>);

impl<K> Clone for Queue<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Queue<K> {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<K>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Has `key` looked at soon. Keys added before it happens are looked at together.
    pub(crate) fn add(&self, key: K) {
        // The worker is gone only when everything stops.
        let _ = self.0.send(key);
    }
}

/// What the worker knows of a key that it has not finished with.
#[derive(Default)]
struct Entry {
    running: bool,
    /// Added again while it ran.
    dirty: bool,
    failures: u32,
}

/// Calls `reconcile` for each key of `keys` until all queues of it are gone.
///
/// `reconcile` is never called twice at the same time for a key. After a failure it is called
/// again, with growing pauses, or earlier when the key is added again.
pub(crate) async fn work<K, F>(mut keys: mpsc::UnboundedReceiver<K>, reconcile: impl Fn(K) -> F)
where
    K: Clone + Display + Eq + Hash,
    F: Future<Output = Result<(), Retry>>,
{
    let mut entries: HashMap<K, Entry> = HashMap::new();
    let mut running = FuturesUnordered::new();
    let mut later = DelayQueue::new();
    loop {
        let due = tokio::select! {
            key = keys.recv() => match key {
                Some(key) => key,
                None => return,
            },
            Some(expired) = later.next() => {
                let expired: tokio_util::time::delay_queue::Expired<K> = expired;
                expired.into_inner()
            },
            Some((key, result)) = running.next() => {
                let key: K = key;
                let Some(entry) = entries.get_mut(&key) else { continue };
                entry.running = false;
                match result {
                    Ok(()) => entry.failures = 0,
                    Err(reason) => {
                        let reason: Retry = reason;
                        tracing::debug!(%key, %reason, "to be tried again");
                        let pause = FIRST_PAUSE * 2_u32.pow(entry.failures.min(16));
                        later.insert(key.clone(), pause.min(LONGEST_PAUSE));
                        entry.failures += 1;
                    }
                }
                if !std::mem::take(&mut entry.dirty) {
                    if entry.failures == 0 {
                        entries.remove(&key);
                    }
                    continue;
                }
                key
            }
        };
        let entry = entries.entry(due.clone()).or_default();
        if entry.running {
            entry.dirty = true;
        } else {
            entry.running = true;
            running.push(reconcile(due.clone()).map(|result| (due, result)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        rc::Rc,
    };

    use super::*;

    #[tokio::test]
    async fn a_key_that_fails_comes_again_until_it_does_not() {
        let (queue, keys) = Queue::new();
        let seen = Rc::new(RefCell::new(Vec::new()));
        queue.add("b");
        queue.add("a");
        let (queue, log) = (RefCell::new(Some(queue)), Rc::clone(&seen));
        let worker = work(keys, move |key| {
            log.borrow_mut().push(key);
            let done = log.borrow().iter().filter(|seen| **seen == "a").count() == 3;
            if done {
                queue.borrow_mut().take();
            }
            async move {
                if key == "b" || done { Ok(()) } else { Err(Retry::Waiting("a third time".into())) }
            }
        });
        tokio::time::timeout(Duration::from_secs(5), worker).await.expect("it ends");
        assert_eq!(*seen.borrow(), ["b", "a", "a", "a"]);
    }

    #[tokio::test]
    async fn a_key_runs_once_at_a_time_and_again_when_added_meanwhile() {
        let (queue, keys) = Queue::new();
        queue.add(1);
        let (running, runs) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let queue = Rc::new(RefCell::new(Some(queue)));
        let (at_once, total) = (Rc::clone(&running), Rc::clone(&runs));
        let worker = work(keys, move |key| {
            let (queue, running, runs) =
                (Rc::clone(&queue), Rc::clone(&at_once), Rc::clone(&total));
            async move {
                running.set(running.get() + 1);
                assert_eq!(running.get(), 1);
                runs.set(runs.get() + 1);
                if runs.get() == 1 {
                    for _ in 0..3 {
                        queue.borrow().as_ref().unwrap().add(key);
                    }
                    for _ in 0..10 {
                        tokio::task::yield_now().await;
                    }
                } else {
                    queue.borrow_mut().take();
                }
                running.set(running.get() - 1);
                Ok(())
            }
        });
        tokio::time::timeout(Duration::from_secs(5), worker).await.expect("it ends");
        assert_eq!(runs.get(), 2, "three additions during the first run make one more");
    }
}
