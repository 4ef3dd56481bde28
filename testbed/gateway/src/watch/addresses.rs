//! The addresses of our Gateways.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio::time::Instant;

use crate::Ports;
use crate::chance::{Chance, Purpose};
use crate::core::objects::Key;
use crate::core::snapshot::Snapshot;
use crate::lag::{Delay, Lag};

/// Addresses by Gateway.
pub type ByGateway = BTreeMap<Key, Vec<IpAddr>>;

/// Gives Gateways their addresses.
pub struct Addresses {
    allocate: crate::Addresses,
    /// Where each Gateway answers.
    all: ByGateway,
    changing: Option<Changing>,
}

/// Addresses that come and go in statuses.
struct Changing {
    every: Delay,
    chance: Chance,
    next: Instant,
    /// Whether addresses of the other family can be reached: those that only a port map tells.
    ipv6: bool,
    /// Those in the statuses at present.
    listed: ByGateway,
}

impl Addresses {
    /// None are given yet.
    pub fn new(allocate: crate::Addresses, lag: &Lag, ports: Ports) -> Self {
        let changing = lag.addresses.clone().map(|every| {
            let mut chance = Chance::new(lag.seed, Purpose::Addresses);
            let next = Instant::now() + chance.time(Some(&every));
            let ipv6 = ports == Ports::Mapped;
            Changing { every, chance, next, ipv6, listed: ByGateway::new() }
        });
        Self { allocate, all: ByGateway::new(), changing }
    }

    /// Gives addresses to the Gateways of a controller that have none, and takes them from those
    /// that `keep` no longer names.
    pub fn assign(&mut self, snapshot: &Snapshot, controller: &str, keep: impl Fn(&Key) -> bool) {
        let Self { allocate, all, changing } = self;
        all.retain(|key, _| keep(key));
        for (key, _) in snapshot.gateways_of(controller) {
            if all.contains_key(key) {
                continue;
            }
            let Some(address) = allocate() else { continue };
            let mut own = vec![address.into()];
            if let Some(changing) = changing {
                own.extend(changing.ipv6.then(|| in_ipv6(address)));
                own.extend(allocate().map(IpAddr::from));
                changing.listed.insert(key.clone(), vec![address.into()]);
            }
            all.insert(key.clone(), own);
        }
        if let Some(changing) = changing {
            changing.listed.retain(|key, _| all.contains_key(key));
        }
    }

    /// Where each Gateway answers: also where it once said that it does.
    pub fn answering(&self) -> &ByGateway {
        &self.all
    }

    /// What the statuses list, in their order.
    pub fn listed(&self) -> &ByGateway {
        self.changing.as_ref().map_or(&self.all, |changing| &changing.listed)
    }

    /// When the lists change next, if they do.
    pub fn due(&self) -> Option<Instant> {
        self.changing.as_ref().map(|changing| changing.next)
    }

    /// Changes the lists: each names one or more of the Gateway's addresses, in any order.
    pub fn change(&mut self) {
        let Some(Changing { every, chance, next, listed, .. }) = &mut self.changing else { return };
        *next = Instant::now() + chance.time(Some(every));
        for (key, addresses) in &self.all {
            let mut some = addresses.clone();
            chance.shuffle(&mut some);
            some.truncate(1 + chance.below(some.len()));
            listed.insert(key.clone(), some);
        }
    }
}

/// An address of the other family that stands for one of this machine, in a prefix of unique local
/// addresses; connections find their way by the port map alone.
fn in_ipv6(address: Ipv4Addr) -> IpAddr {
    let [a, b, c, d] = address.octets().map(u16::from);
    Ipv6Addr::new(0xfd00, 0x7e57, 0xbed, 0, 0, 0, a << 8 | b, c << 8 | d).into()
}
