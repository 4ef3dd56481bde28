//! Starts the watches and the controllers, and joins them by queues.

use std::{sync::Arc, time::Duration};

use kube::{
    Api, Client,
    api::{DynamicObject, ListParams},
    runtime::reflector::{self, ObjectRef, Store, store::Writer},
};
use tokio::task::JoinSet;

use crate::{
    AddressPool, Logs,
    cluster::{Cluster, watch},
    deployments::Deployments,
    endpoints::Endpoints,
    kubelet::{self, Kubelet, ServerError},
    namespaces::Namespaces,
    node,
    objects::{
        ConfigMap, Deployment, EndpointSlice, Namespace, Pod, Secret, Service, View, resource,
    },
    owners::{self, Owners},
    work::{Queue, work},
};

/// How long the API server may take to list all objects that are watched.
const SYNC_LIMIT: Duration = Duration::from_secs(30);

/// What [`Workloads::start`] has to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where Pods get their addresses from. They have to be addresses that this machine can listen
    /// on; a real API server takes no loopback addresses into `EndpointSlices`.
    pub addresses: AddressPool,
    /// Whether the API server is a real one, which asks a kubelet for what containers print.
    pub serves_logs: bool,
}

/// Why the workloads could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server did not answer, or refused.
    #[error("cannot list the namespaces of the API server; check that it runs: {0}")]
    Unreachable(#[source] kube::Error),
    /// The kubelet's own server did not start.
    #[error("cannot serve the logs of containers: {0}")]
    Logs(#[from] ServerError),
    /// The API server lists namespaces, but not all of the kinds that are needed.
    #[error(
        "the API server did not list {kind} within {} s; check that it serves them",
        SYNC_LIMIT.as_secs()
    )]
    NotSynced {
        /// The resource, in the plural.
        kind: &'static str,
    },
}

/// The running controllers and backends.
///
/// Dropping it stops all of them and closes their sockets; the objects stay as they are.
#[derive(Debug)]
pub struct Workloads {
    logs: Logs,
    _tasks: JoinSet<()>,
}

impl Workloads {
    /// Starts everything, on the current Tokio runtime, and returns once all that is there already
    /// is known.
    ///
    /// # Errors
    ///
    /// When the API server cannot be reached, or does not serve the kinds that are watched.
    pub async fn start(client: Client, options: Options) -> Result<Self, Error> {
        let namespaces = resource::<Namespace>();
        let namespaces = Api::<DynamicObject>::all_with(client.clone(), &namespaces);
        namespaces.list(&ListParams::default().limit(1)).await.map_err(Error::Unreachable)?;
        let logs = Logs::default();
        let (cluster, mut tasks) = spawn(client.clone(), options.addresses, &logs);
        let kubelet = if options.serves_logs {
            Some(kubelet::serve(logs.clone(), &mut tasks).await?)
        } else {
            None
        };
        tasks.spawn(node::register(client, kubelet));
        synced("namespaces", &cluster.namespaces).await?;
        synced("deployments", &cluster.deployments).await?;
        synced("pods", &cluster.pods).await?;
        synced("services", &cluster.services).await?;
        synced("endpointslices", &cluster.slices).await?;
        synced("secrets", &cluster.secrets).await?;
        synced("configmaps", &cluster.config_maps).await?;
        Ok(Self { logs, _tasks: tasks })
    }

    /// What the containers printed; stays valid, and is kept up to date while this lives.
    pub fn logs(&self) -> Logs {
        self.logs.clone()
    }
}

async fn synced<K: View>(kind: &'static str, copies: &Store<K>) -> Result<(), Error> {
    match tokio::time::timeout(SYNC_LIMIT, copies.wait_until_ready()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Error::NotSynced { kind }),
    }
}

fn spawn(client: Client, addresses: AddressPool, logs: &Logs) -> (Arc<Cluster>, JoinSet<()>) {
    let (namespaces, namespace_writer) = reflector::store();
    let (deployments, deployment_writer) = reflector::store();
    let (pods, pod_writer) = reflector::store();
    let (services, service_writer) = reflector::store();
    let (slices, slice_writer) = reflector::store();
    let (secrets, secret_writer) = reflector::store();
    let (config_maps, config_map_writer) = reflector::store();
    let cluster = Arc::new(Cluster {
        client: client.clone(),
        namespaces,
        deployments,
        pods,
        services,
        slices,
        secrets,
        config_maps,
    });
    let mut tasks = JoinSet::new();
    let queues = spawn_controllers(&cluster, addresses, logs, &mut tasks);

    let shared = (client, Arc::clone(&cluster), queues);
    tasks.spawn(tell(&shared, namespace_writer, Queues::namespace_changed));
    tasks.spawn(tell(&shared, deployment_writer, Queues::deployment_changed));
    tasks.spawn(tell(&shared, pod_writer, Queues::pod_changed));
    tasks.spawn(tell(&shared, service_writer, Queues::service_changed));
    tasks.spawn(tell(&shared, slice_writer, Queues::slice_changed));
    tasks.spawn(tell(&shared, secret_writer, Queues::secret_changed));
    tasks.spawn(tell(&shared, config_map_writer, Queues::config_map_changed));
    (cluster, tasks)
}

