//! What a test's body is given: the subject, its objects, and the verbs that judge them.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use cluster::{
    Key, Kind, Object,
    apply::{self, ApplyError},
    remove,
    wait::{self, Progress, Unmet},
};
use futures::future::join_all;
use model::{
    condition::Condition,
    exchange::{Exchange, Through, call::Call, conversation::Conversation},
    feature::Feature,
    names::INFRA,
    timeouts::Limit,
    timing::SpanKind,
    verdict::{Failure, Finding, JudgeError, Mismatch, Stop, Verdict},
    version::SuiteVersion,
};
use probe::Prober;
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    context::{notes::Notes, session::Session, settled::is_definite},
    isolation::drain::Drain,
    verbs::{cause, held::Held},
};

/// How long something beside the verdict is waited for: it must not delay the tests that follow.
const BESIDE_THE_VERDICT: Duration = Duration::from_secs(1);

/// How long a status must stay as it is where nothing else shows that the controller has looked: the Go suite
/// looks twice at routes without entries, so far apart.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// The implementation under test, as one test sees it.
pub struct Subject {
    pub(crate) session: Arc<Session>,
    pub(crate) notes: Notes,
    /// What the test said that it sends.
    sends: &'static [Through],
    /// What it applies itself.
    later: Vec<Object>,
    /// The Deployments that it applies.
    pub(crate) workloads: Vec<Key>,
    /// The routes of ended tests that may answer where the test's do.
    behind: Vec<Arc<Drain>>,
    /// What the test has seen fulfilled, which must still be so at its end.
    pub(crate) held: Held,
    /// Each object as it was when it last fulfilled an expectation: the state of the verdict.
    judged: Mutex<HashMap<Key, Arc<Object>>>,
    /// What the test made beside its manifests.
    pub(crate) made: Mutex<Vec<Key>>,
}

impl Subject {
    /// For a test that sends `sends`, whose `objects` are applied and `later` applied by itself, behind the
    /// routes of ended tests.
    pub(crate) fn new(
        session: Arc<Session>,
        test: &'static str,
        sends: &'static [Through],
        (objects, later): (&[Object], &[Object]),
        behind: Vec<Arc<Drain>>,
    ) -> Self {
        let notes = Notes::new(test, session.sink());
        let (held, judged, made) = (Held::default(), Mutex::default(), Mutex::default());
        let mut workloads: Vec<_> = objects.iter().filter_map(Key::of).collect();
        workloads.retain(|key| key.kind == Kind::Deployment);
        let later = later.to_vec();
        Self { session, notes, sends, later, workloads, behind, held, judged, made }
    }

    /// What is sent can be sent to: the test before answers no more. Comes before everything that is
    /// sent.
    pub(crate) async fn prober(&self) -> &Prober {
        if !self.behind.iter().all(|drain| drain.is_over()) {
            self.notes.step("the routes of the tests before still answer");
        }
        let silent = join_all(self.behind.iter().map(|drain| drain.over()));
        self.notes.during(SpanKind::Drain, silent).await;
        self.session.prober()
    }

    /// What is about to be sent through a Gateway was declared.
    ///
    /// # Errors
    ///
    /// An error that names the request that was not.
    pub(crate) fn declared(
        &self,
        gateway: &str,
        tls: bool,
        listener: Option<&str>,
        exchanges: &[Exchange],
    ) -> Verdict {
        let there = self
            .sends
            .iter()
            .filter(|it| it.gateway == gateway && it.tls == tls && it.listener == listener);
        let known = there.flat_map(|it| it.exchanges.http()).map(|it| it.request);
        all_declared(known, exchanges.iter().map(|it| it.request), |request| {
            format!("sends {request} to Gateway {gateway}")
        })
    }

    /// What is about to be called through a Gateway was declared.
    ///
    /// # Errors
    ///
    /// An error that names the call that was not.
    pub(crate) fn declared_calls(&self, gateway: &str, calls: &[Call]) -> Verdict {
        let there = self.sends.iter().filter(|it| it.gateway == gateway);
        let known = there.flat_map(|it| it.exchanges.grpc()).map(|it| it.invocation);
        all_declared(known, calls.iter().map(|it| it.invocation), |invocation| {
            format!("calls {invocation} of Gateway {gateway}")
        })
    }

    /// What is about to be spoken through a Gateway was declared.
    ///
    /// # Errors
    ///
    /// An error that names the conversation that was not.
    pub(crate) fn declared_streams(
        &self,
        gateway: &str,
        conversations: &[Conversation],
    ) -> Verdict {
        let there = self.sends.iter().filter(|it| it.gateway == gateway);
        let known = there.flat_map(|it| it.exchanges.streams()).map(|it| it.opening);
        all_declared(known, conversations.iter().map(|it| it.opening), |opening| {
            format!("speaks {opening} of Gateway {gateway}")
        })
    }

