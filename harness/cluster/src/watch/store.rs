//! What a watch has shown so far, and who waits for it to change.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kube::{core::TypeMeta, runtime::watcher};
use tokio::sync::watch;

use super::{known::Known, scope::Scope};
use crate::{
    object::{Key, Object},
    refusal::Refusal,
    wait::{self, Look, Progress, Unmet},
};

/// The objects of a scope as the API server last told of them.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    scope: Scope,
    known: Arc<Known>,
    any: watch::Sender<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<Key, Arc<Object>>,
    /// What a list that is under way has told so far.
    listing: BTreeMap<Key, Arc<Object>>,
    /// Whether a list has ended, so that an absent object is known not to exist.
    synced: bool,
    trouble: Option<Trouble>,
    /// How often in a row the watch could not begin, although the list could be had.
    unstarted: u32,
    waiters: HashMap<Key, watch::Sender<()>>,
}

#[derive(Clone)]
struct Trouble {
    text: String,
    /// Whether no change of an object will be seen any more.
    lasting: bool,
}

impl Store {
    pub(super) fn new(scope: Scope, known: Arc<Known>) -> Self {
        let (any, state) = (watch::Sender::new(()), Mutex::default());
        Self(Arc::new(Shared { scope, known, any, state }))
    }

    /// What is watched.
    pub fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// An object, if it was there when the watch last told.
    pub fn get(&self, key: &Key) -> Option<Arc<Object>> {
        self.state().objects.get(key).cloned()
    }

    /// All objects, sorted by namespace and name.
    pub fn all(&self) -> Vec<Arc<Object>> {
        self.state().objects.values().cloned().collect()
    }

    /// Why the watch does not run at this moment, if it does not.
    pub fn error(&self) -> Option<String> {
        self.state().trouble.as_ref().map(|trouble| trouble.text.clone())
    }

    /// Waits until an object is as expected; an object that is not there is `None`.
    ///
    /// The expectation is asked once all objects are known, and then at each change of this one;
    /// never for a state that is older than what this session learned (see [`super::Watches::learned`]).
    ///
    /// # Errors
    ///
    /// [`Unmet`] after the limit; at once when the expectation answers never, or when the watch
    /// was refused and so cannot begin.
    pub async fn until<T>(
        &self,
        key: &Key,
        limit: Duration,
        mut expect: impl FnMut(Option<&Object>) -> Progress<T>,
    ) -> Result<T, Unmet> {
        let changes = self.state().waiters.entry(key.clone()).or_default().subscribe();
        wait::until(changes, limit, || {
            let (last, synced, trouble) = {
                let state = self.state();
                (state.objects.get(key).cloned(), state.synced, state.trouble.clone())
            };
            let shown = last.as_deref();
            let progress = if !synced {
                self.unsynced(trouble.as_ref())
            } else if shown.is_some_and(|shown| self.0.known.is_ahead_of(key, shown)) {
                behind(key)
            } else {
                expect(shown)
            };
            look(progress, last, trouble)
        })
        .await
    }

    /// Waits until all objects together are as expected; asked at each change of any of them.
    ///
    /// # Errors
    ///
    /// As [`Self::until`].
    pub async fn until_all<T>(
        &self,
        limit: Duration,
        mut expect: impl FnMut(&[Arc<Object>]) -> Progress<T>,
    ) -> Result<T, Unmet> {
        wait::until(self.0.any.subscribe(), limit, || {
            let (shown, synced, trouble) = {
                let state = self.state();
                let shown: Vec<_> =
                    state.objects.iter().map(|(key, it)| (key.clone(), it.clone())).collect();
                (shown, state.synced, state.trouble.clone())
            };
            let old = shown.iter().find(|(key, it)| self.0.known.is_ahead_of(key, it));
            let progress = match old {
                _ if !synced => self.unsynced(trouble.as_ref()),
                Some((key, _)) => behind(key),
                None => expect(&shown.into_iter().map(|(_, it)| it).collect::<Vec<_>>()),
            };
            look(progress, None, trouble)
        })
        .await
    }

