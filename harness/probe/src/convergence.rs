//! Probing until the answers are steadily right.
//!
//! The specification gives a Gateway time to program what its status promises. So a probe is
//! repeated until it succeeded a few times in a row, or the limit is over.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use http::StatusCode;
use model::{
    exchange::{Answer, Exchange, Request},
    names::Namespaces,
    verdict::Mismatch,
};
use tokio::time::{Instant, timeout};

use crate::{
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
/// A reload, or a Gateway that has not found its endpoints yet, gives no answer for less than that.
const LASTING: Duration = Duration::from_secs(1);

/// How long, and how often, probes are made.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For one request, from the dial to the end of the body: `RequestTimeout`.
    pub request: Duration,
    /// From the first request to the last of the successes in a row: `MaxTimeToConsistency`.
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
}

/// Sends requests to Gateways and compares the answers.
///
/// Every request has a connection of its own. Dropping a future of a prober ends what it began.
#[derive(Clone)]
pub struct Prober {
    wire: Arc<Wire>,
    namespaces: Namespaces,
    pub(crate) limits: Limits,
    pub(crate) user_agent: Arc<str>,
}

/// What came of a request.
pub(crate) type Attempt = Result<Response, ProbeError>;

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

    /// Sends one request and gives the answer, whatever it is.
    pub async fn once(
        &self,
        target: &Target,
        request: &Request<'_>,
    ) -> Result<Response, ProbeError> {
        self.send(target, &Outgoing::new(target, request, &self.user_agent)?).await
    }

    /// When [`Limits::consistency`] will be over, if it begins now.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.limits.consistency
    }

    /// Probes until the exchange succeeded [`Limits::successes`] times in a row.
    ///
    /// As in the Go suite no attempt begins after the deadline but the first, and one that is under way
    /// then is let to its end.
    ///
    /// # Errors
    ///
    /// What was observed, if that did not happen.
    pub async fn converge(
        &self,
        target: &Target,
        exchange: &Exchange,
        deadline: Instant,
    ) -> Result<Converged, Mismatch> {
        let mut history = History::begin();
        let outgoing = match Outgoing::new(target, &exchange.request, &self.user_agent) {
            Ok(outgoing) => outgoing,
            Err(error) => return Err(self.mismatch(target, exchange, error.to_string())),
        };
        let pause = Pause::up_to(self.limits.longest_pause);
        let mut first_error = None;
        let mut successes = 0;
        let mut settled = Duration::ZERO;
        loop {
            let attempt = self.send(target, &outgoing).await;
            match self.judge(target, exchange, &attempt) {
                Ok(_) => {
                    history.record(AS_EXPECTED);
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
                        });
                    }
                }
                Err(observed) => {
                    history.record(&observed);
                    first_error.get_or_insert(observed);
                    successes = 0;
                    pause.after_failure(deadline).await;
                }
            }
            if Instant::now() >= deadline {
                let is_definite = attempt.as_ref().is_ok_and(|it| !is_interim(it.status));
                return Err(Mismatch {
                    since: history.since(),
                    waited: Some(history.waited()),
                    wire: Some(transcript(history.attempts(), &outgoing, Some(&attempt))),
                    steady: is_definite && history.is_steady(),
                    ..self.mismatch(target, exchange, history.observed())
                });
            }
        }
    }

    /// Probes all exchanges at once, each until it succeeded, see [`Prober::converge`].
    ///
    /// A 404 or a 500 is also what a data plane may answer that is not programmed yet. So the rows that
    /// want such an absence are asked again when those that want a presence have converged. Where none
    /// wants a presence there is no second look: a 500 then comes of the route itself, and rows of 404 alone
    /// follow others in their tests.
    ///
    /// What did not converge comes second; both are in the order of the exchanges, and what did has its
    /// index with it.
    pub async fn converge_all(
        &self,
        target: &Target,
        exchanges: &[Exchange],
        deadline: Instant,
    ) -> (Vec<(usize, Converged)>, Vec<Mismatch>) {
        let rows = exchanges.iter().map(|exchange| self.converge(target, exchange, deadline));
        let mut rows = join_all(rows).await;
        let wants_absence = |row: usize| matches!(exchanges[row].answer, Answer::Status(400..));
        let (absent, present): (Vec<usize>, Vec<usize>) =
            (0..exchanges.len()).partition(|row| wants_absence(*row));
        if !present.is_empty() && present.iter().all(|row| rows[*row].is_ok()) {
            let deadline = deadline.max(Instant::now() + self.limits.consistency / 10);
            let again = absent.into_iter().filter(|row| rows[*row].is_ok());
            let again = again
                .collect::<Vec<_>>()
                .into_iter()
                .map(async |row| (row, self.converge(target, &exchanges[row], deadline).await));
            for (row, second) in join_all(again).await {
                if let Err(mismatch) = second {
                    rows[row] = Err(mismatch);
                }
            }
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

    /// Probes until a deleted route answered no more, [`Limits::successes`] times in a row: each answer is
    /// one of which `still` says that it cannot be the route's. No answer, or one that a reload gives, is a
    /// sign only if nothing else came for a second. The silence must last for `lasting`, which is not
    /// counted in the limit.
    ///
    /// Gives whether that happened within `limit`.
    pub async fn answers_no_more(
        &self,
        target: &Target,
        request: &Request<'_>,
        still: impl Fn(&Response) -> bool,
        limit: Duration,
        lasting: Duration,
    ) -> bool {
        let Ok(outgoing) = Outgoing::new(target, request, &self.user_agent) else { return true };
        let deadline = Instant::now() + limit + lasting;
        let pause = Pause::up_to(self.limits.longest_pause);
        let (mut silent, mut silent_since, mut doubtful_since) = (0, None, None);
        loop {
            let is_silent = match self.send(target, &outgoing).await {
                Ok(response) if still(&response) => {
                    (silent, silent_since, doubtful_since) = (0, None, None);
                    false
                }
                Ok(response) if !is_interim(response.status) => {
                    silent += 1;
                    doubtful_since = None;
                    silent >= self.limits.successes
                }
                _ => {
                    silent = 0;
                    let since = *doubtful_since.get_or_insert_with(Instant::now);
                    since.elapsed() >= LASTING.min(limit / 10)
                }
            };
            let since = *silent_since.get_or_insert_with(Instant::now);
            if is_silent && since.elapsed() >= lasting {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            if is_silent || silent == 0 {
                pause.after_failure(deadline).await;
            }
        }
    }

    /// Sends a request once.
    pub(crate) async fn send(&self, target: &Target, outgoing: &Outgoing) -> Attempt {
        let limit = self.limits.request;
        match timeout(limit, self.wire.send(target, outgoing)).await {
            Ok(attempt) => attempt,
            Err(_) => Err(ProbeError::TimedOut(limit)),
        }
    }

    /// What an echo backend captured, if the exchange succeeded; else what was observed.
    pub(crate) fn judge(
        &self,
        target: &Target,
        exchange: &Exchange,
        attempt: &Attempt,
    ) -> Result<Captured, String> {
        match attempt {
            Ok(response) => compare(exchange, target, &self.namespaces, response),
            Err(error) => Err(error.to_string()),
        }
    }

    fn mismatch(&self, target: &Target, exchange: &Exchange, observed: String) -> Mismatch {
        let subject = format!("{} at {target}", exchange.request);
        Mismatch::new(subject, expected(exchange, &self.namespaces), observed)
    }
}

/// Whether a Gateway answers so for a moment, whatever its routes are.
fn is_interim(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502..=504)
}

/// The pauses after failures: an eighth of the time that has passed, so that little is lost after a
/// short wait and little is asked during a long one.
pub(crate) struct Pause {
    began: Instant,
    longest: Duration,
}

impl Pause {
    /// Pauses from 2 ms up to this length, beginning now.
    pub(crate) fn up_to(longest: Duration) -> Self {
        Self { began: Instant::now(), longest }
    }

    /// Pauses, but not beyond the deadline.
    #[expect(clippy::disallowed_methods, reason = "a Gateway does not tell when it is programmed")]
    pub(crate) async fn after_failure(&self, deadline: Instant) {
        let pause = (self.began.elapsed() / 8).max(SHORTEST_PAUSE).min(self.longest);
        tokio::time::sleep(pause.min(deadline.saturating_duration_since(Instant::now()))).await;
    }
}
