//! The addresses of our Gateways.

use std::collections::{BTreeMap, BTreeSet};
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
    /// The Gateways without an address, in the order in which they came.
    waiting: Vec<Waiting>,
    /// How many may have one at a time.
    limit: usize,
    provisioning: Option<Provisioning>,
    chance: Chance,
    changing: Option<Changing>,
}

/// A Gateway without an address.
struct Waiting {
    key: Key,
    /// When it is provisioned, once that has begun.
    done: Option<Instant>,
    provisioned: bool,
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
        Self {
            allocate,
            all: ByGateway::new(),
            waiting: Vec::new(),
            limit: lag.address_pool.unwrap_or(usize::MAX),
            provisioning: lag.provisioning.clone(),
            chance: Chance::new(lag.seed, Purpose::Provisioning),
            changing,
        }
    }

    /// Gives addresses to the Gateways of a controller that have none and whose turn it is, and takes
    /// them from those that `keep` no longer names.
    pub fn assign(&mut self, snapshot: &Snapshot, controller: &str, keep: impl Fn(&Key) -> bool) {
        self.all.retain(|key, _| keep(key));
        self.waiting.retain(|waiting| snapshot.gateways.contains_key(&waiting.key));
        let known = |key: &Key| {
            self.all.contains_key(key) || self.waiting.iter().any(|waiting| waiting.key == *key)
        };
        let mut new: Vec<_> =
            snapshot.gateways_of(controller).filter(|(key, _)| !known(key)).collect();
        new.sort_by_key(|(_, gateway)| gateway.metadata.since);
        let new = new.into_iter().map(|(key, _)| key.clone());
        self.waiting.extend(new.map(|key| Waiting { key, done: None, provisioned: false }));
        self.provision();
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|Waiting { key, provisioned, .. }| !(*provisioned && self.give(key)));
        self.waiting = waiting;
        if let Some(changing) = &mut self.changing {
            changing.listed.retain(|key, _| self.all.contains_key(key));
        }
    }

    /// Goes on with the Gateways that are being provisioned, and begins with the next ones.
    fn provision(&mut self) {
        let now = Instant::now();
        let Some(Provisioning { time, at_once }) = &self.provisioning else {
            self.waiting.iter_mut().for_each(|waiting| waiting.provisioned = true);
            return;
        };
        for waiting in &mut self.waiting {
            waiting.provisioned |= waiting.done.is_some_and(|done| done <= now);
        }
        let begun = |waiting: &&Waiting| waiting.done.is_some() && !waiting.provisioned;
        let free = at_once.saturating_sub(self.waiting.iter().filter(begun).count());
        for next in self.waiting.iter_mut().filter(|waiting| waiting.done.is_none()).take(free) {
            next.done = Some(now + self.chance.time(Some(time)));
        }
    }

    /// Gives a Gateway its addresses, and tells whether there were any.
    fn give(&mut self, key: &Key) -> bool {
        let free = self.all.len() < self.limit;
        let Some(address) = free.then(|| (self.allocate)()).flatten() else { return false };
        let mut own = vec![address.into()];
        if let Some(changing) = &mut self.changing {
            own.extend(changing.ipv6.then(|| in_ipv6(address)));
            own.extend((self.allocate)().map(IpAddr::from));
            changing.listed.insert(key.clone(), vec![address.into()]);
        }
        self.all.insert(key.clone(), own);
        true
    }

    /// The Gateways that are still to be provisioned.
    pub fn pending(&self) -> BTreeSet<Key> {
        let pending = self.waiting.iter().filter(|waiting| !waiting.provisioned);
        pending.map(|waiting| waiting.key.clone()).collect()
    }

    /// Where each Gateway answers: also where it once said that it does.
    pub fn answering(&self) -> &ByGateway {
        &self.all
    }

    /// What the statuses list, in their order.
    pub fn listed(&self) -> &ByGateway {
        self.changing.as_ref().map_or(&self.all, |changing| &changing.listed)
    }

    /// When the lists change next or a Gateway is provisioned, if so.
    pub fn due(&self) -> Option<Instant> {
        let provisioned = self.waiting.iter().filter(|waiting| !waiting.provisioned);
        let provisioned = provisioned.filter_map(|waiting| waiting.done).min();
        let changing = self.changing.as_ref().map(|changing| changing.next);
        provisioned.into_iter().chain(changing).min()
    }

    /// Changes the lists if it is time: each names one or more of the Gateway's addresses, in any
    /// order.
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::core::objects::{Gateway, GatewayClass, Metadata, Object};

    const CONTROLLER: &str = "example.dev/controller";
    const TIME: Duration = Duration::from_secs(5);

    /// Gateways that came in the order of their names.
    fn snapshot(names: &[&str]) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut class = GatewayClass::default();
        class.spec.controller_name = CONTROLLER.to_owned();
        let metadata = Metadata::default();
        snapshot.gateway_classes.insert(Key::new("", ""), Object { metadata, body: class });
        for name in names {
            let since = u64::from(name.as_bytes()[0]);
            let metadata = Metadata { since, ..Metadata::default() };
            // The keys are in the opposite order.
            let key = Key::new((255 - name.as_bytes()[0]).to_string(), *name);
            snapshot.gateways.insert(key, Object { metadata, body: Gateway::default() });
        }
        snapshot
    }

    fn addresses(lag: &Lag) -> Addresses {
        let next = AtomicU8::new(1);
        let allocate = move || Some(Ipv4Addr::new(127, 0, 0, next.fetch_add(1, Ordering::Relaxed)));
        Addresses::new(Arc::new(allocate), lag, Ports::Mapped)
    }

    /// The names of those that have an address once these are there.
    fn given(addresses: &mut Addresses, names: &[&str]) -> String {
        let snapshot = snapshot(names);
        addresses.assign(&snapshot, CONTROLLER, |key| snapshot.gateways.contains_key(key));
        let mut given: Vec<_> = addresses.all.keys().map(|key| key.name.as_str()).collect();
        given.sort_unstable();
        given.concat()
    }

    #[tokio::test(start_paused = true)]
    async fn gateways_are_provisioned_after_each_other_in_the_order_of_their_coming() {
        let provisioning = Some(Provisioning { time: TIME..=TIME, at_once: 1 });
        let mut addresses = addresses(&Lag { provisioning, ..Lag::default() });
        let all = &["a", "b", "c", "d"];
        assert_eq!(given(&mut addresses, all), "");
        assert_eq!(addresses.pending().len(), 4);
        let due = addresses.due().expect("the first is under way");
        assert_eq!(due, Instant::now() + TIME);
        tokio::time::sleep_until(due).await;
        assert_eq!(given(&mut addresses, all), "a");
        assert_eq!(addresses.due(), Some(Instant::now() + TIME), "the second is under way");
        tokio::time::advance(TIME / 2).await;
        assert_eq!(given(&mut addresses, &["a", "c", "d"]), "a", "the second left the queue");
        tokio::time::advance(TIME).await;
        assert_eq!(given(&mut addresses, &["a", "c", "d"]), "ac");
        assert_eq!(addresses.pending().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn several_gateways_can_be_provisioned_at_a_time() {
        let provisioning = Some(Provisioning { time: TIME..=TIME, at_once: 2 });
        let mut addresses = addresses(&Lag { provisioning, ..Lag::default() });
        given(&mut addresses, &["a", "b", "c"]);
        tokio::time::advance(TIME).await;
        assert_eq!(given(&mut addresses, &["a", "b", "c"]), "ab");
        tokio::time::advance(TIME).await;
        assert_eq!(given(&mut addresses, &["a", "b", "c"]), "abc");
        assert_eq!(addresses.due(), None);
    }

    #[test]
    fn a_pool_has_so_many_addresses_at_a_time() {
        let mut addresses = addresses(&Lag { address_pool: Some(2), ..Lag::default() });
        assert_eq!(given(&mut addresses, &["a", "b", "c", "d"]), "ab");
        assert!(addresses.pending().is_empty() && addresses.due().is_none());
        assert_eq!(given(&mut addresses, &["b", "c", "d"]), "bc");
    }
}
