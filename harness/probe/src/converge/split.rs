//! Whether answers are split over backends as they should be: a sequential test with stated error rates.
//!
//! A fixed number of answers is too many for a split that is plainly right or wrong, and too few near the
//! border: of 500, a share of 64 % in place of 70 % looks like 65 % or more every third time. Wald's
//! sequential probability ratio test asks for answers until the odds decide. For each backend it holds two
//! stories against what is [`FORGIVEN`]: that the share is [`REFUSED`] less, and that it is as much more.

use std::{collections::BTreeMap, f64::consts::LN_10, fmt};

/// How far a share may be from the expected one: an implementation may be only so precise, says
/// `apis/v1/httproute_types.go#BackendRef`, field `weight`.
pub(crate) const FORGIVEN: f64 = 0.03;
/// How far off a share is wrong. The Go suite's border, 5 points, lies between the two.
pub(crate) const REFUSED: f64 = 0.06;
/// The odds that decide, 10,000 to 1, as a logarithm: a split within [`FORGIVEN`] is called wrong, and one that
/// is off by [`REFUSED`] is called right, at most once in so many times.
const DECISIVE: f64 = 4.0 * LN_10;
/// So many answers decide in any case, by what is the likelier: they are for a share halfway between the two.
const ENOUGH: u32 = 20_000;
/// Of the intervals that are told, 99 of 100 contain the true share.
const CONFIDENCE: f64 = 2.576;

/// What was counted so far, beside what is expected.
pub(crate) struct Split {
    backends: Vec<Backend>,
    /// Those that should have answered nothing.
    strangers: BTreeMap<String, u32>,
    total: u32,
}

struct Backend {
    name: String,
    count: u32,
    stories: [Story; 2],
}

/// By how much an answer makes a wrong share likelier than a forgiven one, as a logarithm.
struct Story {
    by_this: f64,
    by_another: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Open,
    Right,
    Wrong,
}

impl Split {
    /// Nothing counted yet, of backends with these names and shares.
    pub(crate) fn new(expected: &[(&str, f64)]) -> Self {
        let backends = expected.iter().filter(|(_, share)| *share > 0.0);
        let backends = backends.map(|&(name, expected)| Backend {
            name: name.to_owned(),
            count: 0,
            stories: [
                // A share has no room below 0 and above 1: there half of the way is forgiven.
                Story::new(
                    (expected - REFUSED).max(0.0),
                    (expected - FORGIVEN).max(expected / 2.0),
                ),
                Story::new(
                    (expected + REFUSED).min(1.0),
                    (expected + FORGIVEN).min(expected.midpoint(1.0)),
                ),
            ],
        });
        Self { backends: backends.collect(), strangers: BTreeMap::new(), total: 0 }
    }

    /// Counts an answer of this backend.
    pub(crate) fn count(&mut self, backend: &str) {
        self.total += 1;
        match self.backends.iter_mut().find(|known| known.name == backend) {
            Some(known) => known.count += 1,
            None => *self.strangers.entry(backend.to_owned()).or_default() += 1,
        }
    }

    /// What the answers so far decide.
    pub(crate) fn decision(&self) -> Decision {
        if !self.strangers.is_empty() {
            return Decision::Wrong;
        }
        let mut likeliest = f64::NEG_INFINITY;
        for backend in &self.backends {
            for story in &backend.stories {
                likeliest = likeliest.max(story.odds(backend.count, self.total));
            }
        }
        if likeliest >= DECISIVE || self.total >= ENOUGH && likeliest > 0.0 {
            Decision::Wrong
        } else if likeliest <= -DECISIVE || self.total >= ENOUGH {
            Decision::Right
        } else {
            Decision::Open
        }
    }

    /// The measured share of each backend that was expected to answer.
    pub(crate) fn shares(&self) -> Vec<(String, f64)> {
        self.backends.iter().map(|it| (it.name.clone(), share(it.count, self.total))).collect()
    }
}

impl Story {
    fn new(wrong: f64, forgiven: f64) -> Self {
        // Where all goes to one backend, nothing more than that can be wrong.
        if forgiven >= 1.0 {
            return Self { by_this: f64::NEG_INFINITY, by_another: f64::NEG_INFINITY };
        }
        Self {
            by_this: (wrong / forgiven).ln(),
            by_another: ((1.0 - wrong) / (1.0 - forgiven)).ln(),
        }
    }

    /// By how much these answers make it likelier.
    fn odds(&self, count: u32, total: u32) -> f64 {
        // No answer tells nothing, however much one would tell.
        let told = |count: u32, each: f64| if count == 0 { 0.0 } else { f64::from(count) * each };
        told(count, self.by_this) + told(total - count, self.by_another)
    }
}

/// The measured shares in percent, each with its confidence interval.
impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answers", self.total)?;
        let known = self.backends.iter().map(|backend| (&backend.name, backend.count));
        let strangers = self.strangers.iter().map(|(name, count)| (name, *count));
        for (name, count) in known.chain(strangers) {
            let (low, high) = interval(count, self.total);
            let [share, low, high] = [share(count, self.total), low, high].map(|it| 100.0 * it);
            write!(f, ", {name} {share:.1} % ({low:.1} to {high:.1})")?;
        }
        Ok(())
    }
}

fn share(count: u32, total: u32) -> f64 {
    f64::from(count) / f64::from(total.max(1))
}

