//! What the tests of a run share: one client, one watch for each kind, one prober.

use std::{collections::BTreeSet, sync::Arc};

use cluster::{
    Key, Kind, Object,
    apply::{self, ApplyError, Dressing, patched},
    wait::Progress,
    watch::{Scope, Store, Watches},
};
use futures::{StreamExt, TryStreamExt, stream};
use kube::Client;
use model::{
    address::StaticAddresses,
    described::Described,
    event::{Event, EventKind},
    feature::Feature,
    fixtures::PullSecret,
    names::{Namespaces, RUN_LABEL},
    timeouts::{Limit, Timeouts},
    version::SuiteVersion,
};
use probe::{Dialer, Limits, Prober};
use serde_json::{Value, json};
use tokio::{sync::Notify, time::timeout};

use crate::{
    context::{notes::Sink, owners::Owners, settled::is_definite, way},
    error::Error,
    manifests::{Manifests, objects},
    options::{Hook, IpFamily, Options},
};

/// How many objects are applied or removed at a time.
const WRITES: usize = 8;

/// What the tests of a run share.
pub(crate) struct Session {
    client: Client,
    watches: Watches,
    dressing: Dressing,
    timeouts: Timeouts,
    prober: Prober,
    /// The Pod through which it probes, if it does.
    outpost: Option<Object>,
    hooks: Arc<[Hook]>,
    /// Of which family the addresses are at which Gateways are asked.
    pub(super) ip_family: Option<IpFamily>,
    sink: Sink,
    manifests: Manifests,
    version: SuiteVersion,
    /// What the subject claims to support.
    features: Arc<BTreeSet<Feature>>,
    is_strict: bool,
    owners: Arc<Owners>,
    /// Told when a Gateway under test waits for an address.
    pub(crate) starving: Arc<Notify>,
    /// Which copy of the base environment it uses, from 1.
    lane: usize,
}

impl Session {
    pub(crate) fn new(
        client: Client,
        manifests: Manifests,
        version: SuiteVersion,
        controller_name: String,
        options: &Options,
        run: String,
        sink: Sink,
    ) -> Self {
        let timeouts = options.timeouts.clone();
        let namespaces = Namespaces::prefixed(&options.fixtures.namespace_prefix);
        let watches = Watches::new(client.clone());
        let straight = options.address_map.clone().map_or_else(Dialer::direct, Dialer::mapped);
        let patience = timeouts.get(Limit::NamespacesMustBeReady);
        let dialer =
            way::dialer(straight, &options.via, (&client, &watches), &namespaces, patience);
        let limits = Limits {
            request: timeouts.get(Limit::RequestTimeout),
            consistency: timeouts.get(Limit::MaxTimeToConsistency),
            longest_pause: timeouts.get(Limit::DefaultPollInterval),
            successes: timeouts.successes(),
        };
        let agent = format!("gateway-conformance/{}", env!("CARGO_PKG_VERSION"));
        Self {
            watches,
            outpost: way::prober(&options.via),
            hooks: options.hooks.clone().into(),
            ip_family: options.ip_family,
            prober: Prober::new(dialer, limits, namespaces.clone(), agent),
            dressing: Dressing {
                run,
                gateway_class: options.gateway_class.clone(),
                controller_name,
                addresses: options.addresses.clone(),
                namespace_labels: options.namespace_labels.clone(),
                namespace_annotations: options.namespace_annotations.clone(),
                namespaces,
                described: options.described.clone(),
                fixtures: options.fixtures.clone(),
            },
            client,
            timeouts,
            sink,
            manifests,
            version,
            features: Arc::default(),
            is_strict: options.strict,
            owners: Arc::default(),
            starving: Arc::default(),
            lane: 1,
        }
    }

    /// The session with a subject that claims to support these features.
    pub(crate) fn claiming(self, features: BTreeSet<Feature>) -> Self {
        Self { features: features.into(), ..self }
    }

    /// The session for a copy of the base environment: the same run, other namespaces. The first has
    /// the plain names.
    pub(crate) fn in_lane(&self, number: usize) -> Self {
        let copy = if number == 1 { String::new() } else { format!("lane-{number}-") };
        let namespaces = self.dressing.namespaces.of_copy(copy);
        Self {
            client: self.client.clone(),
            watches: self.watches.clone(),
            prober: self.prober.among(namespaces.clone()),
            outpost: None,
            hooks: self.hooks.clone(),
            dressing: Dressing { namespaces, ..self.dressing.clone() },
            timeouts: self.timeouts.clone(),
            sink: self.sink.clone(),
            owners: self.owners.clone(),
            starving: self.starving.clone(),
            features: self.features.clone(),
            lane: number,
            ..*self
        }
    }

