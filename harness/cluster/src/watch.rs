//! Shared watches: one for each scope and session, so that a wait costs no request.

use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::StreamExt;
use kube::{
    Client,
    runtime::{WatchStreamExt, utils::Backoff, watcher},
};
use tokio::task::JoinSet;

use crate::object::{Key, Object};

mod known;
mod scope;
mod store;

use known::Known;
pub use scope::Scope;
pub use store::Store;

/// The watches of a session. Clones share them; they end with the last clone.
#[derive(Clone)]
pub struct Watches(Arc<Session>);

struct Session {
    client: Client,
    known: Arc<Known>,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    stores: HashMap<Scope, Store>,
    // Aborts its tasks when it is dropped.
    tasks: JoinSet<()>,
}

impl Watches {
    /// None yet; each begins when it is first asked for.
    pub fn new(client: Client) -> Self {
        let (known, running) = (Arc::default(), Mutex::default());
        Self(Arc::new(Session { client, known, running }))
    }

    /// The objects of a scope, watched from now on. Must be called within a Tokio runtime.
    pub fn on(&self, scope: Scope) -> Store {
        let mut running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = running.stores.get(&scope) {
            return store.clone();
        }
        let store = Store::new(scope.clone(), self.0.known.clone());
        running.tasks.spawn(follow(self.0.client.clone(), store.clone()));
        running.stores.insert(scope, store.clone());
        store
    }

    /// Remembers an object as the API server answered it to a write or a read, so that no wait is
    /// ended by an older state that the watches still show.
    pub fn learned(&self, key: &Key, object: &Object) {
        self.0.known.note(key, object);
    }

    /// A watch that shows this very object, if one runs.
    pub(crate) fn showing(&self, key: &Key, uid: &str) -> Option<Store> {
        let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        running
            .stores
            .values()
            .find(|store| {
                store.get(key).is_some_and(|object| object.metadata.uid.as_deref() == Some(uid))
            })
            .cloned()
    }
}

/// Brings what the API server tells into the store, for ever.
async fn follow(client: Client, store: Store) {
    let scope = store.scope();
    let api = scope.kind.api(&client, scope.namespace.as_deref());
    let mut events = pin!(watcher(api, scope.config()).backoff(Pauses::default()));
    while let Some(event) = events.next().await {
        store.take_in(event);
    }
}

/// The pauses between the attempts of a watch that is in trouble. What changes in a pause is seen
/// late, and a wait has a limit: they stay short.
struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(Duration::from_millis(250))
    }
}

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let pause = self.0;
        self.0 = (pause * 2).min(Duration::from_secs(4));
        Some(pause)
    }
}

impl Backoff for Pauses {
    fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests;
