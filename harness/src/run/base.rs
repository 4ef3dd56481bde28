//! The base environment: as much of it as the planned tests use.

use std::collections::{BTreeMap, BTreeSet};

use cluster::{
    Key, Kind, Object,
    apply::{self, ApplyError},
    certificates::Materials,
    remove,
    wait::Progress,
    watch::Scope,
};
use jiff::Timestamp;
use model::{
    names::{CERTIFIED_BY, RUN_LABEL, TEST_LABEL},
    timeouts::Limit,
};
use serde_json::Value;

use crate::{
    context::session::Session,
    error::Error,
    isolation::{
        footprint::{self, Listeners},
        routing::{Services, services},
    },
    options::Phase,
    run::{hooks, readiness},
    test::Suite,
    verbs::{subject::judge, workloads::unready},
};

/// The base environment, before it is applied.
pub(crate) struct Base {
    /// Namespaces first.
    objects: Vec<Object>,
    /// Every name in its objects and in those of the tests.
    named: BTreeSet<String>,
    /// The listeners of its Gateways.
    pub(crate) listeners: Listeners,
    /// Its Services.
    pub(crate) services: Services,
}

impl Base {
    /// Reads what the tests with these objects use of it: what they name, and what that names. `also` is what they name
    /// beside their objects.
    pub(crate) fn read(
        session: &Session,
        tests: &[Vec<Object>],
        also: impl Iterator<Item = &'static str>,
    ) -> Result<Self, Error> {
        let fixtures = session.manifest(Suite::BASE)?;
        let fixtures = fixtures.into_iter().map(|object| session.dress(object, None)).collect();
        let mut named: BTreeSet<_> = also.map(str::to_owned).collect();
        for object in tests.iter().flatten() {
            names_in(&object.data, &mut named);
        }
        let objects = used(fixtures, &mut named);
        let (listeners, services) = (footprint::listeners(&objects), services(&objects));
        Ok(Self { objects, named, listeners, services })
    }

    /// Applies it. It is not waited for: see [`Self::pods_ready`]; and each test waits for the
    /// Gateways that it uses.
    pub(crate) async fn apply(&self, session: &Session) -> Result<(), Error> {
        session.stage("namespaces");
        let namespaces: Vec<_> = self.of_kind(Kind::Namespace).collect();
        for namespace in namespaces {
            apply_namespace(session, namespace).await?;
        }
        if let Some(secret) = session.pull_secret() {
            let here = self.of_kind(Kind::Namespace).filter_map(|it| it.metadata.name.as_deref());
            let copies: Vec<_> = here.map(|namespace| secret.clone().within(namespace)).collect();
            session.apply_all(&copies).await?;
        }
        if let Some(pod) = session.outpost() {
            session.apply(&pod).await?;
        }
        session.stage("workloads and Gateways");
        let first = self.objects.iter().filter(|object| {
            Kind::of(object) != Some(Kind::Namespace) && !mounts_something(object)
        });
        session.apply_all(&first.cloned().collect::<Vec<_>>()).await?;
        Ok(hooks::play(session, Phase::AfterSetup, None).await?)
    }

    /// Applies the certificates, and the workloads that mount them and would wait for them in vain.
    ///
    /// They come last, as in the Go suite: a controller has to look again at a Gateway whose certificate was
    /// missing. Making them takes a moment, which tests that name none need not wait for.
    pub(crate) async fn certify(&self, session: &Session, was_left: bool) -> Result<(), Error> {
        let run = self.certificates(session, was_left).await?;
        let later = self.objects.iter().filter(|object| mounts_something(object));
        let later = later.map(|workload| certified_by(&run, workload.clone()));
        Ok(session.apply_all(&later.collect::<Vec<_>>()).await?)
    }

    /// Sees to it that the certificates are there, and tells which run made them. Those of an earlier run are
    /// kept, as in the Go suite, if that left all that are needed: nothing has to look at them again.
    async fn certificates(&self, session: &Session, was_left: bool) -> Result<String, Error> {
        if was_left {
            let of_runs = |kind| apply::list(session.client(), kind, None, Some(RUN_LABEL));
            let mut found = of_runs(Kind::Secret).await?;
            found.extend(of_runs(Kind::ConfigMap).await?);
            let is_wanted = |name: &str| self.named.contains(name);
            let now = Timestamp::now();
            if let Some(run) = Materials::maker(&found, is_wanted, session.namespaces(), now) {
                return Ok(run.to_owned());
            }
        }
        let named = self.named.clone();
        let made =
            tokio::task::spawn_blocking(move || Materials::generate(|name| named.contains(name)));
        let made = made.await.map_err(judge)??.objects(session.namespaces());
        let made: Vec<_> = made.into_iter().map(|object| session.dress(object, None)).collect();
        session.apply_all(&made).await?;
        Ok(session.run().to_owned())
    }

    /// Whether some of these objects, or the Gateways of it that they name, name a certificate of it.
    pub(crate) fn certifies(&self, objects: &[Object], gateways: &[Key]) -> bool {
        let own = self.of_kind(Kind::Gateway);
        let own = own.filter(|it| Key::of(it).is_some_and(|key| gateways.contains(&key)));
        objects.iter().chain(own).any(names_a_certificate)
    }

