//! Removing what was applied, until it is really gone.

use std::{collections::BTreeSet, fmt, time::Duration};

use futures::{StreamExt, future::join_all, stream};
use kube::{Client, api::DeleteParams};
use model::names::{GROUP, RUN_LABEL};
use thiserror::Error;
use tokio::{sync::watch, time::Instant};

use crate::{
    apply::{self, ApplyError},
    object::{Key, Kind, Object, finalizers},
    wait::Progress,
    watch::{Scope, Watches},
};

/// An object that could not be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remnant {
    /// Which.
    pub key: Key,
    /// The finalizers that hold it.
    pub finalizers: Vec<String>,
    /// Why it is still there.
    pub because: String,
    /// How long it was waited for, if its deletion was asked for.
    pub waited: Option<Duration>,
    /// Whether this user may not delete it, which is no doing of the subject.
    pub is_forbidden: bool,
}

impl Remnant {
    fn refused(key: &Key, error: ApplyError) -> Self {
        let is_forbidden =
            matches!(error, ApplyError::Forbidden { .. } | ApplyError::Unauthorized { .. });
        let because = match error {
            // Without the object, so that what stays for one reason can be told in one sentence.
            ApplyError::Forbidden { verb, resource, message, .. } => {
                let (_, why) = message.split_once(" is forbidden: ").unwrap_or(("", &message));
                let verbs = apply::verbs(verb);
                format!("{why}; grant {verbs} on {resource} to the user of this context")
            }
            other => other.to_string(),
        };
        Self { key: key.clone(), finalizers: Vec::new(), because, waited: None, is_forbidden }
    }
}

impl fmt::Display for Remnant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is still there: {}", self.key, self.because)
    }
}

/// Remnants in sentences, one for each reason.
pub fn sentences(remnants: &[Remnant]) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for Remnant { key, because, .. } in remnants {
        let key = key.to_string();
        match reasons.iter_mut().find(|(reason, _)| reason == because) {
            Some((_, keys)) => keys.push(key),
            None => reasons.push((because, vec![key])),
        }
    }
    let tell = |(because, keys): (&str, Vec<String>)| {
        let are = if keys.len() == 1 { "is" } else { "are" };
        format!("{} {are} still there: {because}", keys.join(", "))
    };
    reasons.into_iter().map(tell).collect()
}

/// How many deletions are asked for at the same time.
const AT_ONCE: usize = 8;

/// Removes objects, the newest first (they are given oldest first), and waits until they are gone;
/// an object that is not there is fine. What a Namespace takes with it is left to it, but for the
/// objects of the Gateway API, which their controllers shall see go before their class.
///
/// All are asked for at once, but none has less time than in the Go suite, which deletes one after the
/// other: a controller that takes its Gateways down so has the limit for each of them.
///
/// # Errors
///
/// What may not be removed, or is still there when nothing else went for as long as the limit.
pub async fn remove(
    client: &Client,
    watches: &Watches,
    keys: &[Key],
    limit: Duration,
) -> Result<(), Vec<Remnant>> {
    let emptied: BTreeSet<_> = keys
        .iter()
        .filter(|key| key.kind == Kind::Namespace)
        .map(|key| key.name.as_str())
        .collect();
    let goes_with_its_namespace = |key: &Key| {
        key.kind.group() != GROUP
            && key.namespace.as_deref().is_some_and(|namespace| emptied.contains(namespace))
    };
    let newest_first = || keys.iter().rev();
    let inside: Vec<_> = newest_first()
        .filter(|key| key.namespace.is_some() && !goes_with_its_namespace(key))
        .collect();
    let around: Vec<_> = newest_first().filter(|key| key.namespace.is_none()).collect();

    let mut remnants = remove_all(client, watches, inside, limit).await;
    let around = remove_all(client, watches, around, limit).await;
    // What did not go by itself went with its Namespace, if that has gone.
    let stays = |name: &str| around.iter().any(|left| left.key.name == name);
    remnants.retain(|left| {
        let namespace = left.key.namespace.as_deref().unwrap_or_default();
        !emptied.contains(namespace) || stays(namespace)
    });
    remnants.extend(around);
    if remnants.is_empty() { Ok(()) } else { Err(remnants) }
}

/// Asks for the deletion of objects and does not wait until they are gone.
///
/// # Errors
///
/// What may not be removed.
pub async fn dismiss(client: &Client, keys: &[Key]) -> Result<(), Vec<Remnant>> {
    let asked = keys.iter().map(|key| async move {
        let error = delete(client, key).await.err()?;
        Some(Remnant::refused(key, error))
    });
    let remnants: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
    if remnants.is_empty() { Ok(()) } else { Err(remnants) }
}

/// Removes objects whose order among each other does not matter.
async fn remove_all(
    client: &Client,
    watches: &Watches,
    keys: Vec<&Key>,
    limit: Duration,
) -> Vec<Remnant> {
    let asked: Vec<_> = stream::iter(keys.into_iter().cloned())
        .map(|key| async move { (delete(client, &key).await, key) })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let last_went = &watch::Sender::new(Instant::now());
    let gone = asked.into_iter().map(|(answer, key)| async move {
        match answer {
            Ok(None) => None,
            Ok(Some(going)) => until_gone(watches, &key, &going, last_went, limit).await.err(),
            Err(error) => Some(Remnant::refused(&key, error)),
        }
    });
    join_all(gone).await.into_iter().flatten().collect()
}