    /// The version of the suite that is run, for fixtures that differ between versions.
    pub fn suite_version(&self) -> SuiteVersion {
        self.session.suite_version()
    }

    /// Whether the subject claims to support a feature, for tests of what must be refused without it.
    pub fn claims(&self, feature: Feature) -> bool {
        self.session.claims(feature)
    }

    /// Applies the objects of the test's `later`, once they are younger than all that was applied before.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses.
    pub async fn apply_later(&self) -> Verdict {
        self.apply_part(0..self.later.len()).await
    }

    /// Applies some of the objects of the test's `later`, once they are younger than all that was applied before.
    pub(crate) async fn apply_part(&self, part: Range<usize>) -> Verdict {
        wait::next_second().await;
        let objects = &self.later[part];
        objects.iter().filter_map(Key::of).for_each(|key| self.held.changed(&key));
        let apply = self.session.apply_all(objects);
        self.notes.during(SpanKind::Apply, apply).await.map_err(refused)?;
        self.note_applied(objects.len());
        Ok(())
    }

    /// A value of an object with the namespaces that it names as they are called in this cluster.
    pub(crate) fn renamed(&self, value: &Value) -> Value {
        self.session.renamed(value.clone())
    }

    pub(crate) fn note_applied(&self, count: usize) {
        self.notes.moment(format!("applied {count} object{}", if count == 1 { "" } else { "s" }));
    }

    /// Deletes an object that the test applied.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses.
    pub async fn delete(&self, kind: Kind, namespace: &str, name: &str) -> Verdict {
        self.delete_key(self.key(kind, namespace, name)).await
    }

    pub(crate) async fn delete_key(&self, key: Key) -> Verdict {
        let limit = self.limit(Limit::DeleteTimeout);
        self.notes.moment(format!("deleted {key}"));
        self.held.changed(&key);
        let keys = [key];
        match remove::remove(self.session.client(), self.session.watches(), &keys, limit).await {
            Ok(()) => Ok(()),
            Err(remnants) => {
                let texts: Vec<_> = remnants.iter().map(ToString::to_string).collect();
                Err(JudgeError::new(texts.join("; ")).into())
            }
        }
    }

    /// Changes an object by a JSON merge patch.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses.
    pub async fn patch(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        patch: &Value,
    ) -> Verdict<Object> {
        self.patch_key(&self.key(kind, namespace, name), patch).await
    }

    async fn patch_key(&self, key: &Key, patch: &Value) -> Verdict<Object> {
        self.held.changed(key);
        let patched = apply::patch(self.session.client(), key, patch);
        let object = self.session.within(Limit::CreateTimeout, "patch", key, patched).await;
        let object = object.map_err(refused)?;
        self.session.watches().learned(key, &object);
        self.notes.moment(format!(
            "changed {key}, now of generation {}",
            object.metadata.generation.unwrap_or_default()
        ));
        Ok(object)
    }

    /// An object as the API server has it now.
    pub(crate) async fn read(&self, key: &Key) -> Verdict<Object> {
        let got = apply::get(self.session.client(), key);
        let object =
            self.session.within(Limit::GetTimeout, "get", key, got).await.map_err(judge)?;
        object.ok_or_else(|| JudgeError::new(format!("{key} is gone")).into())
    }

    /// Sees to it that what is judged of an object from here on is no older than it is now.
    ///
    /// A watch tells the changes of its objects in their order, but two watches are not in step: a
    /// route may be shown as settled while its Gateway is still shown as it was before. An
    /// expectation that held back then, as of no attached routes, would be met by the past.
    pub(crate) async fn catch_up(&self, key: &Key) -> Verdict {
        let now = self.read(key).await?;
        self.session.watches().learned(key, &now);
        Ok(())
    }

    /// Changes the spec of an object by a JSON merge patch that is made from what it is now; what
    /// is judged from here on is the changed object.
    pub(crate) async fn change_spec(
        &self,
        key: &Key,
        patch: impl FnOnce(&Object) -> Value,
    ) -> Verdict {
        let before = self.read(key).await?;
        let after = self.patch_key(key, &patch(&before)).await?;
        if after.metadata.generation == before.metadata.generation {
            return Err(JudgeError::new(format!(
                "the API server did not raise the generation of {key} on a change of its spec"
            ))
            .into());
        }
        Ok(())
    }

    /// Changes the status of an object, as another controller would.
    pub(crate) async fn edit_status(
        &self,
        key: &Key,
        change: impl Fn(&mut Object) + Send,
    ) -> Verdict<Object> {
        let client = self.session.client();
        let object = apply::edit(client, key, Some("status"), change).await.map_err(refused)?;
        self.session.watches().learned(key, &object);
        Ok(object)
    }

