//! How a Gateway is to run.

use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::faults::Faults;
use crate::lag::Lag;

/// Gives out one address per Gateway, or none when there are no more.
pub type Addresses = Arc<dyn Fn() -> Option<Ipv4Addr> + Send + Sync>;

/// How a [`Gateway`](crate::Gateway) is to run.
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
    /// On ports that the operating system chooses, which the [`PortMap`](crate::PortMap) tells.
    Mapped,
}
