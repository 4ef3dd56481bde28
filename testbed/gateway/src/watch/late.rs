//! What a slow Gateway acts upon: the cluster as it was a while ago, for what it serves and for what
//! it reports separately.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use crate::chance::{Chance, Purpose};
use crate::core::snapshot::Snapshot;
use crate::lag::Lag;

/// The cluster as each half of the Gateway sees it.
pub struct Late {
    lag: Lag,
    chance: Chance,
    /// What is served.
    pub traffic: Line,
    /// What is reported.
    pub status: Line,
}

/// The states of the cluster that one half sees, in their order.
#[derive(Default)]
pub struct Line {
    seen: Arc<Snapshot>,
    coming: VecDeque<(Instant, Arc<Snapshot>)>,
}

impl Late {
    /// Both halves see an empty cluster at first. None if nothing is late.
    pub fn new(lag: &Lag) -> Option<Self> {
        lag.delays().then(|| Self {
            lag: lag.clone(),
            chance: Chance::new(lag.seed, Purpose::Delays),
            traffic: Line::default(),
            status: Line::default(),
        })
    }

    /// The cluster is like this from now on.
    pub fn take_in(&mut self, snapshot: &Snapshot) {
        let Self { lag, chance, .. } = self;
        let begin = Instant::now() + chance.time(lag.configuration.as_ref());
        let mut status = begin + chance.time(lag.status.as_ref());
        let mut traffic = begin + chance.time(lag.traffic.as_ref());
        if let Some(after) = &lag.traffic_after_status {
            traffic = status.max(self.status.last()) + chance.time(Some(after));
        } else if let Some(after) = &lag.status_after_traffic {
            status = traffic.max(self.traffic.last()) + chance.time(Some(after));
        }
        let snapshot = Arc::new(snapshot.clone());
        self.status.push(status, Arc::clone(&snapshot));
        self.traffic.push(traffic, snapshot);
    }

    /// When one of the halves sees the next change.
    pub fn due(&self) -> Option<Instant> {
        [&self.traffic, &self.status].into_iter().filter_map(Line::due).min()
    }
}

impl Line {
    /// What is seen now.
    pub fn seen(&self) -> &Arc<Snapshot> {
        &self.seen
    }

    /// Goes on to what is due by now, and tells whether anything was.
    pub fn advance(&mut self) -> bool {
        let now = Instant::now();
        let due = self.coming.partition_point(|(at, _)| *at <= now);
        let newest = self.coming.drain(..due).next_back();
        newest.map(|(_, snapshot)| self.seen = snapshot).is_some()
    }

    /// No state is seen before one that was there earlier.
    fn push(&mut self, at: Instant, snapshot: Arc<Snapshot>) {
        self.coming.push_back((at.max(self.last()), snapshot));
    }

    fn due(&self) -> Option<Instant> {
        self.coming.front().map(|(at, _)| *at)
    }

    /// When the last of the changes is seen.
    fn last(&self) -> Instant {
        self.coming.back().map_or_else(Instant::now, |(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_change_is_seen_when_it_is_due_and_none_before_an_earlier_one() {
        let [one, two, three] = [(); 3].map(|()| Arc::new(Snapshot::default()));
        let now = Instant::now();
        let mut line = Line::default();
        line.push(now, Arc::clone(&one));
        assert!(line.advance());
        assert!(Arc::ptr_eq(line.seen(), &one));

        let later = now + Duration::from_secs(60);
        line.push(later, two);
        line.push(now, three);
        assert_eq!(line.due(), Some(later));
        assert!(!line.advance(), "the third change overtook the second");
        assert!(Arc::ptr_eq(line.seen(), &one));
    }

    #[test]
    fn traffic_can_be_made_to_follow_status() {
        let second = Duration::from_secs(1);
        let lag = Lag {
            status: Some(second..=5 * second),
            traffic_after_status: Some(second..=second),
            ..Lag::default()
        };
        let mut late = Late::new(&lag).expect("it is late");
        for _ in 0..20 {
            late.take_in(&Snapshot::default());
            assert!(late.traffic.last() >= late.status.last() + second);
        }
    }
}