    /// The Pods of a workload in the infra namespace, by its label `app`.
    ///
    /// # Errors
    ///
    /// An error if they cannot be listed, or there is none.
    pub async fn pods_of(&self, workload: &str) -> Verdict<Vec<Object>> {
        let namespace = self.session.namespaces().in_cluster(INFRA);
        let labels = format!("app={workload}");
        let pods = apply::list(self.session.client(), Kind::Pod, Some(&namespace), Some(&labels));
        let pods = pods.await.map_err(judge)?;
        if pods.is_empty() {
            return Err(
                JudgeError::new(format!("no Pods with label {labels} in {namespace}")).into()
            );
        }
        Ok(pods)
    }

    /// A rule beside the verdict: kept as a finding if it is broken, a failure only under
    /// `--strict`.
    pub(crate) fn finding(&self, rule: &str, spec: &str, mismatch: Mismatch) {
        self.notes.finding(Finding { rule: rule.into(), spec: spec.into(), mismatch });
    }

    /// A judgement beside the verdict: what failed is a finding.
    pub(crate) fn found(&self, rule: &str, spec: &str, judged: Verdict) {
        if let Err(Stop::Failed(failure)) = judged {
            for mismatch in failure.mismatches {
                self.finding(rule, spec, mismatch);
            }
        }
    }

    /// How long something beside the verdict may take, where a test would wait for so long: a second,
    /// but all of it under `--strict`, which makes it part of the verdict.
    pub(crate) fn beside(&self, limit: Limit) -> Duration {
        let limit = self.limit(limit);
        if self.session.is_strict() { limit } else { limit.min(BESIDE_THE_VERDICT) }
    }

    /// Begins a stretch of the test that must end within a limit, as the Go suite's last read of an
    /// object must succeed within it.
    pub fn clock(&self, limit: Limit) -> Clock {
        Clock { began: Instant::now(), limit: self.limit(limit), name: limit.name() }
    }

    pub(crate) fn key(&self, kind: Kind, namespace: &str, name: &str) -> Key {
        let namespace =
            kind.is_namespaced().then(|| self.session.namespaces().in_cluster(namespace));
        Key::new(kind, namespace.as_deref(), name)
    }

    pub(crate) fn limit(&self, limit: Limit) -> Duration {
        self.session.timeouts().get(limit)
    }

    /// Gives the controller time to report an object as it is, before the test changes it: one that collects
    /// changes would else never see this one. It is a second at most; whether the report comes is no part of
    /// the verdict.
    pub(crate) async fn may_be_reported(
        &self,
        key: &Key,
        is_reported: impl Fn(&Object) -> Result<(), String>,
    ) -> Verdict {
        let limit = self.limit(Limit::LatestObservedGenerationSet).min(SECOND_LOOK);
        match self.until(key, limit, "a report", is_reported).await {
            Err(Stop::Failed(_)) => Ok(()),
            other => other,
        }
    }

