//! Where what Gateways report can be reached.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

/// From the addresses and ports that Gateways report to those where they can be reached.
#[derive(Debug, Clone, Default)]
pub struct PortMap(Arc<RwLock<HashMap<SocketAddr, SocketAddr>>>);

impl PortMap {
    /// Where `address` can be reached; itself where nothing else is known.
    pub fn resolve(&self, address: SocketAddr) -> SocketAddr {
        let map = self.0.read().unwrap_or_else(PoisonError::into_inner);
        map.get(&address).copied().unwrap_or(address)
    }

    pub(crate) fn insert(&self, address: SocketAddr, actual: SocketAddr) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(address, actual);
    }

    pub(crate) fn remove(&self, address: SocketAddr) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&address);
    }
}
