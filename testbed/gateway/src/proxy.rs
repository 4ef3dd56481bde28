//! The data plane: sockets, TLS, and the way of requests to backends.

mod body;
mod connection;
mod exchange;
mod grpc;
mod line;
mod socket;
mod tls;
mod unrest;
mod upstream;

use std::collections::BTreeMap;
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
use self::socket::bind;
use self::unrest::{OfPort, Unsettled};
use self::upstream::Upstream;
use crate::core::objects::Key;
use crate::core::routing::PortTable;
use crate::lag::Lag;
use crate::{PortMap, Ports};

/// The open ports of all Gateways.
#[derive(Debug)]
pub struct Proxy {
    ports: Ports,
    port_map: PortMap,
    upstream: Upstream,
    unsettled: Option<Unsettled>,
    open: BTreeMap<(Key, u16), OpenPort>,
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
        tables: BTreeMap<(Key, u16), PortTable>,
        addresses: &BTreeMap<Key, Vec<IpAddr>>,
    ) -> BTreeMap<(Key, u16), String> {
        let at = |port: &(Key, u16)| -> Vec<SocketAddr> {
            let addresses = addresses.get(&port.0).into_iter().flatten();
            addresses.map(|address| SocketAddr::from((*address, port.1))).collect()
        };
        let port_map = &self.port_map;
        self.open.retain(|port, open| {
            let keep = tables.contains_key(port) && at(port) == open.at;
            if !keep {
                for address in &open.at {
                    port_map.remove(*address);
                }
            }
            keep
        });
        let mut failures = BTreeMap::new();
        for (port, table) in tables {
            if let Some(open) = self.open.get(&port) {
                open.take(table, self.unsettled.as_mut());
                continue;
            }
            let at = at(&port);
            if at.is_empty() {
                continue;
            }
            match self.open(at, table) {
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

    fn open(&mut self, at: Vec<SocketAddr>, table: PortTable) -> io::Result<OpenPort> {
        let listeners = match self.ports {
            Ports::Real => at.iter().copied().map(bind).collect::<io::Result<Vec<_>>>()?,
            Ports::Mapped => {
                let listener = bind(SocketAddr::new(at[0].ip(), 0))?;
                let actual = listener.local_addr()?;
                for address in &at {
                    self.port_map.insert(*address, actual);
                }
                vec![listener]
            }
        };
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
        for listener in listeners {
            tokio::spawn(server.clone().run(listener));
        }
        Ok(OpenPort { at, replicas, unrest, reload, _stop: stop.drop_guard() })
    }
}

impl OpenPort {
    /// Serves another table from now on, or as soon as a lag lets it.
    fn take(&self, table: PortTable, unsettled: Option<&mut Unsettled>) {
        let mut delays = at_once();
        if let (Some(unsettled), Some(unrest)) = (unsettled, &self.unrest)
            && !self.replicas[0].is_known(&table)
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

fn push(replicas: &[Arc<Line>], table: PortTable, delays: &[Duration]) {
    let table = Arc::new(table);
    for (index, replica) in replicas.iter().enumerate() {
        // A table that is known already takes the place of the other whatever the delay.
        replica.push(Arc::clone(&table), delays.get(index).copied().unwrap_or_default());
    }
}