    /// Whether an object changes in the next second to what `differs` takes: a controller may write one object
    /// before another that follows from the same.
    ///
    /// # Errors
    ///
    /// An error if the objects cannot be watched.
    pub(crate) async fn changes(
        &self,
        key: &Key,
        differs: impl Fn(&Object) -> Result<(), String>,
    ) -> Verdict<bool> {
        match self.until(key, SECOND_LOOK, "a change", differs).await {
            Ok(()) => Ok(true),
            Err(Stop::Failed(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Waits until an object is as expected; until then `expect` says why not. Versions of it before
    /// the one that this run wrote or read last are not judged. It must still be so when the test ends.
    ///
    /// # Errors
    ///
    /// A failure that shows why it was not so until the end, and since when; an error if the
    /// objects cannot be watched.
    pub(crate) async fn wait(
        &self,
        key: &Key,
        limit: Limit,
        expected: &str,
        expect: impl Fn(&Object) -> Result<(), String> + Send + Sync + 'static,
    ) -> Verdict {
        self.until(key, self.limit(limit), expected, &expect).await?;
        self.held.hold(key, self.limit(limit), expected, expect);
        Ok(())
    }

    /// As [`Self::wait`], for what need not stay so.
    pub(crate) async fn until<T>(
        &self,
        key: &Key,
        limit: Duration,
        expected: &str,
        mut expect: impl FnMut(&Object) -> Result<T, String>,
    ) -> Verdict<T> {
        let store = self.session.store(key.kind);
        let met = store.until(key, limit, |object| {
            let met = object.ok_or_else(|| "there is no such object".to_owned());
            let met = met.and_then(|object| Ok((expect(object)?, object.clone())));
            met.map_or_else(
                |because| {
                    self.notes.step(format!("{key}: {because}"));
                    Progress::NotYet(because)
                },
                Progress::Met,
            )
        });
        match self.notes.during(SpanKind::Status, met).await {
            Ok((value, object)) => {
                self.notes.moment(format!("{key}: {expected}"));
                self.judged().insert(key.clone(), Arc::new(object));
                Ok(value)
            }
            Err(unmet) => Err(self.unmet(key, expected, unmet).await?.into()),
        }
    }

    async fn unmet(&self, key: &Key, expected: &str, unmet: Unmet) -> Verdict<Failure> {
        if let Some(error) = &unmet.watch_error
            // Boxed, since tests hold several waits at a time.
            && !Box::pin(self.is_as_shown(key, unmet.last.as_deref())).await
        {
            return Err(
                JudgeError::new(format!("cannot watch {}: {error}", key.kind.name())).into()
            );
        }
        let cause = unmet.last.as_deref().and_then(|object| {
            cause::of_status(key, object, self.session.controller_name(), unmet.waited)
        });
        let is_definite = unmet
            .last
            .as_deref()
            .is_some_and(|object| is_definite(key, object, self.session.controller_name()));
        let mismatch = Mismatch {
            since: Some(unmet.since),
            waited: Some(unmet.waited),
            steady: is_definite && unmet.since * 2 >= unmet.waited,
            ..Mismatch::new(key.to_string(), expected, unmet.because)
        };
        for moment in unmet.history {
            self.notes.moment_at(moment.at, format!("{key}: {}", moment.what));
        }
        Ok(Failure { mismatches: vec![mismatch], cause, timeline: Vec::new() })
    }

    /// Whether an object is still as the watch showed it last: one that broke and went on has nothing to tell then.
    async fn is_as_shown(&self, key: &Key, shown: Option<&Object>) -> bool {
        let got = apply::get(self.session.client(), key);
        let now = self.session.within(Limit::GetTimeout, "get", key, got).await;
        now.is_ok_and(|now| {
            let version = |object: &Object| object.metadata.resource_version.clone();
            now.as_ref().map(version) == shown.map(version)
        })
    }

    /// An object as it was when it last fulfilled an expectation, or else as the shared watch last
    /// saw it.
    pub(crate) fn judged_state(&self, key: &Key) -> Option<Arc<Object>> {
        let judged = self.judged().get(key).cloned();
        judged.or_else(|| self.session.store(key.kind).get(key))
    }

    fn judged(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<Object>>> {
        self.judged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stretch of a test that must end within a limit.
#[derive(Debug)]
pub struct Clock {
    began: Instant,
    limit: Duration,
    name: &'static str,
}

impl Clock {
    /// The stretch ends now.
    ///
    /// # Errors
    ///
    /// A failure if that is too late.
    pub fn must_not_be_over(&self) -> Verdict {
        let took = self.began.elapsed();
        if took <= self.limit {
            return Ok(());
        }
        let expected =
            format!("all of it, from its first look on, within {} ({:.0?})", self.name, self.limit);
        Err(Failure::of(Mismatch::new("the test", expected, format!("it took {took:.1?}"))).into())
    }
}

/// All that is asked is known; `does` says what the test does with it.
fn all_declared<T: PartialEq>(
    known: impl Iterator<Item = T>,
    asked: impl IntoIterator<Item = T>,
    does: impl Fn(T) -> String,
) -> Verdict {
    let known: Vec<_> = known.collect();
    match asked.into_iter().find(|it| !known.contains(it)) {
        None => Ok(()),
        Some(other) => {
            let text = format!("the test {}, which its `sends` does not say", does(other));
            Err(JudgeError::new(text).into())
        }
    }
}

/// How a test ends that could not write an object: a refusal at admission is the subject's, whose
/// webhook or policy it is; any other is no verdict.
pub(crate) fn refused(error: ApplyError) -> Stop {
    let ApplyError::Admission { verb, what, by, message } = error else {
        return judge(error).into();
    };
    let observed = format!("{by} refused it: {message}");
    Failure::of(Mismatch::new(what, format!("to be let in by admission ({verb})"), observed))
        .because("the implementation's admission refuses what the specification allows")
        .into()
}

/// An answer of the API server that ends a test without a verdict.
pub(crate) fn judge(error: impl std::error::Error) -> JudgeError {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        source = inner.source();
    }
    JudgeError::new(message)
}

/// Conditions as a text: `Accepted=True/Accepted and ResolvedRefs=True`.
pub(crate) fn listed(conditions: &[Condition]) -> String {
    conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}
