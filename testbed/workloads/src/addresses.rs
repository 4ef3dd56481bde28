//! The addresses that Pods and Gateways of one testbed get.

use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::Ipv4Net;

/// Hands out the addresses of one CIDR, each to one user at a time.
///
/// Clones share the same state, so Pods and Gateways of one testbed can draw from one range.
/// Addresses that end in `.0` or `.255` are never given: they are easily taken for a network or a
/// broadcast address. A released address comes up again only after all others had their turn, so
/// that what still believes in a removed Pod does not reach its successor.
#[derive(Clone, Debug)]
pub struct AddressPool(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    range: Ipv4Net,
    next: u32,
    used: BTreeSet<Ipv4Addr>,
}

impl AddressPool {
    /// A pool of all usable addresses of `range`.
    pub fn new(range: Ipv4Net) -> Self {
        let next = range.network().to_bits();
        Self(Arc::new(Mutex::new(State { range, next, used: BTreeSet::new() })))
    }

    /// An address that nobody else holds, or `None` when the range is used up.
    pub fn allocate(&self) -> Option<Ipv4Addr> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = state.free()?;
        state.used.insert(address);
        Some(address)
    }

    /// Takes this address, and tells whether it was to be had.
    pub fn take(&self, address: Ipv4Addr) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.range.contains(&address) && is_usable(address) && state.used.insert(address)
    }

    /// Gives `address` back. Releasing what is not in use changes nothing.
    pub fn release(&self, address: Ipv4Addr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).used.remove(&address);
    }
}

impl State {
    fn free(&mut self) -> Option<Ipv4Addr> {
        let (first, last) = (self.range.network().to_bits(), self.range.broadcast().to_bits());
        let size = u64::from(last - first) + 1;
        // Of `used + 1` usable addresses in a row one is free; two of 256 are not usable.
        let attempts = size.min(2 * self.used.len() as u64 + 4);
        for _ in 0..attempts {
            let candidate = Ipv4Addr::from_bits(self.next);
            self.next = if self.next == last { first } else { self.next + 1 };
            if is_usable(candidate) && !self.used.contains(&candidate) {
                return Some(candidate);
            }
        }
        None
    }
}

const fn is_usable(address: Ipv4Addr) -> bool {
    !matches!(address.octets()[3], 0 | 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(range: &str) -> AddressPool {
        AddressPool::new(range.parse().unwrap())
    }

    #[test]
    fn every_usable_address_is_given_once() {
        let pool = pool("127.1.0.254/31");
        assert_eq!(pool.allocate(), Some(Ipv4Addr::new(127, 1, 0, 254)));
        assert_eq!(pool.allocate(), None, ".255 is not usable");

        let pool = self::pool("127.1.0.0/23");
        let given: BTreeSet<_> = std::iter::from_fn(|| pool.allocate()).collect();
        assert_eq!(given.len(), 508, "two of each 256 are left out");
    }

    #[test]
    fn a_released_address_comes_last() {
        let pool = pool("127.1.0.0/29");
        let first = pool.allocate().unwrap();
        pool.release(first);
        let others: Vec<_> = (0..6).filter_map(|_| pool.allocate()).collect();
        assert!(!others.contains(&first));
        assert_eq!(pool.allocate(), Some(first));
    }

    #[test]
    fn an_address_of_the_range_can_be_chosen_once() {
        let pool = pool("127.1.0.0/24");
        let take = |last| pool.take(Ipv4Addr::new(127, 1, 0, last));
        assert!(take(7) && !take(7) && !take(255));
        assert!(!pool.take(Ipv4Addr::new(127, 1, 1, 7)), "it is not of the range");
        assert!((0..253).all(|_| pool.allocate() != Some(Ipv4Addr::new(127, 1, 0, 7))));
    }

    #[test]
    fn clones_share_what_is_in_use() {
        let pool = pool("127.1.0.1/32");
        assert!(pool.clone().allocate().is_some());
        assert_eq!(pool.allocate(), None);
    }
}
