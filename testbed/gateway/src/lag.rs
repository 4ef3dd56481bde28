//! How a Gateway that keeps every rule may still be slow and noisy.
//!
//! Nothing here breaks a rule: what a status says was computed before it is written, changes take
//! effect in their order, and in the end everything is as it would be at once.

use std::ops::RangeInclusive;
use std::time::Duration;

/// How long something takes: evenly distributed, drawn anew each time.
pub type Delay = RangeInclusive<Duration>;

/// How Gateways are provisioned.
#[derive(Debug, Clone, PartialEq)]
pub struct Provisioning {
    /// How long one takes.
    pub time: Delay,
    /// How many are under way at a time.
    pub at_once: usize,
}

/// In which ways a Gateway is slow and noisy; in none by default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lag {
    /// Where chance begins: what is drawn for one purpose is the same sequence for the same seed.
    pub seed: u64,
    /// From a change in the cluster until the Gateway sees it.
    pub configuration: Option<Delay>,
    /// From then until the statuses that follow from it are written.
    pub status: Option<Delay>,
    /// From then until it is served; until then, what was before is.
    pub traffic: Option<Delay>,
    /// From the statuses of a change until it is served, in place of a time of its own.
    pub traffic_after_status: Option<Delay>,
    /// From when a change is served until its statuses are written, in place of a time of its own.
    pub status_after_traffic: Option<Delay>,
    /// How long a port answers 503 after what it serves has changed.
    pub unavailable: Option<Delay>,
    /// How long a port resets connections after what it serves has changed.
    pub resets: Option<Delay>,
    /// Each status is written once with conditions that are still pending, and this much later as it
    /// is to be.
    pub interim_statuses: Option<Delay>,
    /// Each status is written, this much later the one before it once more, and then again.
    pub outdated_statuses: Option<Delay>,
    /// Each status is written twice, this much apart, with other transition times at first.
    pub repeated_statuses: Option<Delay>,
    /// Conditions of another type stand among those of the Gateway API, in any order.
    pub extra_conditions: bool,
    /// How long a second replica of the data plane, which takes every other connection, serves what
    /// was before.
    pub replicas: Option<Delay>,
    /// How long what was before is served again after a port has refused connections for a fifth of that
    /// time.
    pub reloads: Option<Delay>,
    /// How long it takes to provision a Gateway; until then it has no address.
    pub provisioning: Option<Provisioning>,
    /// How many Gateways have an address at a time.
    pub address_pool: Option<usize>,
    /// How long it takes until the Pod of a Gateway is ready; until then nothing is served.
    pub pods: Option<Delay>,
    /// How long it takes until the addresses in a Gateway's status change order and family.
    pub addresses: Option<Delay>,
}

impl Lag {
    /// Whether changes take effect at different times, or later than at once.
    pub(crate) fn delays(&self) -> bool {
        let delays = [
            &self.configuration,
            &self.status,
            &self.traffic,
            &self.traffic_after_status,
            &self.status_after_traffic,
        ];
        delays.into_iter().any(Option::is_some)
    }
}
