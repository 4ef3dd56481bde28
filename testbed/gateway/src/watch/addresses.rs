//! The addresses of our Gateways.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio::time::Instant;

use crate::Ports;
use crate::chance::{Chance, Purpose};
use crate::core::objects::Key;
use crate::core::snapshot::Snapshot;
use crate::lag::{Delay, Lag, Provisioning};

/// Addresses by Gateway.
pub type ByGateway = BTreeMap<Key, Vec<IpAddr>>;

/// Gives Gateways their addresses.
pub struct Addresses {
    allocate: crate::Addresses,
    /// Where each Gateway answers.
    all: ByGateway,
    changing: Option<Changing>,
    queue: Option<Queue>,
    /// How many Gateways may have one at a time.
    pool: usize,
}

/// Gateways that wait for their addresses, the oldest first.
struct Queue {
    provisioning: Provisioning,
    chance: Chance,
    waiting: Vec<Key>,
    /// Those whose turn it is, and when they are done.
    making: Vec<(Instant, Key)>,
}

impl Queue {
    /// Whether a Gateway without an address may have one by now.
    fn is_done(&mut self, key: &Key) -> bool {
        let now = Instant::now();
        if let Some(at) = self.making.iter().position(|(due, made)| made == key && *due <= now) {
            self.making.remove(at);
            return true;
        }
        if !self.making.iter().any(|(_, made)| made == key) && !self.waiting.contains(key) {
            self.waiting.push(key.clone());
        }
        false
    }

    /// Begins with those whose turn it is.
    fn advance(&mut self) {
        while self.making.len() < self.provisioning.at_once && !self.waiting.is_empty() {
            let takes = self.chance.time(Some(&self.provisioning.takes));
            self.making.push((Instant::now() + takes, self.waiting.remove(0)));
        }
    }

    fn forget(&mut self, keep: impl Fn(&Key) -> bool) {
        self.waiting.retain(|key| keep(key));
        self.making.retain(|(_, key)| keep(key));
    }
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
        let queue = lag.provisioning.clone().map(|provisioning| {
            let chance = Chance::new(lag.seed, Purpose::Provisioning);
            Queue { provisioning, chance, waiting: Vec::new(), making: Vec::new() }
        });
        let pool = lag.address_pool.unwrap_or(usize::MAX);
        Self { allocate, all: ByGateway::new(), changing, queue, pool }
    }

    /// Gives addresses to the Gateways of a controller that have none, and takes them from those
    /// that `keep` no longer names.
    pub fn assign(&mut self, snapshot: &Snapshot, controller: &str, keep: impl Fn(&Key) -> bool) {
        let Self { allocate, all, changing, queue, pool } = self;
        all.retain(|key, _| keep(key));
        if let Some(queue) = queue {
            queue.forget(|key| keep(key));
        }
        let mut without: Vec<_> =
            snapshot.gateways_of(controller).filter(|(key, _)| !all.contains_key(key)).collect();
        without.sort_by_key(|(_, gateway)| gateway.metadata.since);
        for (key, _) in without {
            if all.len() >= *pool || queue.as_mut().is_some_and(|queue| !queue.is_done(key)) {
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
        if let Some(queue) = queue {
            queue.advance();
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
        let made = self.queue.iter().flat_map(|queue| &queue.making).map(|(due, _)| *due);
        made.chain(self.changing.as_ref().map(|changing| changing.next)).min()
    }

    /// Changes the lists: each names one or more of the Gateway's addresses, in any order.
    pub fn change(&mut self) {
        let Some(Changing { every, chance, next, listed, .. }) = &mut self.changing else { return };
        if *next > Instant::now() {
            return;
        }
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
