//! Chance that can be repeated.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::lag::Delay;

/// For what chance is needed. Each purpose has a sequence of its own, so that one does not depend on
/// how often another was drawn for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// When changes take effect.
    Delays = 1,
    /// For how long ports are out of order.
    Ports = 2,
    /// What is wrong with a status at first.
    Statuses = 3,
    /// When and how addresses change.
    Addresses = 4,
    /// How long Gateways take to be provisioned.
    Provisioning = 5,
    /// When Pods are ready.
    Pods = 6,
}

/// A sequence of random draws.
#[derive(Debug)]
pub struct Chance(StdRng);

impl Chance {
    /// The sequence of this seed for this purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        Self(StdRng::seed_from_u64(seed.rotate_left(8) ^ purpose as u64))
    }

    /// A time of this range; none where there is none.
    pub fn time(&mut self, range: Option<&Delay>) -> Duration {
        range.map_or(Duration::ZERO, |range| self.0.random_range(range.clone()))
    }

    /// A number below `end`, which is above 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// Puts items in any order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }
}
