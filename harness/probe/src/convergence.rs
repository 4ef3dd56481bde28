//! Probing until the answers are steadily right.
//!
//! The specification gives a Gateway time to program what its status promises. So a probe is
//! repeated until it succeeded a few times in a row, or the limit is over.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use model::{
    exchange::{Exchange, Request},
    names::Namespaces,
    timing::Answers,
    verdict::Mismatch,
};
use tokio::time::{Instant, timeout};

use crate::{
    attempt::Attempt,
    comparison::{compare, expected},
    dialer::Dialer,
    error::ProbeError,
    history::History,
    outgoing::Outgoing,
    response::{Captured, Response},
    target::Target,
    transcript::transcript,
    wire::Wire,
};

const SHORTEST_PAUSE: Duration = Duration::from_millis(2);
const AS_EXPECTED: &str = "as expected";

/// How long, and how often, probes are made.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For one request, from the dial to the end of the body: `RequestTimeout`.
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

/// How a probe came to be steadily right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converged {
    /// How many requests it took.
    pub attempts: u32,
    /// From the first request to the first of the successes in a row.
    pub settled: Duration,
    /// From the first request to the last of them.
    pub took: Duration,
    /// What was observed first that was not right.
    pub first_error: Option<String>,
    /// What was answered from the first right answer on.
    pub answers: Answers,
}

/// Sends requests to Gateways and compares the answers.
///
/// Every request has a connection of its own. Dropping a future of a prober ends what it began.
#[derive(Clone)]
pub struct Prober {
    pub(crate) wire: Arc<Wire>,
    namespaces: Namespaces,
    pub(crate) limits: Limits,
    pub(crate) user_agent: Arc<str>,
}

impl Prober {
    /// A prober.
    pub fn new(dialer: Dialer, limits: Limits, namespaces: Namespaces, user_agent: String) -> Self {
        Self {
            wire: Arc::new(Wire::new(dialer)),
            limits,
            namespaces,
            user_agent: user_agent.into(),
        }
    }

    /// The same prober for backends that are in other namespaces of the cluster.
    pub fn among(&self, namespaces: Namespaces) -> Self {
        Self { namespaces, ..self.clone() }
    }

    /// The same prober with another [`Limits::consistency`].
    pub fn within(&self, consistency: Duration) -> Self {
        Self { limits: Limits { consistency, ..self.limits.clone() }, ..self.clone() }
    }

    /// The same prober for what is asked in passing: also a request ends within this time.
    pub fn in_passing(&self, limit: Duration) -> Self {
        let request = self.limits.request.min(limit);
        let limits = Limits { request, consistency: limit, ..self.limits.clone() };
        Self { limits, ..self.clone() }
    }

    /// Sends one request and gives the answer, whatever it is.
    pub async fn once(
        &self,
        target: &Target,
        request: &Request<'_>,
    ) -> Result<Response, ProbeError> {
        self.send(target, &Outgoing::new(target, request, &self.user_agent)?).await
    }

    /// Probes until the exchange succeeded [`Limits::successes`] times in a row.
    ///
    /// # Errors
    ///
    /// What was observed, if that did not happen within [`Limits::consistency`].
    pub async fn converge(
        &self,
        target: &Target,
        exchange: &Exchange,
    ) -> Result<Converged, Mismatch> {
        let mut history = History::begin();
        let outgoing = match Outgoing::new(target, &exchange.request, &self.user_agent) {
            Ok(outgoing) => outgoing,
            Err(error) => return Err(self.mismatch(target, exchange, error.to_string())),
        };
        let deadline = history.started() + self.limits.consistency;
        let pause = Pause::up_to(self.limits.longest_pause);
        let mut first_error = None;
        let mut successes = 0;
        let mut settled = Duration::ZERO;
        let mut answers = Answers::default();
        // As in the Go suite the clock is looked at between attempts only: a success that ends after
        // the deadline counts if it is the last of those in a row, and else none follows it.
        let last = loop {
            let attempt = self.attempt(target, exchange, &outgoing).await;
            let judged = self.judge(target, exchange, &attempt);
            if judged.is_ok() || answers.total > 0 {
                answers.total += 1;
                answers.wrong += u32::from(judged.is_err());
            }
            match judged {
                Ok(_) => {
                    history.record(AS_EXPECTED, false);
                    if successes == 0 {
                        settled = history.waited();
                    }
                    successes += 1;
                    if successes >= self.limits.successes {
                        return Ok(Converged {
                            attempts: history.attempts(),
                            settled,
                            took: history.waited(),
                            first_error,
                            answers,
                        });
                    }
                }
                Err(observed) => {
                    history.record(&observed, attempt.is_definite());
                    first_error.get_or_insert(observed);
                    successes = 0;
                    pause.after_failure(deadline).await;
                }
            }
            if Instant::now() >= deadline {
                break attempt;
            }
        };
        Err(Mismatch {
            since: history.since(),
            waited: Some(history.waited()),
            wire: Some(transcript(history.attempts(), &last)),
            steady: history.is_steady(),
            ..self.mismatch(target, exchange, history.observed())
        })
    }

