//! The data plane: sockets, TLS, and the way of requests to backends.

mod connection;
mod exchange;
mod tls;
mod upstream;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::{CancellationToken, DropGuard};

use self::connection::Server;
use self::upstream::Upstream;
use crate::core::objects::Key;
use crate::core::routing::PortTable;
use crate::{PortMap, Ports};

/// The open ports of all Gateways.
#[derive(Debug)]
pub struct Proxy {
    ports: Ports,
    port_map: PortMap,
    upstream: Upstream,
    open: BTreeMap<(Key, u16), OpenPort>,
}

/// A port that is being served until this is dropped.
#[derive(Debug)]
struct OpenPort {
    address: SocketAddr,
    table: Arc<ArcSwap<PortTable>>,
    _stop: DropGuard,
}

impl Proxy {
    /// A proxy without open ports.
    pub fn new(ports: Ports, port_map: PortMap) -> Self {
        Self { ports, port_map, upstream: Upstream::new(), open: BTreeMap::new() }
    }

    /// Serves these ports and no others; those that are open already take their new tables at once.
    ///
    /// Returns the ports that could not be opened, each with what the operating system said.
    pub fn serve(
        &mut self,
        tables: BTreeMap<(Key, u16), PortTable>,
        addresses: &BTreeMap<Key, Ipv4Addr>,
    ) -> BTreeMap<(Key, u16), String> {
        let address = |port: &(Key, u16)| {
            addresses.get(&port.0).map(|address| SocketAddr::from((*address, port.1)))
        };
        let port_map = &self.port_map;
        self.open.retain(|port, open| {
            let keep = tables.contains_key(port) && address(port) == Some(open.address);
            if !keep {
                port_map.remove(open.address);
            }
            keep
        });
        let mut failures = BTreeMap::new();
        for (port, table) in tables {
            if let Some(open) = self.open.get(&port) {
                open.table.store(Arc::new(table));
                continue;
            }
            let Some(address) = address(&port) else { continue };
            match self.open(address, table) {
                Ok(open) => {
                    self.open.insert(port, open);
                }
                Err(error) => {
                    failures.insert(port, error.to_string());
                }
            }
        }
        failures
    }

    fn open(&self, address: SocketAddr, table: PortTable) -> io::Result<OpenPort> {
        let listener = match self.ports {
            Ports::Real => bind(address)?,
            Ports::Mapped => {
                let listener = bind(SocketAddr::new(address.ip(), 0))?;
                self.port_map.insert(address, listener.local_addr()?);
                listener
            }
        };
        let table = Arc::new(ArcSwap::from_pointee(table));
        let stop = CancellationToken::new();
        let server = Server::new(Arc::clone(&table), self.upstream.clone(), stop.clone());
        tokio::spawn(server.run(listener));
        Ok(OpenPort { address, table, _stop: stop.drop_guard() })
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    const BACKLOG: u32 = 1024;
    let socket = TcpSocket::new_v4()?;
    // A port that was closed a moment ago can be opened again.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
