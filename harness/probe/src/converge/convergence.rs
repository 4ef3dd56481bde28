//! Probing until the answers are steadily right.
//!
//! The specification gives a Gateway time to program what its status promises. So a probe is
//! repeated until it succeeded a few times in a row, or the limit is over.

use std::time::Duration;

use futures::{StreamExt, stream::FuturesOrdered};
use model::{timing::Answers, verdict::Mismatch};
use tokio::time::Instant;

use crate::converge::{history::History, limits::Limits, pause::Pause, repeatable::Repeatable};

const AS_EXPECTED: &str = "as expected";

/// Where an answer takes so long, all of a row are asked for at once: the row says as much, and is there sooner. Not
/// where they would wait for each other at the backend.
const LONG: Duration = Duration::from_millis(100);

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

impl Converged {
    /// Of a first look, and a second one that began so long after it.
    pub(crate) fn then(self, second: Self, after: Duration) -> Self {
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

/// Makes an exchange until it succeeded [`Limits::successes`] times in a row.
///
/// # Errors
///
/// What was observed, if that did not happen within [`Limits::consistency`].
pub(crate) async fn converge<E: Repeatable>(
    exchange: &E,
    limits: &Limits,
) -> Result<Converged, Mismatch> {
    let mut history = History::begin();
    let deadline = history.started() + limits.consistency;
    let pause = Pause::up_to(limits.longest_pause);
    let mut first_error = None;
    let mut successes = 0;
    let mut settled = Duration::ZERO;
    let mut answers = Answers::default();
    // As in the Go suite the clock is looked at between attempts only: a success that ends after
    // the deadline counts if it is the last of those in a row, and else none follows it.
    let (mut ahead, mut is_long) = (FuturesOrdered::new(), exchange.takes() >= LONG);
    let last = loop {
        if is_long && !exchange.in_turn() && ahead.is_empty() {
            ahead.extend((successes..limits.successes).map(|_| exchange.attempt()));
        }
        let begun = Instant::now();
        let attempt = match ahead.next().await {
            Some(attempt) => attempt,
            None => exchange.attempt().await,
        };
        let judged = exchange.judge(&attempt);
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
                if successes >= limits.successes {
                    return Ok(Converged {
                        attempts: history.attempts(),
                        settled,
                        took: history.waited(),
                        first_error,
                        answers,
                    });
                }
                is_long |= begun.elapsed() >= LONG;
            }
            Err(observed) => {
                (ahead, is_long) = (FuturesOrdered::new(), false);
                history.record(&observed, E::is_definite(&attempt));
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
        wire: Some(format!("attempt {}\n{}", history.attempts(), E::transcript(&last))),
        steady: history.is_steady(),
        ..exchange.mismatch(history.observed())
    })
}
