//! Ports that are out of order or behind for a while after what they serve has changed.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::time::Instant;

use crate::chance::{Chance, Purpose};
use crate::lag::Lag;

/// A process that is replaced listens again after this part of the time that it takes to read its
/// configuration.
const GONE: u32 = 5;

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

/// What a change does to a port.
#[derive(Debug)]
pub struct Change {
    /// Until when it is out of order.
    pub unrest: Unrest,
    /// Until when nobody listens there.
    pub gone: Option<Instant>,
    /// How long each replica serves what was before.
    pub delays: Vec<Duration>,
}

/// Draws for how long ports are out of order.
#[derive(Debug)]
pub struct Unsettled {
    lag: Lag,
    chance: Chance,
}

impl Unsettled {
    /// None if ports never are out of order nor behind.
    pub fn new(lag: &Lag) -> Option<Self> {
        let times = [&lag.unavailable, &lag.resets, &lag.reloads, &lag.replicas];
        let unsettled = times.into_iter().any(Option::is_some);
        unsettled.then(|| Self { lag: lag.clone(), chance: Chance::new(lag.seed, Purpose::Ports) })
    }

    /// What a change that happens now does.
    pub fn draw(&mut self) -> Change {
        let Self { lag, chance } = self;
        let now = Instant::now();
        let unrest = Unrest {
            resets: now + chance.time(lag.resets.as_ref()),
            unavailable: now + chance.time(lag.unavailable.as_ref()),
        };
        let reload = chance.time(lag.reloads.as_ref());
        let gone = lag.reloads.as_ref().map(|_| now + reload / GONE);
        let mut delays = vec![reload / GONE + reload];
        delays.extend(lag.replicas.as_ref().map(|late| delays[0] + chance.time(Some(late))));
        Change { unrest, gone, delays }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_before_answers_after_a_reload_and_later_on_the_second_replica() {
        let second = Duration::from_secs(1);
        let (reloads, replicas) = (Some(5 * second..=5 * second), Some(second..=second));
        let lag = Lag { replicas, reloads, ..Lag::default() };
        let before = Instant::now();
        let Change { gone, delays, .. } = Unsettled::new(&lag).expect("it is behind").draw();
        assert!(gone.is_some_and(|gone| gone >= before + second && gone < before + 5 * second));
        assert_eq!(delays, [6 * second, 7 * second]);
    }
}