/// Watches one kind, and calls `changed` for each of its objects that came, changed or went.
fn tell<K: View>(
    (client, cluster, queues): &(Client, Arc<Cluster>, Queues),
    writer: Writer<K>,
    changed: fn(&Queues, &Cluster, &K),
) -> impl Future<Output = ()> + Send + use<K> {
    let (cluster, queues) = (Arc::clone(cluster), queues.clone());
    watch(client.clone(), writer, move |object| changed(&queues, &cluster, object))
}

/// Starts the controllers; they work on what is added to the queues.
fn spawn_controllers(
    cluster: &Arc<Cluster>,
    addresses: AddressPool,
    logs: &Logs,
    tasks: &mut JoinSet<()>,
) -> Queues {
    let (namespaces, keys) = Queue::new();
    let controller = Namespaces::new(Arc::clone(cluster));
    tasks.spawn(async move { work(keys, |key| controller.reconcile(key)).await });
    let (deployments, keys) = Queue::new();
    let controller = Deployments { cluster: Arc::clone(cluster) };
    tasks.spawn(async move { work(keys, |key| controller.reconcile(key)).await });
    let (pods, keys) = Queue::new();
    let controller = Kubelet::new(Arc::clone(cluster), addresses, logs.clone());
    tasks.spawn(async move { work(keys, |key| controller.reconcile(key)).await });
    let (services, keys) = Queue::new();
    let controller = Endpoints { cluster: Arc::clone(cluster) };
    tasks.spawn(async move { work(keys, |key| controller.reconcile(key)).await });
    let (owners, keys) = Queue::new();
    let controller = Owners { cluster: Arc::clone(cluster) };
    tasks.spawn(async move { work(keys, |key| controller.reconcile(key)).await });
    Queues { namespaces, deployments, pods, services, owners }
}

/// Who is told of what.
#[derive(Clone)]
struct Queues {
    namespaces: Queue<ObjectRef<Namespace>>,
    deployments: Queue<ObjectRef<Deployment>>,
    pods: Queue<ObjectRef<Pod>>,
    services: Queue<ObjectRef<Service>>,
    owners: Queue<owners::Key>,
}

impl Queues {
    fn namespace_changed(&self, _: &Cluster, namespace: &Namespace) {
        self.namespaces.add(ObjectRef::from_obj(namespace));
    }

    fn deployment_changed(&self, cluster: &Cluster, deployment: &Deployment) {
        self.deployments.add(ObjectRef::from_obj(deployment));
        Owners::changed(cluster, &self.owners, &cluster.deployments, deployment);
    }

    fn pod_changed(&self, cluster: &Cluster, pod: &Pod) {
        self.pods.add(ObjectRef::from_obj(pod));
        Deployments::pod_changed(&self.deployments, pod);
        Endpoints::pod_changed(cluster, &self.services, pod);
        Namespaces::pod_changed(cluster, &self.namespaces, pod);
        Owners::changed(cluster, &self.owners, &cluster.pods, pod);
    }

    fn service_changed(&self, cluster: &Cluster, service: &Service) {
        self.services.add(ObjectRef::from_obj(service));
        Owners::changed(cluster, &self.owners, &cluster.services, service);
    }

    fn slice_changed(&self, cluster: &Cluster, slice: &EndpointSlice) {
        Endpoints::slice_changed(&self.services, slice);
        Owners::changed(cluster, &self.owners, &cluster.slices, slice);
    }

    fn secret_changed(&self, cluster: &Cluster, secret: &Secret) {
        Kubelet::source_changed(cluster, &self.pods, secret);
        Owners::changed(cluster, &self.owners, &cluster.secrets, secret);
    }

    fn config_map_changed(&self, cluster: &Cluster, config_map: &ConfigMap) {
        Kubelet::source_changed(cluster, &self.pods, config_map);
        Owners::changed(cluster, &self.owners, &cluster.config_maps, config_map);
    }
}