    /// Waits until the Pods of its workloads are ready.
    pub(crate) async fn pods_ready(&self, session: &Session) -> Result<(), Error> {
        session.stage("Pods");
        let deployments: Vec<_> = self.of_kind(Kind::Deployment).filter_map(Key::of).collect();
        readiness::workloads_ready(session, &deployments).await
    }

    /// Waits until more than so many of its workloads have their Pods ready, and gives how many. None
    /// if no more can be waited for: all are, or it takes too long, which [`Self::pods_ready`] tells.
    pub(crate) async fn more_ready(&self, session: &Session, than: usize) -> Option<usize> {
        let workloads: Vec<_> = self.of_kind(Kind::Deployment).filter_map(Key::of).collect();
        if than >= workloads.len() {
            return None;
        }
        let store = session.store(Kind::Deployment);
        let limit = session.timeouts().get(Limit::NamespacesMustBeReady);
        let more = store.until_all(limit, |objects| {
            let is_ready = |object: &Object| {
                Key::of(object)
                    .is_some_and(|key| workloads.contains(&key) && unready(&key, object).is_none())
            };
            match objects.iter().filter(|object| is_ready(object)).count() {
                ready if ready > than => Progress::Met(ready),
                ready => Progress::NotYet(format!("{ready} of {} are ready", workloads.len())),
            }
        });
        more.await.ok()
    }

    /// The workloads of it that some of these objects name, or that a Service does which they name.
    pub(crate) fn sent_to_by(&self, objects: &[Object]) -> Vec<Key> {
        let mut named = BTreeSet::new();
        for object in objects {
            names_in(&object.data, &mut named);
        }
        let is_named = |object: &Object, named: &BTreeSet<String>| {
            object.metadata.name.as_ref().is_some_and(|name| named.contains(name))
        };
        let services = self.of_kind(Kind::Service).filter(|service| is_named(service, &named));
        for service in services.collect::<Vec<_>>() {
            names_in(&service.data, &mut named);
        }
        let workloads = self.of_kind(Kind::Deployment);
        workloads.filter(|workload| is_named(workload, &named)).filter_map(Key::of).collect()
    }

    /// Those of its Gateways, to be applied with a test.
    pub(crate) fn gateways_for(&self, test: &str, gateways: &[Key]) -> Vec<Object> {
        let named = self.of_kind(Kind::Gateway);
        let named = named.filter(|it| Key::of(it).is_some_and(|key| gateways.contains(&key)));
        let of_test = |mut gateway: Object| {
            let labels = gateway.metadata.labels.get_or_insert_default();
            labels.insert(TEST_LABEL.to_owned(), test.to_owned());
            gateway
        };
        named.cloned().map(of_test).collect()
    }

    /// Has no Gateways any more: each comes with the tests that use it.
    pub(crate) fn leave_gateways_to_tests(&mut self) {
        self.objects.retain(|object| Kind::of(object) != Some(Kind::Gateway));
    }

    /// Its Gateways.
    pub(crate) fn gateways(&self) -> Vec<Key> {
        self.of_kind(Kind::Gateway).filter_map(Key::of).collect()
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(move |object| Kind::of(object) == Some(kind))
    }

    /// Removes it: first the Gateways, so that the implementation can tidy up after them, then the
    /// namespaces with all that is in them. That takes the cluster a while; it is not waited for,
    /// and a run that comes too early waits itself.
    ///
    /// # Errors
    ///
    /// What is left, with what holds it.
    pub(crate) async fn remove(&self, session: &Session) -> Result<(), Vec<String>> {
        let limit = session.timeouts().get(Limit::DeleteTimeout);
        let keys = |kind| self.of_kind(kind).filter_map(Key::of).collect::<Vec<_>>();
        let (gateways, namespaces) = (keys(Kind::Gateway), keys(Kind::Namespace));
        let removed = [
            remove::remove(session.client(), session.watches(), &gateways, limit).await,
            remove::dismiss(session.client(), &namespaces).await,
        ];
        let left: Vec<_> =
            removed.into_iter().filter_map(Result::err).flatten().map(|r| r.to_string()).collect();
        if left.is_empty() { Ok(()) } else { Err(left) }
    }
}

/// Removes the tests' objects of an earlier run that kept them, or that was ended by force: what it changed in
/// them would be judged. Its base environment is taken over; tells whether there may be one.
///
/// # Errors
///
/// When that cannot be asked, or something does not go.
pub(crate) async fn remove_leftovers(session: &Session) -> Result<bool, Error> {
    let of_a_run = apply::list(session.client(), Kind::Namespace, None, Some(RUN_LABEL)).await?;
    if of_a_run.is_empty() {
        return Ok(false);
    }
    session.notice("an earlier run left its namespaces; removing the objects of its tests");
    let limit = session.timeouts().get(Limit::DeleteTimeout);
    let removed =
        remove::remove_labelled(session.client(), session.watches(), TEST_LABEL, limit).await;
    removed.map(|_| true).map_err(|error| Error::InTheWay(error.to_string()))
}

