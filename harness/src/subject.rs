//! What a test's body is given: the subject, its objects, and the verbs that judge them.

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use cluster::{
    Key, Kind, Object, apply, remove,
    wait::{Progress, Unmet},
};
use futures::future::join_all;
use model::{
    condition::Condition,
    names::{INFRA, WEB},
    timeouts::Limit,
    timing::SpanKind,
    verdict::{Failure, Finding, JudgeError, Mismatch, Stop, Verdict},
    version::SuiteVersion,
};
use probe::Prober;
use serde_json::Value;

use crate::{
    cause,
    class::GatewayClass,
    drain::Drain,
    gateway::{Gateway, GatewayObject},
    notes::Notes,
    route::Route,
    session::Session,
    test::Test,
};

/// What is asked beside the verdict takes no longer.
const BESIDE_THE_VERDICT: Duration = Duration::from_secs(1);

/// The implementation under test, as one test sees it.
pub struct Subject {
    pub(crate) session: Arc<Session>,
    pub(crate) notes: Notes,
    /// The routes of ended tests that may answer where the test's do.
    behind: Vec<Arc<Drain>>,
}

impl Subject {
    pub(crate) fn new(session: Arc<Session>, test: &'static Test, behind: Vec<Arc<Drain>>) -> Self {
        let notes = Notes::new(test.name, session.sink());
        Self { session, notes, behind }
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

    /// A Gateway in the infra namespace that has an address; the traffic verbs start here.
    ///
    /// # Errors
    ///
    /// A failure if its conditions are not current or it has no address within
    /// `GatewayMustHaveAddress`.
    pub async fn gateway(&self, name: &'static str) -> Verdict<Gateway<'_>> {
        Gateway::with_address(self.gateway_object(name)).await
    }

    /// A Gateway in the infra namespace, whatever its state; the status verbs start here.
    pub fn gateway_object(&self, name: &'static str) -> GatewayObject<'_> {
        GatewayObject::new(self, name)
    }

    /// A GatewayClass that this test applied.
    pub fn gateway_class(&self, name: &'static str) -> GatewayClass<'_> {
        GatewayClass::new(self, name)
    }

    /// An HTTPRoute in the infra namespace.
    pub fn http_route(&self, name: &'static str) -> Route<'_> {
        Route::new(self, Kind::HttpRoute, INFRA, name)
    }

    /// An HTTPRoute in the namespace of the `web-backend`.
    pub fn http_route_in_web(&self, name: &'static str) -> Route<'_> {
        Route::new(self, Kind::HttpRoute, WEB, name)
    }

    /// The version of the suite that is run, for fixtures that differ between versions.
    pub fn suite_version(&self) -> SuiteVersion {
        self.session.suite_version()
    }

    /// Deletes an object that the test applied.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses.
    pub async fn delete(&self, kind: Kind, namespace: &str, name: &str) -> Verdict {
        let key = self.key(kind, namespace, name);
        let limit = self.limit(Limit::DeleteTimeout);
        self.notes.moment(format!("deleted {key}"));
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
        let object = apply::patch(self.session.client(), key, patch).await.map_err(judge)?;
        self.session.watches().learned(&object);
        self.notes.moment(format!(
            "changed {key}, now of generation {}",
            object.metadata.generation.unwrap_or_default()
        ));
        Ok(object)
    }

    /// An object as the API server has it now.
    pub(crate) async fn read(&self, key: &Key) -> Verdict<Object> {
        let object = apply::get(self.session.client(), key).await.map_err(judge)?;
        object.ok_or_else(|| JudgeError::new(format!("{key} is gone")).into())
    }

    /// Sees to it that what is judged of an object from here on is no older than it is now.
    ///
    /// A watch tells the changes of its objects in their order, but two watches are not in step: a
    /// route may be shown as settled while its Gateway is still shown as it was before. An
    /// expectation that held back then, as of no attached routes, would be met by the past.
    pub(crate) async fn catch_up(&self, key: &Key) -> Verdict {
        let now = self.read(key).await?;
        self.session.watches().learned(&now);
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
        let object = apply::edit(client, key, Some("status"), change).await.map_err(judge)?;
        self.session.watches().learned(&object);
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

    /// The certificate (PEM) in a Secret of the infra namespace.
    ///
    /// # Errors
    ///
    /// An error if there is no such Secret, or none in it.
    pub async fn certificate(&self, secret: &str) -> Verdict<Vec<u8>> {
        let key = self.key(Kind::Secret, INFRA, secret);
        let object = apply::get(self.session.client(), &key).await.map_err(judge)?;
        object
            .and_then(|object| BASE64.decode(object.data["data"]["tls.crt"].as_str()?).ok())
            .ok_or_else(|| JudgeError::new(format!("{key} has no tls.crt")).into())
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

    pub(crate) fn key(&self, kind: Kind, namespace: &str, name: &str) -> Key {
        let namespace =
            kind.is_namespaced().then(|| self.session.namespaces().in_cluster(namespace));
        Key::new(kind, namespace.as_deref(), name)
    }

    pub(crate) fn limit(&self, limit: Limit) -> Duration {
        self.session.timeouts().get(limit)
    }

    /// A limit for what is beside the verdict, which may cost a run a second.
    pub(crate) fn beside(&self, limit: Limit) -> Duration {
        self.limit(limit).min(BESIDE_THE_VERDICT)
    }

    /// Waits until an object is as expected; until then `expect` says why not. Versions of it before
    /// the one that this run wrote or read last are not judged.
    ///
    /// # Errors
    ///
    /// A failure that shows why it was not so until the end, and since when; an error if the
    /// objects cannot be watched.
    pub(crate) async fn wait<T>(
        &self,
        key: &Key,
        limit: Limit,
        expected: &str,
        mut expect: impl FnMut(&Object) -> Result<T, String>,
    ) -> Verdict<T> {
        let store = self.session.store(key.kind);
        let met = store.until(key, self.limit(limit), |object| {
            let met = object.map_or_else(|| Err("there is no such object".into()), &mut expect);
            met.map_or_else(
                |because| {
                    self.notes.step(format!("{key}: {because}"));
                    Progress::NotYet(because)
                },
                Progress::Met,
            )
        });
        let met = self.notes.during(SpanKind::Status, met).await;
        match met {
            Ok(value) => {
                self.notes.moment(format!("{key}: {expected}"));
                Ok(value)
            }
            Err(unmet) => Err(self.unmet(key, expected, unmet)?.into()),
        }
    }

    fn unmet(&self, key: &Key, expected: &str, unmet: Unmet) -> Verdict<Failure> {
        if let Some(error) = unmet.watch_error {
            return Err(
                JudgeError::new(format!("cannot watch {}: {error}", key.kind.name())).into()
            );
        }
        let cause = unmet.last.as_deref().and_then(|object| {
            cause::of_status(key, object, self.session.controller_name(), unmet.waited)
        });
        let mismatch = Mismatch {
            since: Some(unmet.since),
            waited: Some(unmet.waited),
            ..Mismatch::new(key.to_string(), expected, unmet.because)
        };
        for moment in unmet.history {
            self.notes.moment_at(moment.at, format!("{key}: {}", moment.what));
        }
        Ok(Failure { mismatches: vec![mismatch], cause, timeline: Vec::new() })
    }

    /// What an object is now, as the shared watch last saw it.
    pub(crate) fn now(&self, key: &Key) -> Option<Arc<Object>> {
        self.session.store(key.kind).get(key)
    }
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