    /// Takes in what the API server told.
    pub(super) fn take_in(&self, event: watcher::Result<watcher::Event<Object>>) {
        let mut guard = self.state();
        let state = &mut *guard;
        match event {
            Ok(watcher::Event::Init) => state.listing.clear(),
            Ok(watcher::Event::InitApply(object)) => {
                if let Some((key, object)) = self.tidy(object) {
                    state.listing.insert(key, object);
                }
            }
            Ok(watcher::Event::InitDone) => {
                state.objects = std::mem::take(&mut state.listing);
                state.synced = true;
                state.trouble = None;
                state.wake_all();
            }
            Ok(watcher::Event::Apply(object)) => {
                if let Some((key, object)) = self.tidy(object) {
                    state.wake(&key);
                    state.objects.insert(key, object);
                }
                (state.trouble, state.unstarted) = (None, 0);
            }
            Ok(watcher::Event::Delete(object)) => {
                if let Some((key, _)) = self.tidy(object) {
                    state.objects.remove(&key);
                    state.wake(&key);
                }
                (state.trouble, state.unstarted) = (None, 0);
            }
            Err(error) => {
                if matches!(error, watcher::Error::WatchStartFailed(_)) {
                    state.unstarted += 1;
                }
                // Once, it may have been the API server, which knows no permissions when it starts.
                let is_blind = !state.synced || state.unstarted > 1;
                state.trouble = Some(self.trouble(&error, is_blind));
                state.wake_all();
            }
        }
        drop(guard);
        self.0.any.send_replace(());
    }

    /// The object with what lists leave out and without what nobody reads.
    fn tidy(&self, mut object: Object) -> Option<(Key, Arc<Object>)> {
        let kind = self.0.scope.kind;
        object.types.get_or_insert_with(|| {
            let resource = kind.resource();
            TypeMeta { api_version: resource.api_version, kind: resource.kind }
        });
        object.metadata.managed_fields = None;
        Some((Key::of_kind(kind, &object)?, Arc::new(object)))
    }

    fn trouble(&self, error: &watcher::Error, is_blind: bool) -> Trouble {
        let scope = &self.0.scope;
        let refusal = match error {
            watcher::Error::InitialListFailed(error)
            | watcher::Error::WatchStartFailed(error)
            | watcher::Error::WatchFailed(error) => Refusal::of(error),
            watcher::Error::WatchError(status) => Refusal::of_status(status),
            watcher::Error::NoResourceVersion => Refusal::Other(error.to_string()),
        };
        let advice = match &refusal {
            Refusal::Forbidden(_) => {
                let (group, plural) = (scope.kind.group(), scope.kind.plural());
                format!("; grant the verbs list and watch on {plural} in API group \"{group}\"")
            }
            Refusal::NotFound(_) => "; install the definitions that have it".to_owned(),
            _ => String::new(),
        };
        Trouble {
            text: format!("cannot watch {scope}: {refusal}{advice}"),
            lasting: is_blind
                && matches!(
                    refusal,
                    Refusal::Forbidden(_) | Refusal::NotFound(_) | Refusal::Unauthorized(_)
                ),
        }
    }

    fn unsynced<T>(&self, trouble: Option<&Trouble>) -> Progress<T> {
        Progress::NotYet(match trouble {
            Some(trouble) => trouble.text.clone(),
            None => format!("the API server has not listed {} yet", self.0.scope),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn behind<T>(key: &Key) -> Progress<T> {
    Progress::NotYet(format!("the watch has not shown the last change of {key} yet"))
}

fn look<T>(progress: Progress<T>, last: Option<Arc<Object>>, trouble: Option<Trouble>) -> Look<T> {
    let hopeless = trouble.as_ref().is_some_and(|trouble| trouble.lasting);
    Look { progress, last, watch_error: trouble.map(|trouble| trouble.text), hopeless }
}

impl State {
    fn wake(&mut self, key: &Key) {
        if let Some(waiter) = self.waiters.get(key) {
            if waiter.receiver_count() == 0 {
                self.waiters.remove(key);
            } else {
                waiter.send_replace(());
            }
        }
    }

    fn wake_all(&mut self) {
        self.waiters.retain(|_, waiter| {
            waiter.send_replace(());
            waiter.receiver_count() > 0
        });
    }
}
