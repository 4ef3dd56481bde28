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
mod error;
pub mod faults;
pub mod lag;
mod options;
mod port_map;
mod proxy;
mod watch;

use kube::Client;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use self::core::OPTIONAL_FEATURES;
pub use self::error::Error;
pub use self::options::{Addresses, Options, Ports};
pub use self::port_map::PortMap;
pub use self::watch::classes;

/// A running reference Gateway; it stops when this is dropped.
#[derive(Debug)]
pub struct Gateway {
    port_map: PortMap,
    _stop: DropGuard,
}

impl Gateway {
    /// Starts it. When this returns, what was in the cluster is served, and its statuses are being
    /// written.
    pub async fn start(client: Client, options: Options) -> Result<Self, Error> {
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
