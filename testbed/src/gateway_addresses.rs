//! Gateways have their addresses from the range that Pods have theirs from.

use std::net::Ipv4Addr;

use testbed_gateway::Addresses;
use testbed_workloads::AddressPool;

/// The addresses for Gateways.
pub(crate) struct GatewayAddresses(pub(crate) AddressPool);

impl Addresses for GatewayAddresses {
    fn give(&self, wanted: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
        match wanted {
            Some(wanted) => self.0.take(wanted).then_some(wanted),
            None => self.0.allocate(),
        }
    }

    fn take_back(&self, address: Ipv4Addr) {
        self.0.release(address);
    }
}
