//! The objects, their versions, and the recent history that watches start from.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::object::{self, Object};
use crate::resources::Resource;

/// How many changes are remembered; a watch from before them is answered with 410.
const HISTORY: usize = 4096;
/// How many changes may wait in a watch before it is ended; its client then starts anew.
const WATCH_BUFFER: usize = 2048;

/// An object's place within its resource. The namespace is empty for cluster-scoped ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub namespace: String,
    pub name: String,
}

impl Key {
    pub fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// One change of one object.
#[derive(Debug)]
pub struct Event {
    plural: &'static str,
    /// What was there before; nothing if the object is new.
    pub previous: Option<Arc<Object>>,
    /// The new state; for a removal the last one, with the removal's own version.
    pub object: Arc<Object>,
    pub removed: bool,
}

/// All objects. Every read and write is one short critical section.
#[derive(Debug, Default)]
pub struct Store {
    state: Mutex<State>,
}

/// The store while it is locked.
#[derive(Debug, Default)]
pub struct State {
    version: u64,
    objects: HashMap<&'static str, BTreeMap<Key, Arc<Object>>>,
    history: VecDeque<Arc<Event>>,
    watchers: HashMap<&'static str, Vec<mpsc::Sender<Arc<Event>>>>,
}

/// The start of a watch: what happened before it, and the channel on which the rest comes.
#[derive(Debug)]
pub struct Subscription {
    pub backlog: Vec<Arc<Event>>,
    pub events: mpsc::Receiver<Arc<Event>>,
}

/// The asked-for version is no longer in the history, which begins after `oldest`.
#[derive(Debug)]
pub struct TooOld {
    pub oldest: u64,
}

impl Store {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held leaves complete objects behind: each write is one insert.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The version of the last change.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn get(&self, resource: &Resource, key: &Key) -> Option<Arc<Object>> {
        self.objects.get(resource.plural)?.get(key).cloned()
    }

    /// The objects of a namespace, or with `""` of all, ordered by namespace and name.
    pub fn list(&self, resource: &Resource, namespace: &str) -> Vec<Arc<Object>> {
        let Some(objects) = self.objects.get(resource.plural) else { return Vec::new() };
        if namespace.is_empty() {
            return objects.values().cloned().collect();
        }
        objects
            .range(Key::new(namespace, "")..)
            .take_while(|(key, _)| key.namespace == namespace)
            .map(|(_, object)| Arc::clone(object))
            .collect()
    }

    /// Stores an object under a new version.
    pub fn put(&mut self, resource: &Resource, value: Value) -> Arc<Object> {
        let key = Key::new(object::namespace(&value), object::name(&value));
        let object = self.versioned(value);
        let objects = self.objects.entry(resource.plural).or_default();
        let previous = objects.insert(key, Arc::clone(&object));
        self.record(resource, previous, &object, false);
        object
    }

    /// Removes an object and returns its last state, under the removal's version.
    pub fn remove(&mut self, resource: &Resource, key: &Key) -> Option<Arc<Object>> {
        let previous = self.objects.get_mut(resource.plural)?.remove(key)?;
        let object = self.versioned(previous.value().clone());
        self.record(resource, Some(previous), &object, true);
        Some(object)
    }

    /// Opens a watch that begins after `from`, or now.
    pub fn subscribe(
        &mut self,
        resource: &Resource,
        from: Option<u64>,
    ) -> Result<Subscription, TooOld> {
        let backlog = match from {
            None => Vec::new(),
            Some(from) => {
                let oldest = self.history.front().map_or(1, |event| event.object.version());
                if from + 1 < oldest {
                    return Err(TooOld { oldest });
                }
                let start = self.history.partition_point(|event| event.object.version() <= from);
                let later = self.history.range(start..);
                later.filter(|event| event.plural == resource.plural).cloned().collect()
            }
        };
        let (sender, events) = mpsc::channel(WATCH_BUFFER);
        let watchers = self.watchers.entry(resource.plural).or_default();
        watchers.retain(|watcher| !watcher.is_closed());
        watchers.push(sender);
        Ok(Subscription { backlog, events })
    }

    fn versioned(&mut self, mut value: Value) -> Arc<Object> {
        self.version += 1;
        let version = self.version;
        object::metadata(&mut value)
            .insert("resourceVersion".to_owned(), json!(version.to_string()));
        Arc::new(Object::new(value, version))
    }

    fn record(
        &mut self,
        resource: &Resource,
        previous: Option<Arc<Object>>,
        object: &Arc<Object>,
        removed: bool,
    ) {
        let object = Arc::clone(object);
        let event = Arc::new(Event { plural: resource.plural, previous, object, removed });
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(Arc::clone(&event));
        if let Some(watchers) = self.watchers.get_mut(resource.plural) {
            watchers.retain(|watcher| watcher.try_send(Arc::clone(&event)).is_ok());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::by_plural;

    fn config_map(name: &str) -> Value {
        json!({"metadata": {"namespace": "n", "name": name}})
    }

    #[test]
    fn a_watch_begins_where_it_was_told_to() {
        let store = Store::default();
        let mut state = store.lock();
        let resource = by_plural("configmaps");
        let first = state.put(resource, config_map("a")).version();
        state.put(by_plural("secrets"), config_map("s"));
        state.put(resource, config_map("b"));
        let names = |backlog: Vec<Arc<Event>>| -> Vec<String> {
            backlog.iter().map(|e| object::name(e.object.value()).to_owned()).collect()
        };
        assert_eq!(names(state.subscribe(resource, Some(0)).unwrap().backlog), ["a", "b"]);
        assert_eq!(names(state.subscribe(resource, Some(first)).unwrap().backlog), ["b"]);
        assert!(names(state.subscribe(resource, None).unwrap().backlog).is_empty());
    }

    #[test]
    fn history_is_bounded() {
        let store = Store::default();
        let mut state = store.lock();
        let resource = by_plural("configmaps");
        for _ in 0..=HISTORY {
            state.put(resource, config_map("a"));
        }
        assert_eq!(state.subscribe(resource, Some(0)).unwrap_err().oldest, 2);
        assert_eq!(state.subscribe(resource, Some(1)).unwrap().backlog.len(), HISTORY);
    }

    #[test]
    fn a_watch_that_is_not_read_is_ended_and_does_not_grow() {
        let store = Store::default();
        let mut state = store.lock();
        let resource = by_plural("configmaps");
        let mut subscription = state.subscribe(resource, None).unwrap();
        for _ in 0..=WATCH_BUFFER {
            state.put(resource, config_map("a"));
        }
        let mut received = 0;
        while subscription.events.try_recv().is_ok() {
            received += 1;
        }
        assert_eq!(received, WATCH_BUFFER);
        assert!(subscription.events.is_closed());
    }
}
