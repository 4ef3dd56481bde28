//! The addresses of our Gateways.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use tokio::time::Instant;

use crate::chance::{Chance, Purpose};
use crate::core::objects::Key;
use crate::core::snapshot::Snapshot;
use crate::core::wishes::Wish;
use crate::faults::{self, Faults};
use crate::lag::{Delay, Provisioning};
use crate::{Options, Ports};

/// Addresses by Gateway.
pub type ByGateway = BTreeMap<Key, Vec<IpAddr>>;

/// Gives Gateways their addresses.
pub struct Addresses {
    source: Arc<dyn crate::Addresses>,
    faults: Faults,
    /// Where each Gateway answers.
    all: ByGateway,
    /// What each of them asked for when it was given that.
    granted: BTreeMap<Key, Vec<Wish>>,
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
    pub fn new(options: &Options) -> Self {
        let lag = &options.lag;
        let changing = lag.addresses.clone().map(|every| {
            let mut chance = Chance::new(lag.seed, Purpose::Addresses);
            let next = Instant::now() + chance.time(Some(&every));
            let ipv6 = options.ports == Ports::Mapped;
            Changing { every, chance, next, ipv6, listed: ByGateway::new() }
        });
        Self {
            source: options.addresses.clone(),
            faults: options.faults.clone(),
            all: ByGateway::new(),
            granted: BTreeMap::new(),
            waiting: Vec::new(),
            limit: lag.address_pool.unwrap_or(usize::MAX),
            provisioning: lag.provisioning.clone(),
            chance: Chance::new(lag.seed, Purpose::Provisioning),
            changing,
        }
    }

    /// Gives addresses to the Gateways of a controller that have none and whose turn it is, and takes
    /// them from those that `keep` no longer names, or that ask for others now. Tells whether it gave some.
    pub fn assign(
        &mut self,
        snapshot: &Snapshot,
        controller: &str,
        keep: impl Fn(&Key) -> bool,
    ) -> bool {
        let faults = self.faults.clone();
        let wishes =
            |key: &Key| Some(Wish::of(&snapshot.gateways.get(key)?.spec.addresses, &faults));
        self.granted.retain(|key, granted| {
            keep(key) && wishes(key).is_none_or(|wishes| wishes == *granted)
        });
        for (_, given) in self.all.extract_if(.., |key, _| !self.granted.contains_key(key)) {
            take_back(&*self.source, &given);
        }
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
        let waited = waiting.len();
        waiting.retain(|Waiting { key, provisioned, .. }| {
            let given = provisioned.then(|| self.give(key, wishes(key)?));
            given.flatten().is_none()
        });
        self.waiting = waiting;
        if let Some(changing) = &mut self.changing {
            changing.listed.retain(|key, _| self.all.contains_key(key));
        }
        self.waiting.len() < waited
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

    /// Gives a Gateway the addresses that it asks for, all of them or none.
    fn give(&mut self, key: &Key, wishes: Vec<Wish>) -> Option<()> {
        if self.all.len() >= self.limit {
            return None;
        }
        let mut own = Vec::new();
        for wish in &wishes {
            match self.fulfil(*wish) {
                Some(address) => own.push(address.into()),
                None if self.faults.has(faults::UNUSABLE_ADDRESS_IGNORED) => {}
                None => {
                    take_back(&*self.source, &own);
                    return None;
                }
            }
        }
        let chosen = wishes.iter().any(|wish| *wish != Wish::Any);
        if chosen && self.faults.has(faults::REQUESTED_ADDRESS_LISTED_WITH_ANOTHER) {
            own.extend(self.fulfil(Wish::Any).map(IpAddr::from));
        }
        if let Some(changing) = &mut self.changing {
            changing.listed.insert(key.clone(), own.clone());
            if let (false, [IpAddr::V4(address)]) = (chosen, own.as_slice()) {
                let another = changing.ipv6.then(|| in_ipv6(*address));
                own.extend(another.into_iter().chain(self.source.give(None).map(IpAddr::from)));
            }
        }
        self.granted.insert(key.clone(), wishes);
        self.all.insert(key.clone(), own);
        Some(())
    }

    fn fulfil(&self, wish: Wish) -> Option<Ipv4Addr> {
        match wish {
            Wish::Any => self.source.give(None),
            Wish::Unusable => None,
            Wish::This(address) => {
                let given = self.source.give(Some(address))?;
                if !self.faults.has(faults::REQUESTED_ADDRESS_REPLACED) {
                    return Some(given);
                }
                self.source.take_back(given);
                self.source.give(None)
            }
        }
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
            // A Gateway that has chosen its addresses has all of them.
            if self.granted[key].iter().any(|wish| *wish != Wish::Any) {
                continue;
            }
            let mut some = addresses.clone();
            chance.shuffle(&mut some);
            some.truncate(1 + chance.below(some.len()));
            listed.insert(key.clone(), some);
        }
    }
}

/// Gives back those of a Gateway.
fn take_back(source: &dyn crate::Addresses, given: &[IpAddr]) {
    for address in given {
        // Those of the other family are made up.
        if let IpAddr::V4(address) = address {
            source.take_back(*address);
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
    use crate::core::wishes::RequestedAddress;
    use crate::lag::Lag;

    const CONTROLLER: &str = "example.dev/controller";
    const TIME: Duration = Duration::from_secs(5);

    /// Gives one after the other, and takes none back; 127.0.0.200 and above can be chosen.
    struct Numbers(AtomicU8);

    impl crate::Addresses for Numbers {
        fn give(&self, wanted: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
            match wanted {
                Some(wanted) => Some(wanted).filter(|wanted| wanted.octets()[3] >= 200),
                None => Some(Ipv4Addr::new(127, 0, 0, self.0.fetch_add(1, Ordering::Relaxed))),
            }
        }

        fn take_back(&self, _: Ipv4Addr) {}
    }

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
        Addresses::new(&Options {
            controller_name: CONTROLLER.to_owned(),
            addresses: Arc::new(Numbers(AtomicU8::new(1))),
            ports: Ports::Mapped,
            faults: Faults::default(),
            without: Vec::new(),
            lag: lag.clone(),
        })
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

    #[test]
    fn a_gateway_has_all_the_addresses_that_it_asks_for_or_none() {
        let mut addresses = addresses(&Lag::default());
        let mut snapshot = snapshot(&["a"]);
        let key = snapshot.gateways.keys().next().cloned().expect("there is a Gateway");
        let mut given = |asked: &[Option<&str>]| {
            let gateway = snapshot.gateways.get_mut(&key).expect("it is there");
            gateway.body.spec.addresses = asked
                .iter()
                .map(|value| RequestedAddress { value: value.map(Into::into), r#type: None })
                .collect();
            addresses.assign(&snapshot, CONTROLLER, |_| true);
            let given = addresses.listed().get(&key).into_iter().flatten();
            given.map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(given(&[]), ["127.0.0.1"]);
        assert_eq!(given(&[None]), ["127.0.0.1"], "it asks for the same");
        assert_eq!(given(&[Some("127.0.0.200")]), ["127.0.0.200"]);
        assert!(given(&[Some("127.0.0.200"), Some("127.0.0.100")]).is_empty());
        assert!(given(&[Some("example.com")]).is_empty());
        assert_eq!(given(&[Some("127.0.0.201"), None]), ["127.0.0.201", "127.0.0.2"]);
    }
}