/// Asks for a deletion; answers the object if it is not gone with that.
async fn delete(client: &Client, key: &Key) -> Result<Option<Object>, ApplyError> {
    let answer = key.api(client).delete(&key.name, &DeleteParams::background()).await;
    let error = match answer {
        // A status in place of the object says that it is gone.
        Ok(answer) => {
            let going = |object: &Object| object.metadata.deletion_timestamp.is_some();
            return Ok(answer.left().filter(going));
        }
        Err(error) => ApplyError::of(
            "delete",
            key.to_string(),
            &key.kind.resource(),
            key.namespace.as_deref(),
            &error,
        ),
    };
    match error {
        ApplyError::NotFound { .. } => Ok(None),
        // The answer for a namespace whose deletion was asked for before.
        ApplyError::Conflict { .. } => apply::get(client, key).await,
        other => Err(other),
    }
}

/// Waits until an object is gone. The limit runs anew whenever another one has gone that was asked for with it.
async fn until_gone(
    watches: &Watches,
    key: &Key,
    going: &Object,
    last_went: &watch::Sender<Instant>,
    limit: Duration,
) -> Result<(), Remnant> {
    let began = Instant::now();
    let uid = going.metadata.uid.as_deref().unwrap_or_default();
    let store = watches.showing(key, uid).unwrap_or_else(|| {
        let labelled =
            going.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(RUN_LABEL));
        watches.on(Scope {
            kind: key.kind,
            namespace: key.namespace.clone(),
            labels: labelled.then(|| RUN_LABEL.to_owned()),
            fields: None,
        })
    });
    loop {
        let since = *last_went.borrow();
        let left = (since + limit).saturating_duration_since(Instant::now());
        let gone = store.until(key, left, |object| match object {
            Some(object) if object.metadata.uid.as_deref() == Some(uid) => {
                Progress::NotYet(held(object))
            }
            _ => Progress::Met(()),
        });
        let Err(unmet) = gone.await else {
            last_went.send_replace(Instant::now());
            return Ok(());
        };
        // A wait that ended early cannot see anything go.
        let ended_early = unmet.waited < left;
        if ended_early || *last_went.borrow() == since {
            let last = unmet.last.as_deref().unwrap_or(going);
            return Err(Remnant {
                key: key.clone(),
                finalizers: finalizers(last).to_vec(),
                because: unmet.because,
                waited: Some(began.elapsed()),
                is_forbidden: false,
            });
        }
    }
}

/// What holds an object that shall go; a Namespace tells it in its conditions.
fn held(object: &Object) -> String {
    let told: Vec<_> = crate::views::status_conditions(object)
        .into_iter()
        .filter(|condition| {
            condition.status == "True"
                && matches!(
                    condition.kind,
                    "NamespaceContentRemaining" | "NamespaceFinalizersRemaining"
                )
        })
        .map(|condition| condition.message.to_owned())
        .collect();
    match (told.as_slice(), finalizers(object)) {
        ([], []) => "its deletion is not finished".to_owned(),
        ([], held) => format!(
            "held by the finalizers {}; their controller has to remove them, or you: kubectl edit",
            held.join(", ")
        ),
        (told, _) => told.join(" "),
    }
}

/// Why a sweep did not remove everything; the rest is removed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not everything could be removed{}", lines(.unlisted, .stuck))]
pub struct SweepError {
    /// The kinds that could not be listed, and so may have objects left.
    pub unlisted: Vec<ApplyError>,
    /// What is still there.
    pub stuck: Vec<Remnant>,
}

fn lines(unlisted: &[ApplyError], stuck: &[Remnant]) -> String {
    let unlisted = unlisted.iter().map(ToString::to_string);
    unlisted.chain(sentences(stuck)).flat_map(|line| ["\n  ".to_owned(), line]).collect()
}

/// Removes every object of the kinds that the suite creates which a label selector chooses, in all
/// namespaces, and answers which they were. Objects that go with their controlling owner are left
/// to it.
///
/// # Errors
///
/// What may not be listed, or is left by [`remove`]; a kind that the API server does not have has no
/// objects.
pub async fn remove_labelled(
    client: &Client,
    watches: &Watches,
    selector: &str,
    limit: Duration,
) -> Result<Vec<Key>, SweepError> {
    let never_applied = |kind: &Kind| {
        matches!(kind, Kind::ServiceAccount | Kind::Event | Kind::CustomResourceDefinition)
    };
    let kinds = Kind::known().filter(|kind| !never_applied(kind));
    let listed: Vec<_> = stream::iter(kinds)
        .map(|kind| apply::list(client, kind, None, Some(selector)))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut keys, mut unlisted) = (Vec::new(), Vec::new());
    for objects in listed {
        match objects {
            Ok(objects) => {
                keys.extend(
                    objects.iter().filter(|object| !is_controlled(object)).filter_map(Key::of),
                );
            }
            Err(ApplyError::NotFound { .. }) => {}
            Err(error) => unlisted.push(error),
        }
    }
    let stuck = remove(client, watches, &keys, limit).await.err().unwrap_or_default();
    if unlisted.is_empty() && stuck.is_empty() {
        return Ok(keys);
    }
    Err(SweepError { unlisted, stuck })
}

fn is_controlled(object: &Object) -> bool {
    object
        .metadata
        .owner_references
        .iter()
        .flatten()
        .any(|owner| owner.controller.unwrap_or_default())
}

#[cfg(test)]
mod tests;
