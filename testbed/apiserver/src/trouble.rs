//! What clients of a busy cluster have to live with: watches that break, an API server that goes away
//! for a while, refusals of too many requests, and other writers.

use std::io;
use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::time::Instant;

/// How long something takes: evenly distributed, drawn anew each time.
pub type Delay = RangeInclusive<Duration>;

/// Which trouble an [`ApiServer`](crate::ApiServer) makes; none by default. Its objects come to no
/// harm.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trouble {
    /// Where chance begins.
    pub seed: u64,
    /// How long a watch lasts. It ends within a line, between two, or with an `ERROR` event that its
    /// version is too old, as some do at their beginning.
    pub watches: Option<Delay>,
    /// How long the server is away each time: first nothing answers, then everything is answered
    /// 503. It comes ten times as rarely as it lasts at the longest.
    pub restarts: Option<Delay>,
    /// The share of requests that are answered 429, from 0 to 1.
    pub throttled: f64,
    /// The share of writes with a `resourceVersion` that another writer comes before, from 0 to 1.
    pub conflicts: f64,
}

/// How a watch ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As if it were over.
    Closed,
    /// The connection breaks.
    Broken,
    /// It is told that its version is too old.
    Expired,
}

/// Whether requests are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// They are.
    Serving,
    /// Nothing is at the address.
    Away,
    /// Something is, and answers 503.
    Starting,
}

/// Trouble on its way.
#[derive(Debug)]
pub struct Troubled {
    trouble: Trouble,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    chance: StdRng,
    outage: Option<Outage>,
}

/// The next time without a server, or the present one.
#[derive(Debug, Clone, Copy)]
struct Outage {
    begins: Instant,
    starting: Instant,
    ends: Instant,
}

/// The share of watches from a version that are refused at once where watches break.
const REFUSED_WATCHES: f64 = 0.1;
/// For each length of the longest outage, this many go by until the next one, give or take a half.
const UPTIME: u32 = 10;

impl Troubled {
    /// Trouble that begins now.
    pub fn new(trouble: Trouble) -> Self {
        let mut chance = StdRng::seed_from_u64(trouble.seed);
        let restarts = trouble.restarts.as_ref();
        let outage = restarts.map(|away| Outage::after(Instant::now(), away, &mut chance));
        Self { trouble, state: Mutex::new(State { chance, outage }) }
    }

    /// Whether a request is answered that comes now.
    pub fn presence(&self) -> Presence {
        self.presence_at(Instant::now())
    }

    fn presence_at(&self, now: Instant) -> Presence {
        let Some(outage) = self.outage(now) else { return Presence::Serving };
        if now < outage.begins {
            Presence::Serving
        } else if now < outage.starting {
            Presence::Away
        } else {
            Presence::Starting
        }
    }

    /// When all connections that are open now will break, if that is planned.
    pub fn connections_break(&self) -> Option<Instant> {
        self.outage(Instant::now()).map(|outage| outage.begins)
    }

    /// Whether a request is one too many.
    pub fn throttles(&self) -> bool {
        self.happens(self.trouble.throttled)
    }

    /// Whether another writer comes first.
    pub fn races(&self) -> bool {
        self.happens(self.trouble.conflicts)
    }

    /// Whether a watch from a version is told at once that it is too old.
    pub fn expires(&self) -> bool {
        self.trouble.watches.is_some() && self.happens(REFUSED_WATCHES)
    }

    /// When and how a watch ends that begins now.
    pub fn end_of_watch(&self) -> Option<(Instant, End)> {
        let outage = self.connections_break().map(|at| (at, End::Broken));
        let own = self.trouble.watches.as_ref().map(|lasts| {
            let chance = &mut self.state().chance;
            let at = Instant::now() + chance.random_range(lasts.clone());
            let ends = [End::Closed, End::Broken, End::Expired];
            (at, ends[chance.random_range(0..ends.len())])
        });
        outage.into_iter().chain(own).min_by_key(|(at, _)| *at)
    }

    fn happens(&self, share: f64) -> bool {
        share > 0.0 && self.state().chance.random_bool(share)
    }

    /// The present outage, or else the next.
    fn outage(&self, now: Instant) -> Option<Outage> {
        let away = self.trouble.restarts.as_ref()?;
        let State { chance, outage } = &mut *self.state();
        while let Some(over) = outage.filter(|outage| outage.ends <= now) {
            *outage = Some(Outage::after(over.ends, away, chance));
        }
        *outage
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outage {
    /// The first one after `up`.
    fn after(up: Instant, away: &Delay, chance: &mut StdRng) -> Self {
        // One that lasted no time would come again at once.
        let longest = (*away.end()).max(Duration::from_millis(1));
        let begins = up + (longest * UPTIME).mul_f64(chance.random_range(0.5..1.5));
        let lasts = chance.random_range(away.clone());
        Self { begins, starting: begins + lasts / 2, ends: begins + lasts }
    }
}

/// What a client meets where no server is.
pub fn refused() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, "the API server is away")
}

/// What a client meets when its connection breaks.
pub fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "the connection to the API server broke")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_server_goes_away_and_comes_back() {
        let trouble = Trouble { restarts: Some(SECOND..=SECOND), ..Trouble::default() };
        let troubled = Troubled::new(trouble);
        let begin = Instant::now();
        let mut seen: Vec<_> =
            (0..120).map(|quarter| troubled.presence_at(begin + SECOND / 4 * quarter)).collect();
        seen.dedup();
        let expected = [Presence::Serving, Presence::Away, Presence::Starting, Presence::Serving];
        assert_eq!(seen[..4], expected);
    }

    #[test]
    fn a_watch_lasts_as_long_as_it_is_told_or_until_the_server_goes_away() {
        let seconds = |seconds| Some(SECOND * seconds..=SECOND * seconds);
        let watches = Trouble { watches: seconds(3), ..Trouble::default() };
        let both = Trouble { restarts: Some(SECOND / 100..=SECOND / 100), ..watches.clone() };
        let now = Instant::now();
        let (at, _) = Troubled::new(watches).end_of_watch().expect("it ends");
        assert!(at >= now + 3 * SECOND);
        let (at, end) = Troubled::new(both).end_of_watch().expect("it ends");
        assert!(at < now + SECOND && end == End::Broken);
        assert!(Troubled::new(Trouble::default()).end_of_watch().is_none());
    }
}
