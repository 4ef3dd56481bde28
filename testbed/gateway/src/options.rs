//! How a Gateway is to run.

use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::faults::Faults;
use crate::lag::Lag;

/// Where Gateways' addresses come from.
pub trait Addresses: Send + Sync {
    /// Gives one to a Gateway: this one if it asks for one. None if there is none left, or that one
    /// is not free or not here.
    fn give(&self, wanted: Option<Ipv4Addr>) -> Option<Ipv4Addr>;

    /// Takes one back.
    fn take_back(&self, address: Ipv4Addr);
}

/// How a [`Gateway`](crate::Gateway) is to run.
#[derive(Clone)]
pub struct Options {
    /// The `controllerName` of the classes to serve, such as
    /// `gateway-conformance.dev/reference`.
    pub controller_name: String,
    /// Where the Gateways' addresses come from.
    pub addresses: Arc<dyn Addresses>,
    /// On which ports listeners are bound.
    pub ports: Ports,
    /// The rules to break.
    pub faults: Faults,
    /// The optional features not to have, of [`OPTIONAL_FEATURES`](crate::OPTIONAL_FEATURES).
    pub without: Vec<String>,
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
