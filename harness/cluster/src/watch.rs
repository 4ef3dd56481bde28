//! Shared watches: one for each scope and session, so that a wait costs no request.

use std::{
    collections::HashMap,
    fmt,
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

use crate::object::{Key, Kind, Object};

mod store;

pub use store::Store;

/// Which objects to watch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Their kind.
    pub kind: Kind,
    /// Their namespace; all if none.
    pub namespace: Option<String>,
    /// A label selector.
    pub labels: Option<String>,
    /// A field selector.
    pub fields: Option<String>,
}

impl Scope {
    /// All objects of a kind.
    pub fn all(kind: Kind) -> Self {
        Self { kind, namespace: None, labels: None, fields: None }
    }

    /// Only those in this namespace.
    pub fn within(self, namespace: impl Into<String>) -> Self {
        Self { namespace: Some(namespace.into()), ..self }
    }

    /// Only those that this label selector chooses.
    pub fn labelled(self, selector: impl Into<String>) -> Self {
        Self { labels: Some(selector.into()), ..self }
    }

    fn config(&self) -> watcher::Config {
        watcher::Config {
            label_selector: self.labels.clone(),
            field_selector: self.fields.clone(),
            // One request for the list, whatever its length.
            page_size: None,
            timeout: Some(290),
            ..watcher::Config::default()
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.plural())?;
        if let Some(namespace) = &self.namespace {
            write!(f, " in namespace {namespace}")?;
        }
        for selector in [&self.labels, &self.fields].into_iter().flatten() {
            write!(f, " with {selector}")?;
        }
        Ok(())
    }
}

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

/// The newest version of each object that the API server has answered to a write or a read of this
/// session.
///
/// A watch is a moment behind: without this, an expectation could be met by the status that an
/// object had before the session changed its spec.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<Key, u64>>);

impl Known {
    fn note(&self, object: &Object) {
        if let (Some(key), Some(version)) = (Key::of(object), version(object)) {
            let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let noted = newest.entry(key).or_default();
            *noted = version.max(*noted);
        }
    }

    /// Whether what a watch shows is older than what was answered.
    fn is_ahead_of(&self, key: &Key, shown: &Object) -> bool {
        let newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(key).is_some_and(|noted| version(shown).is_some_and(|shown| shown < *noted))
    }
}

/// Resource versions are comparable as numbers on every API server that keeps its objects in etcd,
/// and promised to be since Kubernetes 1.35; one that is no number is not compared.
fn version(object: &Object) -> Option<u64> {
    object.metadata.resource_version.as_ref()?.parse().ok()
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
    pub fn learned(&self, object: &Object) {
        self.0.known.note(object);
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
