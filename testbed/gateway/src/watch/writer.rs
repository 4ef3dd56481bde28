//! Writes statuses: those of different objects side by side, those of one object one by one.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::time::Duration;

use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tracing::warn;

use super::noise::{Noise, Step};
use super::served::Served;
use crate::core::objects::Key;
use crate::core::snapshot::Snapshot;
use crate::core::{FINALIZER, StatusKind, StatusUpdate};

/// How long to wait after a failed write before the next.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

type ObjectId = (StatusKind, Key);

/// Writes statuses.
pub struct Writer {
    client: Client,
    served: Served,
    attempts: HashMap<ObjectId, Attempt>,
    writes: JoinSet<(ObjectId, Outcome)>,
    noise: Option<Noise>,
}

/// The last write of an object's status.
struct Attempt {
    update: StatusUpdate,
    /// What is written one after the other; the last is to stay.
    steps: Vec<Step>,
    in_flight: bool,
    /// Something else was to be written meanwhile.
    overtaken: bool,
}

enum Outcome {
    /// It was written, or the object has changed meanwhile, which the watch will tell.
    Settled,
    /// It must be tried again.
    Failed,
}

impl Writer {
    /// A writer without anything to write.
    pub fn new(client: Client, served: Served, noise: Option<Noise>) -> Self {
        Self { client, served, attempts: HashMap::new(), writes: JoinSet::new(), noise }
    }

    /// Begins to write those statuses that are not being written or written already.
    ///
    /// Those of Gateways come first, then those of `ListenerSet`s: who reads that a route or a `ListenerSet`
    /// is refused then reads a count without it.
    /// A status whose object has a write under way is left out; [`Self::finished`] tells when it is
    /// time to come back. `now` is what the objects are at present.
    pub fn write(&mut self, updates: Vec<StatusUpdate>, now: &Snapshot) {
        // Each closes when the last write of its rank has ended; nothing is ever sent.
        let ranks = [(); 2].map(|()| broadcast::Sender::<Infallible>::new(1));
        let wanted: BTreeSet<_> =
            updates.iter().map(|update| (update.kind, update.key.clone())).collect();
        self.attempts.retain(|id, attempt| attempt.in_flight || wanted.contains(id));
        for update in updates {
            let id = (update.kind, update.key.clone());
            match self.attempts.get_mut(&id) {
                Some(attempt) if attempt.update == update => {}
                Some(attempt) if attempt.in_flight => attempt.overtaken = true,
                _ => {
                    let before = now.reported(update.kind, &update.key);
                    let before = before.map_or(&Value::Null, |(_, status)| status);
                    let steps = match &mut self.noise {
                        Some(noise) => noise.steps(&update, before),
                        None => vec![Step::at_once(update.status.clone())],
                    };
                    let resource = self.served.resource(update.kind);
                    let written =
                        write(self.client.clone(), resource, update.clone(), steps.clone());
                    let rank = match update.kind {
                        StatusKind::Gateway => 0,
                        StatusKind::ListenerSet => 1,
                        StatusKind::GatewayClass
                        | StatusKind::BackendTlsPolicy
                        | StatusKind::TimeoutPolicy
                        | StatusKind::Route(_) => 2,
                    };
                    let before: Vec<_> =
                        ranks[..rank].iter().map(broadcast::Sender::subscribe).collect();
                    let own = ranks.get(rank).cloned();
                    self.writes.spawn(async move {
                        for mut turn in before {
                            let _ = turn.recv().await;
                        }
                        let written = written.await;
                        drop(own);
                        written
                    });
                    let attempt = Attempt { update, steps, in_flight: true, overtaken: false };
                    self.attempts.insert(id, attempt);
                }
            }
        }
    }

    /// Begins to put the finalizer on these `GatewayClass`es.
    pub fn finalize(&self, classes: Vec<Key>) {
        for Key { name, .. } in classes {
            let resource = self.served.resource(StatusKind::GatewayClass);
            let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &resource);
            let patch = json!({ "metadata": { "finalizers": [FINALIZER] } });
            tokio::spawn(async move {
                let (parameters, patch) = (PatchParams::default(), Patch::Merge(patch));
                if let Err(error) = api.patch_metadata(&name, &parameters, &patch).await {
                    warn!(class = %name, %error, "failed to put a finalizer");
                }
            });
        }
    }

    /// Whether `status` is what was last written for an object, or is being written.
    pub fn wrote(&self, kind: StatusKind, key: &Key, status: &Value) -> bool {
        let attempt = self.attempts.get(&(kind, key.clone()));
        attempt.is_some_and(|attempt| attempt.steps.iter().any(|step| step.status == *status))
    }

    /// Waits until a write has ended, for ever when none is under way, and tells whether statuses
    /// must be computed again because of it.
    pub async fn finished(&mut self) -> bool {
        let mut again = match self.writes.join_next().await {
            Some(Ok((id, outcome))) => self.settle(&id, &outcome),
            Some(Err(error)) => {
                warn!(%error, "a write of a status was lost");
                false
            }
            None => std::future::pending().await,
        };
        while let Some(Ok((id, outcome))) = self.writes.try_join_next() {
            again |= self.settle(&id, &outcome);
        }
        again
    }

    fn settle(&mut self, id: &ObjectId, outcome: &Outcome) -> bool {
        let Some(attempt) = self.attempts.get_mut(id) else { return false };
        attempt.in_flight = false;
        let again = attempt.overtaken || matches!(outcome, Outcome::Failed);
        if again {
            self.attempts.remove(id);
        }
        again
    }
}

async fn write(
    client: Client,
    resource: ApiResource,
    update: StatusUpdate,
    steps: Vec<Step>,
) -> (ObjectId, Outcome) {
    let api: Api<DynamicObject> = if update.key.namespace.is_empty() {
        Api::all_with(client, &resource)
    } else {
        Api::namespaced_with(client, &update.key.namespace, &resource)
    };
    let id = (update.kind, update.key);
    let mut version = update.resource_version;
    let several = steps.len() > 1;
    for Step { status, pause: before } in steps {
        pause(before).await;
        // The version guards what others write: lists are replaced whole.
        let patch = json!({
            "apiVersion": resource.api_version,
            "kind": resource.kind,
            "metadata": { "resourceVersion": version },
            "status": status,
        });
        match api.patch_status(&id.1.name, &PatchParams::default(), &Patch::Merge(patch)).await {
            Ok(object) => version = object.metadata.resource_version.unwrap_or_default(),
            // A state that is one of these steps is taken for our own when the watch tells of it, so
            // that nothing else would bring the last one.
            Err(kube::Error::Api(status)) if status.is_conflict() && several => {
                pause(PAUSE_AFTER_FAILURE).await;
                return (id, Outcome::Failed);
            }
            Err(kube::Error::Api(status)) if status.is_conflict() || status.is_not_found() => break,
            Err(error) => {
                warn!(kind = %resource.kind, object = %id.1, %error, "failed to write a status");
                pause(PAUSE_AFTER_FAILURE).await;
                return (id, Outcome::Failed);
            }
        }
    }
    (id, Outcome::Settled)
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when a failing server has recovered, and a slow writer is slow by the clock"
)]
async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
