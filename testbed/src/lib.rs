//! The subject in a box: an API server, workloads and the reference Gateway in one process.
//!
//! ```text
//! api_server (embedded, or a real kube-apiserver) ── kube::Client ──> workloads, gateway
//! ```
//!
//! **Invariant:** nothing here depends on the harness, nor the harness on this. They meet at the
//! Kubernetes API, on the wire, and in what the echo backends answer, so that the suite cannot
//! share an error with the reference.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use kube::{
    Client,
    api::{Api, ApiResource, DynamicObject, Patch, PatchParams},
    runtime::wait::await_condition,
};
use serde_json::Value;
use testbed_gateway::{Gateway, faults::Faults};
use testbed_workloads::{AddressPool, Logs, Workloads};

mod api_server;
mod error;
mod gateway_addresses;
mod lag;
mod options;
mod range;
mod webhook;

use gateway_addresses::GatewayAddresses;

pub use api_server::{ApiServerError, KubeApiServerError};
pub use error::Error;
pub use lag::{InvalidLag, Lag, LagMode, LagSetting, MODES as LAG_MODES};
pub use options::{ApiServer, Options, Ports};
pub use range::RangeError;
pub use testbed_apiserver::Channel;
pub use testbed_gateway::OPTIONAL_FEATURES;
pub use testbed_gateway::faults::{Fault, UnknownFault, all as faults};

/// How long the GatewayClass may be without a status: longer than any lag.
const CLASS_LIMIT: Duration = Duration::from_secs(120);

/// The GatewayClass that a testbed has, of the reference Gateway.
pub const GATEWAY_CLASS: &str = "gateway-conformance";
/// The reference Gateway's `controllerName`.
pub const CONTROLLER: &str = "gateway-conformance.dev/reference";

/// A testbed that runs until it is dropped.
pub struct Testbed {
    // Dropped in this order: who writes goes before what is written to.
    gateway: Gateway,
    workloads: Workloads,
    classes: ApiResource,
    api_server: api_server::Running,
    range: range::Lease,
}

impl Testbed {
    /// Starts it. When this returns its GatewayClass is there and its Gateway serves.
    ///
    /// # Errors
    ///
    /// See [`enum@Error`]; nothing is left behind then.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let faults = Faults::parse(&options.faults)?;
        options.lag.check(options.api_server == ApiServer::Embedded)?;
        let webhook = webhook::wanted(&faults, options.api_server == ApiServer::Embedded)?;
        let range = match options.address_range {
            Some(range) => range::Lease::of(range)?,
            None => range::Lease::take()?,
        };
        if options.api_server == ApiServer::KubeApiServer && range.addresses().addr().is_loopback()
        {
            return Err(Error::LoopbackRange { range: range.addresses() });
        }
        let pool = AddressPool::new(range.addresses());
        if options.ports == Ports::Real {
            check_low_ports(&pool)?;
        }
        let api_server = api_server::Running::start(&options).await?;
        if let Some(webhook) = webhook {
            api_server.admit(webhook);
        }
        let client = api_server.client();
        let workloads = testbed_workloads::Options {
            addresses: pool.clone(),
            serves_logs: options.api_server == ApiServer::KubeApiServer,
        };
        let workloads = Workloads::start(client.clone(), workloads).await?;
        api_server.show_logs(workloads.logs());
        let classes = testbed_gateway::classes(&client).await?;
        create_class(&client, &classes).await?;
        let gateway = testbed_gateway::Options {
            controller_name: CONTROLLER.into(),
            addresses: Arc::new(GatewayAddresses(pool)),
            ports: match options.ports {
                Ports::Mapped => testbed_gateway::Ports::Mapped,
                Ports::Real => testbed_gateway::Ports::Real,
            },
            faults,
            without: options.without,
            lag: options.lag.of_gateway(),
        };
        let gateway = Gateway::start(client, gateway).await?;
        // Only now: what stands does so without trouble.
        if let Some(trouble) = options.lag.of_api_server() {
            api_server.trouble(trouble);
        }
        Ok(Self { gateway, workloads, classes, api_server, range })
    }

    /// A client of its API server.
    pub fn client(&self) -> Client {
        self.api_server.client()
    }

    /// Waits until its GatewayClass is accepted and tells the supported features: other programs read
    /// that before anything else, and do not wait for it.
    ///
    /// # Errors
    ///
    /// When that is not so within two minutes.
    pub async fn class_accepted(&self) -> Result<(), Error> {
        let is_accepted = |class: Option<&DynamicObject>| {
            let conditions = class.map(|class| &class.data["status"]["conditions"]);
            let mut conditions = conditions.and_then(Value::as_array).into_iter().flatten();
            conditions.any(|it| it["type"] == "Accepted" && it["status"] == "True")
        };
        let classes = Api::all_with(self.client(), &self.classes);
        let accepted = await_condition(classes, GATEWAY_CLASS, is_accepted);
        match tokio::time::timeout(CLASS_LIMIT, accepted).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Error::ClassUnseen(Box::new(error))),
            Err(_) => Err(Error::ClassNotAccepted { waited: CLASS_LIMIT }),
        }
    }

    /// Where an address that a Gateway reports can be reached from this process.
    pub fn address_map(&self) -> Arc<dyn Fn(SocketAddr) -> SocketAddr + Send + Sync> {
        let map = self.gateway.port_map();
        Arc::new(move |address| map.resolve(address))
    }

    /// An address that a Gateway is given if it asks for it.
    pub fn usable_address(&self) -> Ipv4Addr {
        // The last one is the last to be given to anybody.
        Ipv4Addr::from_bits(self.range.addresses().broadcast().to_bits().wrapping_sub(1))
    }

    /// An address that no Gateway is given: it is not of the range.
    pub fn unusable_address(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.range.addresses().network().to_bits().wrapping_sub(1))
    }

    /// What its Pods printed.
    pub fn logs(&self) -> Logs {
        self.workloads.logs()
    }

    /// Opens its API server to other processes, on a loopback port that the operating system
    /// chooses, and gives a kubeconfig for it.
    ///
    /// # Errors
    ///
    /// When no socket can be bound.
    pub async fn listen(&mut self) -> Result<String, Error> {
        Ok(self.api_server.listen().await?)
    }
}

/// Whether a listener on port 80 could be bound, asked before any is.
fn check_low_ports(pool: &AddressPool) -> Result<(), Error> {
    const PORT: u16 = 80;
    let Some(address) = pool.allocate() else { return Ok(()) };
    let bound = std::net::TcpListener::bind((address, PORT));
    pool.release(address);
    bound.map(drop).map_err(|source| Error::LowPort { address, port: PORT, source })
}

async fn create_class(client: &Client, resource: &ApiResource) -> Result<(), Error> {
    let class = serde_json::json!({
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": { "name": GATEWAY_CLASS },
        "spec": {
            "controllerName": CONTROLLER,
            "description": "The reference Gateway of gateway-conformance's testbed",
        },
    });
    let parameters = PatchParams::apply("gateway-conformance-testbed").force();
    let classes: Api<DynamicObject> = Api::all_with(client.clone(), resource);
    let applied = classes.patch(GATEWAY_CLASS, &parameters, &Patch::Apply(&class)).await;
    applied.map(drop).map_err(|error| Error::Class(Box::new(error)))
}
