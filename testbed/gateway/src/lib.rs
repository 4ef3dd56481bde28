//! The reference Gateway: an implementation of the Gateway API that keeps the rules, and can be
//! told to break them.
//!
//! It talks to Kubernetes through a [`kube::Client`] alone and binds its listeners on addresses that
//! it is given. `core` decides, `watch` observes and reports, `proxy` serves; see
//! [`faults`] for the ways in which it can misbehave, and [`lag`] for those in which it can be slow and
//! noisy without misbehaving. It shares no code with the harness that judges
//! it, so that the two cannot share an error.

mod chance;
mod core;
pub mod faults;
pub mod lag;
mod proxy;
mod watch;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use tokio_util::sync::{CancellationToken, DropGuard};

use self::faults::Faults;
use self::lag::Lag;

/// Gives out one address per Gateway, or none when there are no more.
pub type Addresses = Arc<dyn Fn() -> Option<Ipv4Addr> + Send + Sync>;

/// How a [`Gateway`] is to run.
#[derive(Clone)]
pub struct Options {
    /// The `controllerName` of the classes to serve, such as
    /// `gateway-conformance.dev/reference`.
    pub controller_name: String,
    /// Where the Gateways' addresses come from.
    pub addresses: Addresses,
    /// On which ports listeners are bound.
    pub ports: Ports,
    /// The rules to break.
    pub faults: Faults,
    /// In which ways to be slow and noisy.
    pub lag: Lag,
}

/// On which ports listeners are bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// On their own ports, as other processes expect it. Ports below 1024 need the right to.
    Real,
    /// On ports that the operating system chooses, which the [`PortMap`] tells.
    Mapped,
}

/// From the addresses and ports that Gateways report to those where they can be reached.
#[derive(Debug, Clone, Default)]
pub struct PortMap(Arc<RwLock<HashMap<SocketAddr, SocketAddr>>>);

impl PortMap {
    /// Where `address` can be reached; itself where nothing else is known.
    pub fn resolve(&self, address: SocketAddr) -> SocketAddr {
        let map = self.0.read().unwrap_or_else(PoisonError::into_inner);
        map.get(&address).copied().unwrap_or(address)
    }

    fn insert(&self, address: SocketAddr, actual: SocketAddr) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(address, actual);
    }

    fn remove(&self, address: SocketAddr) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&address);
    }
}

/// Why a [`Gateway`] could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server does not know a kind of Gateway API.
    #[error("the cluster has no definition of {kind} v1; install the Gateway API definitions")]
    DefinitionMissing {
        /// The kind.
        kind: String,
    },
    /// The API server could not be asked.
    #[error("failed to list objects of kind {kind}: {source}")]
    Api {
        /// The kind.
        kind: String,
        /// What went wrong.
        source: Box<kube::Error>,
    },
    /// It ended before it was ready, because the runtime is being shut down.
    #[error("the gateway was stopped before it was ready")]
    Stopped,
}

/// A running reference Gateway; it stops when this is dropped.
#[derive(Debug)]
pub struct Gateway {
    port_map: PortMap,
    _stop: DropGuard,
}

impl Gateway {
    /// Starts it. When this returns, what was in the cluster is served, and its statuses are being
    /// written.
    pub async fn start(client: kube::Client, options: Options) -> Result<Self, Error> {
        let port_map = PortMap::default();
        let stop = CancellationToken::new();
        watch::start(client, options, port_map.clone(), stop.clone()).await?;
        Ok(Self { port_map, _stop: stop.drop_guard() })
    }

    /// Where the listeners can be reached.
    pub fn port_map(&self) -> PortMap {
        self.port_map.clone()
    }
}
