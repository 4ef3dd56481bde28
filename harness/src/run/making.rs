//! How many Gateways are in the making at a time.
//!
//! An implementation that starts a proxy for each Gateway takes longer for one the more there are, and a
//! wait has a limit: our load must not fail it. So there are few at first. There may be more while the time
//! that one takes stays what it was, and fewer when it rises.

use std::{collections::BTreeMap, time::Duration};

use cluster::Key;
use tokio::time::Instant;

/// How many at first.
const FIRST: usize = 2;
/// What takes less than that is no load.
const NOTHING: Duration = Duration::from_millis(200);

/// The Gateways that are in the making, and how many may be.
#[derive(Debug)]
pub(crate) struct Making {
    window: usize,
    begun: BTreeMap<Key, Instant>,
    quickest: Option<Duration>,
}

impl Default for Making {
    fn default() -> Self {
        Self { window: FIRST, begun: BTreeMap::new(), quickest: None }
    }
}

impl Making {
    /// Whether so many more may be made now; any number if there are none.
    pub(crate) fn has_room_for(&self, gateways: usize) -> bool {
        gateways == 0 || self.begun.is_empty() || self.begun.len() + gateways <= self.window
    }

    /// These are being made from now on.
    pub(crate) fn begin(&mut self, gateways: &[Key]) {
        self.begun.extend(gateways.iter().map(|key| (key.clone(), Instant::now())));
    }

    /// This one is made, or will not be.
    pub(crate) fn made(&mut self, gateway: &Key) {
        let Some(began) = self.begun.remove(gateway) else { return };
        let took = began.elapsed();
        let quickest = self.quickest.map_or(took, |known| known.min(took));
        self.quickest = Some(quickest);
        if took <= (quickest * 3 / 2).max(NOTHING) {
            self.window += 1;
        } else if took > quickest * 2 {
            self.window = (self.window / 2).max(1);
        }
    }

    /// Whether one is in the making for longer than this, and for much longer than another was.
    pub(crate) fn is_overdue(&self, limit: Duration) -> bool {
        let limit = limit.max(self.quickest.unwrap_or_default() * 2);
        self.begun.values().any(|began| began.elapsed() >= limit)
    }

    /// The test of these has ended.
    pub(crate) fn forget(&mut self, gateways: &[Key]) {
        self.begun.retain(|key, _| !gateways.contains(key));
    }
}

#[cfg(test)]
mod tests {
    use cluster::Kind;
    use tokio::time::advance;

    use super::*;

    fn gateway(name: usize) -> Key {
        Key::new(Kind::Gateway, Some("infra"), name.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn there_may_be_more_while_one_takes_no_longer_and_fewer_when_it_does() {
        let mut making = Making::default();
        assert!(making.has_room_for(9), "who makes many makes them alone");
        making.begin(&[gateway(0), gateway(1)]);
        assert!(!making.has_room_for(1) && making.has_room_for(0));
        advance(Duration::from_secs(5)).await;
        making.made(&gateway(0));
        making.made(&gateway(1));
        assert_eq!(making.window, 4, "both took as long as one");

        making.begin(&[gateway(0), gateway(1), gateway(2), gateway(3)]);
        advance(Duration::from_secs(9)).await;
        assert!(!making.is_overdue(Duration::from_secs(4)), "none is made in so short a time");
        advance(Duration::from_secs(2)).await;
        assert!(making.is_overdue(Duration::from_secs(4)));
        making.made(&gateway(0));
        assert_eq!(making.window, 2, "they wait for one another");
        making.forget(&[gateway(1), gateway(2)]);
        assert!(making.has_room_for(1));
        making.made(&gateway(1));
        assert_eq!(making.window, 2, "what is forgotten tells nothing");
    }
}
