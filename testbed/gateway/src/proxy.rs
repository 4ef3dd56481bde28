//! The data plane: sockets, TLS, and the way of requests to backends.

mod backend_session;
mod body;
mod connection;
mod datagrams;
mod exchange;
mod grpc;
mod line;
mod socket;
mod stream;
mod tls;
mod unrest;
mod upstream;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use self::connection::Server;
use self::line::Line;
use self::socket::Socket;
use self::unrest::{OfPort, Unsettled};
use self::upstream::Upstream;
use crate::core::objects::Key;
use crate::core::port::{Port, Transport};
use crate::core::tables::Table;
use crate::lag::Lag;
use crate::{PortMap, Ports};

/// The open ports of all Gateways.
#[derive(Debug)]
pub struct Proxy {
    ports: Ports,
    port_map: PortMap,
    upstream: Upstream,
    unsettled: Option<Unsettled>,
    open: BTreeMap<Port, OpenPort>,
}

/// A port that is being served until this is dropped.
#[derive(Debug)]
struct OpenPort {
    /// Where it answers: at each address of its Gateway.
    at: Vec<SocketAddr>,
    /// What each replica serves there; one, unless a lag wants another.
    replicas: Vec<Arc<Line>>,
    unrest: OfPort,
    /// Has nobody listen until then.
    reload: watch::Sender<Instant>,
    _stop: DropGuard,
}

impl Proxy {
    /// A proxy without open ports.
    pub fn new(ports: Ports, port_map: PortMap, lag: &Lag) -> Self {
        let (upstream, unsettled) = (Upstream::new(), Unsettled::new(lag));
        Self { ports, port_map, upstream, unsettled, open: BTreeMap::new() }
    }

    /// Serves these ports and no others; those that are open already take their new tables at once.
    ///
    /// Returns the ports that could not be opened, each with what the operating system said.
    pub fn serve(
        &mut self,
        tables: BTreeMap<Port, Table>,
        addresses: &BTreeMap<Key, Vec<IpAddr>>,
    ) -> BTreeMap<Port, String> {
        let at = |port: &Port| -> Vec<SocketAddr> {
            let addresses = addresses.get(&port.gateway).into_iter().flatten();
            addresses.map(|address| SocketAddr::from((*address, port.number))).collect()
        };
        let mut closed = BTreeSet::new();
        self.open.retain(|port, open| {
            let keep = tables.contains_key(port) && at(port) == open.at;
            if !keep {
                closed.extend(open.at.iter().copied());
            }
            keep
        });
        for address in closed {
            // The port of the other transport may still be open there.
            if !self.open.values().any(|open| open.at.contains(&address)) {
                self.port_map.remove(address);
            }
        }
        let mut failures = BTreeMap::new();
        for (port, table) in tables {
            if let Some(open) = self.open.get(&port) {
                open.take(&table, self.unsettled.as_mut());
                continue;
            }
            let at = at(&port);
            if at.is_empty() {
                continue;
            }
            match self.open(port.transport, at, &table) {
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

    fn open(
        &mut self,
        transport: Transport,
        at: Vec<SocketAddr>,
        table: &Table,
    ) -> io::Result<OpenPort> {
        let sockets = self.bind(transport, &at)?;
        let change = self.unsettled.as_mut().map(Unsettled::draw);
        let mut delays = change.as_ref().map_or_else(at_once, |change| change.delays.clone());
        // There was nothing before that could go on answering here.
        delays[0] = Duration::ZERO;
        let unrest = change.map(|change| Arc::new(ArcSwap::from_pointee(change.unrest)));
        let replicas: Vec<_> = delays.iter().map(|_| Arc::new(Line::default())).collect();
        push(&replicas, table, &delays);
        let stop = CancellationToken::new();
        let upstream = self.upstream.clone();
        let (reload, reloads) = watch::channel(Instant::now());
        let server = Server::new(&replicas, unrest.clone(), reloads, upstream, stop.clone());
        for socket in sockets {
            match socket {
                Socket::Streams(listener) => drop(tokio::spawn(server.clone().run(listener))),
                Socket::Datagrams(socket) => {
                    let replicas = replicas.iter().cloned().collect();
                    drop(tokio::spawn(datagrams::serve(socket, replicas, stop.clone())));
                }
            }
        }
        Ok(OpenPort { at, replicas, unrest, reload, _stop: stop.drop_guard() })
    }

    /// The sockets of a port at these addresses.
    fn bind(&self, transport: Transport, at: &[SocketAddr]) -> io::Result<Vec<Socket>> {
        if self.ports == Ports::Real {
            return at.iter().map(|address| Socket::bind(transport, *address)).collect();
        }
        // The map knows no transports: those of one port are mapped to one port, too.
        let first = at[0];
        let known = Some(self.port_map.resolve(first)).filter(|actual| *actual != first);
        let actual = known.unwrap_or(SocketAddr::new(first.ip(), 0));
        let socket = Socket::bind(transport, actual)?;
        let actual = socket.address()?;
        for address in at {
            self.port_map.insert(*address, actual);
        }
        Ok(vec![socket])
    }
}

impl OpenPort {
    /// Serves another table from now on, or as soon as a lag lets it.
    fn take(&self, table: &Table, unsettled: Option<&mut Unsettled>) {
        let mut delays = at_once();
        if let (Some(unsettled), Some(unrest)) = (unsettled, &self.unrest)
            && !self.replicas[0].is_known(table)
        {
            let change = unsettled.draw();
            unrest.store(Arc::new(change.unrest));
            if let Some(gone) = change.gone {
                self.reload.send_replace(gone);
            }
            delays = change.delays;
        }
        push(&self.replicas, table, &delays);
    }
}

/// The delays where there is no lag.
fn at_once() -> Vec<Duration> {
    vec![Duration::ZERO]
}

fn push(replicas: &[Arc<Line>], table: &Table, delays: &[Duration]) {
    for (index, replica) in replicas.iter().enumerate() {
        // A table that is known already takes the place of the other whatever the delay.
        replica.push(table.clone(), delays.get(index).copied().unwrap_or_default());
    }
}