    /// Probes all exchanges at once, each until it succeeded, see [`Prober::converge`]. Each has the
    /// whole of [`Limits::consistency`], and beside it those that want an absence are looked at again.
    ///
    /// A 404 or a 500 may come from a data plane that is not programmed yet, too. Where others of the
    /// exchanges want a presence, an absence counts only if it is there after all of these are. Those
    /// that are alone get no second look: a 500 is given by a programmed route only, and a test of
    /// nothing but 404 has seen its route by exchanges before.
    ///
    /// What did not converge comes second; both are in the order of the exchanges, and what did has its
    /// index with it.
    pub async fn converge_all(
        &self,
        target: &Target,
        exchanges: &[Exchange],
    ) -> (Vec<(usize, Converged)>, Vec<Mismatch>) {
        let began = Instant::now();
        let looks = exchanges.iter().map(|exchange| self.converge(target, exchange));
        let mut rows = join_all(looks).await;
        if presences_hold(exchanges, &rows) {
            let waited = began.elapsed();
            let again = self.within(left_of(self.limits.consistency, waited));
            let again = &again;
            let looks = exchanges.iter().zip(rows).map(async |(exchange, row)| match row {
                Ok(first) if exchange.wants_absence() => {
                    again.converge(target, exchange).await.map(|second| first.then(second, waited))
                }
                row => row,
            });
            rows = join_all(looks).await;
        }
        let (mut converged, mut mismatches) = (Vec::new(), Vec::new());
        for (index, row) in rows.into_iter().enumerate() {
            match row {
                Ok(row) => converged.push((index, row)),
                Err(row) => mismatches.push(row),
            }
        }
        (converged, mismatches)
    }

    /// Sends a request once.
    pub(crate) async fn send(
        &self,
        target: &Target,
        outgoing: &Outgoing,
    ) -> Result<Response, ProbeError> {
        let limit = self.limits.request;
        let answer = timeout(limit, self.wire.send(target, outgoing)).await;
        answer.unwrap_or(Err(ProbeError::TimedOut(limit)))
    }

    /// What an echo backend captured, if the exchange succeeded; else what was observed.
    pub(crate) fn judge(
        &self,
        target: &Target,
        exchange: &Exchange,
        attempt: &Attempt,
    ) -> Result<Captured, String> {
        match &attempt.answer {
            Ok(response) => compare(exchange, target, &self.namespaces, response)
                .map_err(|observed| observed + &attempt.detour()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn mismatch(&self, target: &Target, exchange: &Exchange, observed: String) -> Mismatch {
        let subject = format!("{} at {target}", exchange.request);
        Mismatch::new(subject, expected(exchange, &self.namespaces), observed)
    }
}

/// Whether some of the exchanges want a presence, and all of these converged.
fn presences_hold(exchanges: &[Exchange], rows: &[Result<Converged, Mismatch>]) -> bool {
    let rows = exchanges.iter().zip(rows);
    let mut present = rows.filter(|(exchange, _)| !exchange.wants_absence()).peekable();
    present.peek().is_some() && present.all(|(_, row)| row.is_ok())
}

impl Converged {
    /// Of a first look, and a second one that began so long after it.
    fn then(self, second: Self, after: Duration) -> Self {
        let settled = match &second.first_error {
            Some(_) => after + second.settled,
            None => self.settled,
        };
        Self {
            attempts: self.attempts + second.attempts,
            settled,
            took: after + second.took,
            first_error: self.first_error.or(second.first_error),
            answers: self.answers + second.answers,
        }
    }
}

/// What is left of a limit when a part of it has passed; a tenth at least. What was true so long ago
/// shows itself at once.
pub fn left_of(limit: Duration, passed: Duration) -> Duration {
    limit.saturating_sub(passed).max(limit / 10)
}

/// The pauses after failures: an eighth of the time that has passed, so that little is lost after a
/// short wait and little is asked during a long one.
pub(crate) struct Pause {
    began: Instant,
    shortest: Duration,
    longest: Duration,
}

impl Pause {
    /// Pauses from 2 ms up to this length, beginning now.
    pub(crate) fn up_to(longest: Duration) -> Self {
        Self { began: Instant::now(), shortest: SHORTEST_PAUSE, longest }
    }

    /// But no shorter than this.
    pub(crate) fn at_least(self, shortest: Duration) -> Self {
        Self { shortest, longest: self.longest.max(shortest), ..self }
    }

    /// How long ago they began.
    pub(crate) fn waited(&self) -> Duration {
        self.began.elapsed()
    }

    /// Pauses, but not beyond the deadline.
    #[expect(clippy::disallowed_methods, reason = "a Gateway does not tell when it is programmed")]
    pub(crate) async fn after_failure(&self, deadline: Instant) {
        let pause = (self.waited() / 8).max(self.shortest).min(self.longest);
        tokio::time::sleep(pause.min(deadline.saturating_duration_since(Instant::now()))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_a_limit_is_always_left() {
        let left = |passed| left_of(Duration::from_secs(30), Duration::from_secs(passed));
        assert_eq!([0, 10, 29, 60].map(|passed| left(passed).as_secs()), [30, 20, 3, 3]);
    }
}
