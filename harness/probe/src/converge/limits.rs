//! How long, and how often, is asked.

use std::time::Duration;

/// How long, and how often, probes are made.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For one request, from the dial to the end of the body: `RequestTimeout`. A call in gRPC has as much
    /// as is left of `consistency`, if that is more.
    pub request: Duration,
    /// From the first request to the begin of the last one: `MaxTimeToConsistency`. A request that is
    /// under way then has its own limit, and counts.
    pub consistency: Duration,
    /// The longest pause after a failure: `DefaultPollInterval`. It begins with 2 ms and grows
    /// with the time that has passed.
    pub longest_pause: Duration,
    /// How many successes in a row there must be: `RequiredConsecutiveSuccesses`.
    pub successes: u32,
}

impl Limits {
    /// With another [`Limits::consistency`].
    pub(crate) fn within(&self, consistency: Duration) -> Self {
        Self { consistency, ..self.clone() }
    }

    /// The same for a request for which a backend is asked to take so long: where they were made shorter
    /// than the Go suite's they leave time for all successes, of a Gateway that takes as long again.
    pub(crate) fn for_taking(&self, takes: Duration) -> Self {
        Self {
            request: self.request.max(2 * takes),
            consistency: self.consistency.max(2 * takes * self.successes),
            ..self.clone()
        }
    }
}

/// What is left of a limit when a part of it has passed; a tenth at least. What was true so long ago
/// shows itself at once.
pub fn left_of(limit: Duration, passed: Duration) -> Duration {
    limit.saturating_sub(passed).max(limit / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_its_time_is_given_it_by_limits_that_are_too_short() {
        let second = Duration::from_secs(1);
        let limits = |request, consistency| {
            Limits { request, consistency, longest_pause: second, successes: 3 }.for_taking(second)
        };
        let short = limits(second / 2, second);
        assert_eq!((short.request, short.consistency), (2 * second, 6 * second));
        let usual = limits(10 * second, 30 * second);
        assert_eq!((usual.request, usual.consistency), (10 * second, 30 * second));
    }

    #[test]
    fn a_tenth_of_a_limit_is_always_left() {
        let left = |passed| left_of(Duration::from_secs(30), Duration::from_secs(passed));
        assert_eq!([0, 10, 29, 60].map(|passed| left(passed).as_secs()), [30, 20, 3, 3]);
    }
}