/// Wilson's confidence interval of a share.
fn interval(count: u32, total: u32) -> (f64, f64) {
    let (share, n, z) = (share(count, total), f64::from(total.max(1)), CONFIDENCE);
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let reach = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - reach).max(0.0), (middle + reach).min(1.0))
}

#[cfg(test)]
mod tests {
    use std::{ops::Range, thread};

    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    use super::*;

    const TABLE: [(&str, f64); 3] = [("v1", 0.7), ("v2", 0.3), ("v3", 0.0)];

    /// What is decided about a Gateway that sends this share to v1 and the rest to v2.
    fn decide(share: f64, random: &mut SmallRng) -> Decision {
        let mut split = Split::new(&TABLE);
        loop {
            split.count(if random.random_bool(share) { "v1" } else { "v2" });
            match split.decision() {
                Decision::Open => {}
                decided => return decided,
            }
        }
    }

    fn times(decision: Decision, share: f64, trials: usize) -> usize {
        let mut random = SmallRng::seed_from_u64(70);
        (0..trials).filter(|_| decide(share, &mut random) == decision).count()
    }

    #[test]
    fn a_right_split_is_called_wrong_at_most_once_in_10000() {
        assert!(times(Decision::Wrong, 0.7, 10_000) <= 1);
    }

    #[test]
    fn what_is_forgiven_is_hardly_ever_called_wrong() {
        assert!(times(Decision::Wrong, 0.67, 2_000) <= 1);
        assert!(times(Decision::Wrong, 0.73, 2_000) <= 1);
    }

    #[test]
    fn a_wrong_split_gets_through_ten_counts_at_most_once_in_1000() {
        // On two threads; each of the 1,000 Gateways has all of its counts.
        let gets_through = |seed| {
            let mut random = SmallRng::seed_from_u64(seed);
            (0..10).any(|_| decide(0.64, &mut random) == Decision::Right)
        };
        let half = |seeds: Range<u64>| seeds.filter(|seed| gets_through(*seed)).count();
        let through = thread::scope(|scope| {
            let other = scope.spawn(|| half(500..1_000));
            half(0..500) + other.join().expect("it does not panic")
        });
        assert!(through <= 1, "{through}");
    }

    #[test]
    fn what_is_far_off_is_known_early() {
        let mut split = Split::new(&TABLE);
        let count = (1..1_000).find(|number| {
            split.count(if number % 2 == 0 { "v1" } else { "v2" });
            split.decision() == Decision::Wrong
        });
        assert!(count.is_some_and(|count| count < 500), "{count:?}");
    }

    #[test]
    fn one_answer_of_a_backend_that_should_get_nothing_is_too_many() {
        for stranger in ["v3", "v4"] {
            let mut split = Split::new(&TABLE);
            (0..70).for_each(|_| split.count("v1"));
            (0..29).for_each(|_| split.count("v2"));
            assert_eq!(split.decision(), Decision::Open);
            split.count(stranger);
            assert_eq!(split.decision(), Decision::Wrong);
        }
    }

    #[test]
    fn a_backend_that_gets_nothing_or_all_is_noticed() {
        for all in ["v1", "v2"] {
            let mut split = Split::new(&TABLE);
            while split.decision() == Decision::Open {
                split.count(all);
            }
            assert_eq!(split.decision(), Decision::Wrong);
        }
        let mut single = Split::new(&[("v1", 1.0)]);
        while single.decision() == Decision::Open {
            single.count("v1");
        }
        assert_eq!(single.decision(), Decision::Right);
        // Less than what is refused, and still not nothing.
        let mut small = Split::new(&[("v1", 0.96), ("v2", 0.04)]);
        while small.decision() == Decision::Open {
            small.count("v1");
        }
        assert_eq!(small.decision(), Decision::Wrong);
    }

    #[test]
    fn shares_are_told_with_their_intervals() {
        let mut split = Split::new(&TABLE);
        (0..640).for_each(|_| split.count("v1"));
        (0..360).for_each(|_| split.count("v2"));
        split.count("v4");
        insta::assert_snapshot!(split, @"1001 answers, v1 63.9 % (59.9 to 67.7), v2 36.0 % (32.2 to 40.0), v4 0.1 % (0.0 to 0.8)");
    }

    proptest! {
        /// Counted in turn, as a Gateway with a fair wheel does, a split is decided by where it lies.
        #[test]
        fn an_even_wheel_is_judged_by_its_shares(v1 in 1_u32..100) {
            let mut split = Split::new(&TABLE);
            let mut wheel = 0;
            while split.decision() == Decision::Open {
                wheel += v1;
                split.count(if wheel >= 100 { "v1" } else { "v2" });
                wheel %= 100;
            }
            match v1 {
                67..=73 => prop_assert_eq!(split.decision(), Decision::Right),
                65..=66 | 74..=75 => {}
                _ => prop_assert_eq!(split.decision(), Decision::Wrong),
            }
        }

        #[test]
        fn an_interval_contains_what_was_measured(total in 1_u32..5_000, part in 0.0..=1.0) {
            let count = (f64::from(total) * part) as u32;
            let (low, high) = interval(count, total);
            let share = f64::from(count) / f64::from(total);
            prop_assert!(low <= share + 1e-9 && share <= high + 1e-9 && low >= 0.0 && high <= 1.0);
        }
    }
}
