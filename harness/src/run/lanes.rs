//! The lanes of a run: the first, and further copies of the base environment beside it.
//!
//! Tests that share a Gateway are a chain. A copy has Gateways of its own, so a second chain; but it costs the
//! cluster Pods and Gateways. So there is one lane at first, and there are more where what is left of the run
//! would take much longer than a copy.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use crate::{error::Error, isolation::schedule::Turn, options::Options, run::lane::Lane};

/// How many there are at most where nothing is said.
const MOST: usize = 4;
/// What is left of a run must take so long for a copy to be worth it.
const LONG: Duration = Duration::from_secs(10);
/// And so many times as long as the first lane took to stand.
const TIMES: u32 = 3;

/// The lanes of a run.
pub(crate) struct Lanes {
    all: Vec<(Arc<Lane>, Stand)>,
    /// How many the user wants.
    wanted: Option<usize>,
    gateways_ahead: usize,
    max_gateways: Option<usize>,
    began: Instant,
    /// How long the first took to stand.
    first_took: Option<Duration>,
    /// Whether an earlier run left something.
    pub(crate) was_left: bool,
    /// Cancelled when there is to be one only.
    pub(crate) closed: CancellationToken,
}

/// How a lane stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// Nothing can be run in it.
    Absent,
    /// Not all of its Pods are ready; what needs none of the others can be run.
    PodsStart,
    /// All can be run.
    Ready,
}

impl Lanes {
    /// The first alone, whose Pods start.
    pub(crate) fn new(first: Arc<Lane>, options: &Options, was_left: bool) -> Self {
        Self {
            all: vec![(first, Stand::PodsStart)],
            wanted: options.lanes,
            gateways_ahead: options.gateways_ahead,
            max_gateways: options.max_gateways,
            began: Instant::now(),
            first_took: None,
            was_left,
            closed: CancellationToken::new(),
        }
    }

    /// A lane, which has been there since it was added.
    pub(crate) fn get(&self, lane: usize) -> &Arc<Lane> {
        &self.all[lane].0
    }

    /// All of them, the first one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Lane>> {
        self.all.iter().map(|(lane, _)| lane)
    }

    /// How many base Gateways there are in all.
    pub(crate) fn gateways(&self) -> usize {
        self.all().map(|lane| lane.base.gateways().len()).sum()
    }

    /// Whether there are the Pods and Gateways that a test needs.
    pub(crate) fn stands_for(&self, Turn { test, lane, .. }: Turn) -> bool {
        let (there, stand) = &self.all[lane];
        match stand {
            Stand::Absent => false,
            Stand::PodsStart => there.has_pods_for(test),
            Stand::Ready => true,
        }
    }

    /// All can be run in this lane from now on.
    pub(crate) fn is_ready(&mut self, lane: usize) {
        match lane {
            0 => self.first_took = Some(self.began.elapsed()),
            _ if self.closed.is_cancelled() => return,
            _ => {}
        }
        self.all[lane].1 = Stand::Ready;
    }

    /// Whether the user wants more than one.
    pub(crate) fn are_wanted(&self) -> bool {
        self.wanted.is_some_and(|lanes| lanes > 1)
    }

    /// How many to add now, where each Gateway has an address of its own and what is left of the run would
    /// take about so long.
    pub(crate) fn more(&self, left: Duration) -> usize {
        if self.all.len() > 1 || self.closed.is_cancelled() {
            return 0;
        }
        let lanes = self.wanted.unwrap_or_else(|| {
            let is_worth_it = self.first_took.is_some_and(|took| left >= LONG.max(took * TIMES));
            let room = self.gateways_ahead / self.gateways().max(1);
            if is_worth_it { MOST.min(room) } else { 1 }
        });
        let room = self.max_gateways.map_or(lanes, |most| self.get(0).copies_within(most));
        lanes.min(room).saturating_sub(1)
    }

    /// Adds a copy of the first, in which nothing can be run yet, and gives its number.
    ///
    /// # Errors
    ///
    /// As [`Lane::read`].
    pub(crate) fn add(&mut self) -> Result<usize, Error> {
        let number = self.all.len();
        let lane = self.get(0).copy(number + 1)?;
        self.all.push((Arc::new(lane), Stand::Absent));
        Ok(number)
    }

    /// Nothing is begun in a further one any more. Tells whether that makes a difference.
    pub(crate) fn close(&mut self) -> bool {
        let is_first = !self.closed.is_cancelled();
        self.closed.cancel();
        for (_, stand) in self.all.iter_mut().skip(1) {
            *stand = Stand::Absent;
        }
        is_first && self.all.len() > 1
    }
}