    /// What is described of the implementation.
    pub(crate) fn described(&self) -> &Described {
        &self.dressing.described
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn watches(&self) -> &Watches {
        &self.watches
    }

    pub(crate) fn namespaces(&self) -> &Namespaces {
        &self.dressing.namespaces
    }

    /// Which addresses Gateways can be given.
    pub(crate) fn addresses(&self) -> &StaticAddresses {
        &self.dressing.addresses
    }

    /// Whether the subject claims to support a feature.
    pub(crate) fn claims(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// The version of the suite whose tests and manifests are run.
    pub(crate) fn suite_version(&self) -> SuiteVersion {
        self.version
    }

    pub(crate) fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    /// For which Gateways the owners of Pods were made, as far as that was asked.
    pub(crate) fn owners(&self) -> &Owners {
        &self.owners
    }

    /// Whether findings are part of the verdict.
    pub(crate) fn is_strict(&self) -> bool {
        self.is_strict
    }

    pub(crate) fn prober(&self) -> &Prober {
        &self.prober
    }

    /// Commands at certain moments.
    pub(crate) fn hooks(&self) -> &[Hook] {
        &self.hooks
    }

    /// The run's UUID.
    pub(crate) fn run(&self) -> &str {
        &self.dressing.run
    }

    pub(crate) fn gateway_class(&self) -> &str {
        &self.dressing.gateway_class
    }

    pub(crate) fn controller_name(&self) -> &str {
        &self.dressing.controller_name
    }

    pub(crate) fn sink(&self) -> Sink {
        self.sink.clone()
    }

    pub(crate) fn tell(&self, kind: EventKind) {
        (self.sink)(Event::now(kind));
    }

    pub(crate) fn notice(&self, text: impl Into<String>) {
        let text = match self.lane {
            1 => text.into(),
            lane => format!("lane {lane}: {}", text.into()),
        };
        self.tell(EventKind::Notice { text });
    }

    /// Tells what is set up or removed now. Of further lanes that is not told: they come and go
    /// beside the tests.
    pub(crate) fn stage(&self, stage: &str) {
        if self.lane == 1 {
            self.tell(EventKind::SetUp { stage: stage.into() });
        }
    }

    /// The shared watch of a kind: the objects of this run, and every GatewayClass.
    pub(crate) fn store(&self, kind: Kind) -> Store {
        let scope = Scope::all(kind);
        if kind == Kind::GatewayClass {
            return self.watches.on(scope);
        }
        self.watches.on(scope.labelled(format!("{RUN_LABEL}={}", self.dressing.run)))
    }

    /// The objects of a manifest, as the suite's version has them and the user patches them.
    pub(crate) fn manifest(&self, path: &str) -> Result<Vec<Object>, Error> {
        let patches = &self.dressing.fixtures.patches;
        let all = objects(self.manifests, path, self.version)?.into_iter();
        all.map(|object| patched(object, patches).map_err(Error::Patch)).collect()
    }

    /// What nodes show to a registry, if something was told, for whichever namespace.
    pub(crate) fn pull_secret(&self) -> Option<Object> {
        let PullSecret(config) = self.dressing.fixtures.pull_secret.as_ref()?;
        let secret = Object::new(PullSecret::NAME, &Kind::Secret.resource()).data(json!({
            "type": "kubernetes.io/dockerconfigjson",
            "stringData": { ".dockerconfigjson": config },
        }));
        Some(self.dress(secret, None))
    }

    /// The Pod through which is probed, if that is the way.
    pub(crate) fn outpost(&self) -> Option<Object> {
        self.outpost.clone().map(|pod| self.dress(pod, None))
    }

    /// The object as it is applied.
    pub(crate) fn dress(&self, object: Object, test: Option<&str>) -> Object {
        self.dressing.dress(object, test)
    }

    /// A value of an object with the namespaces that it names as they are called in this cluster.
    pub(crate) fn renamed(&self, value: Value) -> Value {
        self.dressing.renamed(value)
    }

    /// Applies an object; what is judged of it from here on is this version of it.
    pub(crate) async fn apply(&self, object: &Object) -> Result<(), ApplyError> {
        let what = Key::of(object);
        let applied = apply::apply(&self.client, object);
        let Some(key) = &what else { return applied.await.map(drop) };
        let applied = self.within(Limit::CreateTimeout, "apply", key, applied).await?;
        self.watches.learned(key, &applied);
        Ok(())
    }

    /// What is asked of the API server is answered within a limit.
    pub(crate) async fn within<T>(
        &self,
        limit: Limit,
        verb: &'static str,
        key: &Key,
        answer: impl Future<Output = Result<T, ApplyError>>,
    ) -> Result<T, ApplyError> {
        let time = self.timeouts.get(limit);
        timeout(time, answer).await.unwrap_or_else(|_| {
            let message = format!("no answer within {} ({time:.0?})", limit.name());
            Err(ApplyError::Failed { verb, what: key.to_string(), message })
        })
    }

    /// Applies several objects at a time, in no order.
    pub(crate) async fn apply_all(&self, objects: &[Object]) -> Result<(), ApplyError> {
        let writes: Vec<_> = objects.iter().map(|object| self.apply(object)).collect();
        stream::iter(writes).buffer_unordered(WRITES).try_collect().await
    }

    /// Waits until a Gateway is made: its controller has said of it, as it is now, all that it has to say.
    pub(crate) async fn gateway_is_made(&self, gateway: &Key) {
        let store = self.store(Kind::Gateway);
        let limit = self.timeouts.get(Limit::GatewayMustHaveCondition);
        let made = store.until(gateway, limit, |object| {
            let is_made = |object| is_definite(gateway, object, self.controller_name());
            if object.is_some_and(is_made) {
                Progress::Met(())
            } else {
                Progress::NotYet(String::new())
            }
        });
        // One that is not by then will not be, which its test tells.
        let _ = made.await;
    }
}

/// A session is shared by the tests that run at a time.
pub(crate) type Shared = Arc<Session>;
