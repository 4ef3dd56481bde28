//! Ports that are out of order for a while after what they serve has changed.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::time::Instant;

use crate::chance::{Chance, Purpose};
use crate::lag::Lag;

/// Until when a port is out of order.
#[derive(Debug, Clone, Copy)]
pub struct Unrest {
    /// Until when it resets connections.
    resets: Instant,
    /// Until when it answers 503.
    unavailable: Instant,
}

impl Unrest {
    /// Whether connections are reset.
    pub fn resets(&self) -> bool {
        Instant::now() < self.resets
    }

    /// Whether requests are answered 503.
    pub fn is_unavailable(&self) -> bool {
        Instant::now() < self.unavailable
    }
}

/// The unrest of one port, where there is any.
pub type OfPort = Option<Arc<ArcSwap<Unrest>>>;

/// Draws for how long ports are out of order.
#[derive(Debug)]
pub struct Unsettled {
    lag: Lag,
    chance: Chance,
}

impl Unsettled {
    /// None if ports never are out of order.
    pub fn new(lag: &Lag) -> Option<Self> {
        (lag.unavailable.is_some() || lag.resets.is_some())
            .then(|| Self { lag: lag.clone(), chance: Chance::new(lag.seed, Purpose::Ports) })
    }

    /// The unrest after a change that happens now.
    pub fn draw(&mut self) -> Unrest {
        let now = Instant::now();
        Unrest {
            resets: now + self.chance.time(self.lag.resets.as_ref()),
            unavailable: now + self.chance.time(self.lag.unavailable.as_ref()),
        }
    }
}