/// Whether an object is a workload that mounts a Secret or a ConfigMap.
fn mounts_something(object: &Object) -> bool {
    Kind::of(object) == Some(Kind::Deployment)
        && !object.data["spec"]["template"]["spec"]["volumes"].is_null()
}

/// Whether an object names a certificate that a run makes.
fn names_a_certificate(object: &Object) -> bool {
    let mut named = BTreeSet::new();
    names_in(&object.data, &mut named);
    Materials::names().any(|name| named.contains(name))
}

/// A workload that may mount certificates that this run made. Its Pods read them once, so they are new ones when
/// another run has made them.
fn certified_by(run: &str, mut workload: Object) -> Object {
    if names_a_certificate(&workload) {
        workload.data["spec"]["template"]["metadata"]["annotations"][CERTIFIED_BY] = run.into();
    }
    workload
}

/// Applies a Namespace; one of an earlier run that is still going away is waited for.
async fn apply_namespace(session: &Session, namespace: &Object) -> Result<(), Error> {
    let limit = session.timeouts().get(Limit::NamespacesMustBeReady);
    match session.apply(namespace).await {
        Err(ApplyError::BeingDeleted { what, .. }) => {
            session.notice(format!(
                "{what} of an earlier run is still being deleted; waiting for it to go"
            ));
            let Some(key) = Key::of(namespace) else { return Ok(()) };
            let store = session.watches().on(Scope::all(Kind::Namespace));
            let gone = store.until(&key, limit, |object| match object {
                None => Progress::Met(()),
                Some(object) => Progress::NotYet(held(object)),
            });
            gone.await.map_err(|unmet| {
                Error::InTheWay(format!(
                    "{what} of an earlier run is still being deleted after {:.0?}: {}; see kubectl describe namespace {}",
                    unmet.waited, unmet.because, key.name
                ))
            })?;
            Ok(session.apply(namespace).await?)
        }
        other => Ok(other?),
    }
}

/// What a Namespace that goes away tells of what holds it.
fn held(namespace: &Object) -> String {
    let conditions = namespace.data["status"]["conditions"].as_array();
    let messages: Vec<_> = conditions
        .into_iter()
        .flatten()
        .filter(|condition| condition["status"] == "True")
        .filter_map(|condition| condition["message"].as_str())
        .collect();
    if messages.is_empty() { "its content is being deleted".into() } else { messages.join("; ") }
}

/// The objects that are named, those that they name in turn, and every Namespace.
fn used(fixtures: Vec<Object>, named: &mut BTreeSet<String>) -> Vec<Object> {
    let mut waiting: BTreeMap<usize, Object> = fixtures.into_iter().enumerate().collect();
    let mut used = BTreeMap::new();
    loop {
        let found: Vec<usize> = waiting
            .iter()
            .filter(|(_, object)| {
                Kind::of(object) == Some(Kind::Namespace)
                    || object.metadata.name.as_ref().is_some_and(|name| named.contains(name))
            })
            .map(|(index, _)| *index)
            .collect();
        if found.is_empty() {
            return used.into_values().collect();
        }
        for index in found {
            if let Some(object) = waiting.remove(&index) {
                names_in(&object.data, named);
                used.insert(index, object);
            }
        }
    }
}

/// Every text in a value: a superset of the names in it.
fn names_in(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            names.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| names_in(item, names)),
        Value::Object(fields) => fields.values().for_each(|field| names_in(field, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_named_is_used_and_what_that_names() {
        let fixtures = cluster::manifest::parse(
            "base",
            "{apiVersion: v1, kind: Namespace, metadata: {name: infra}}\n---\n\
             {apiVersion: v1, kind: Service, metadata: {name: one, namespace: infra}, spec: {selector: {app: two}}}\n---\n\
             {apiVersion: apps/v1, kind: Deployment, metadata: {name: two, namespace: infra}}\n---\n\
             {apiVersion: apps/v1, kind: Deployment, metadata: {name: three, namespace: infra}}",
        )
        .unwrap();
        let used = used(fixtures, &mut ["one".to_owned()].into());
        let names: Vec<_> =
            used.iter().filter_map(|object| object.metadata.name.as_deref()).collect();
        assert_eq!(names, ["infra", "one", "two"]);
    }

    #[test]
    fn pods_are_new_when_the_certificates_that_they_mount_are() {
        let metadata = |secret: &str| {
            let volumes = json!([{ "name": "files", "secret": { "secretName": secret } }]);
            let template = json!({ "metadata": {}, "spec": { "volumes": volumes } });
            let workload = json!({ "metadata": {}, "spec": { "template": template } });
            let workload = serde_json::from_value(workload).unwrap();
            certified_by("run-1", workload).data["spec"]["template"]["metadata"].take()
        };
        let certified = json!({ "annotations": { CERTIFIED_BY: "run-1" } });
        assert_eq!(metadata("tls-checks-certificate"), certified);
        assert_eq!(metadata("of-the-user"), json!({}), "no run makes it");
    }
}
