//! Which share of the traffic each backend gets, see `apis/v1/httproute_types.go#BackendRef`, field `weight`.

use std::pin::pin;

use futures::{StreamExt, stream};
use model::verdict::Mismatch;
use tokio::time::Instant;

use crate::{
    converge::{
        convergence::converge,
        limits::Limits,
        pause::Pause,
        repeatable::Repeatable,
        split::{Decision, FORGIVEN, REFUSED, Split},
    },
    echo::backend,
};

/// Requests under way at a time.
pub(crate) const AT_A_TIME: usize = 10;
/// Counts, of which one must be right. Each lets a wrong split through once in 10,000 times, all of them
/// once in 1,000.
const COUNTS: u32 = 10;

/// What is counted.
pub(crate) trait Count {
    /// Counts until that decides, unless an answer is not what the exchange wants.
    async fn count(&mut self) -> Result<Split, String>;
}

/// Lets count until a count is as expected, see [`Prober::shares`](crate::Prober::shares).
///
/// The first count begins at once and the last one at the end of the limit, and before each of the others
/// half of the time has passed that passes before the next: a Gateway that still learns of the weights
/// spends few of them on that, whatever it needs.
pub(crate) async fn measure<E: Repeatable>(
    exchange: &E,
    limits: &Limits,
    expected: &[(&str, f64)],
    mut count: impl Count,
) -> Result<Split, Mismatch> {
    let started = Instant::now();
    let deadline = started + limits.consistency;
    let pause = Pause::up_to(limits.longest_pause);
    converge(exchange, limits).await?;
    let mut wrong = Vec::new();
    while let Some(later) = (COUNTS - 1).checked_sub(wrong.len() as u32) {
        if !wrong.is_empty() {
            Pause::until(started + limits.consistency / 2_u32.pow(later)).await;
        }
        match count.count().await {
            Ok(split) if split.decision() == Decision::Right => return Ok(split),
            Ok(split) => wrong.push(split.to_string()),
            Err(observed) if Instant::now() >= deadline => wrong.push(observed),
            Err(_) => {
                pause.after_failure(deadline).await;
                let left = deadline.saturating_duration_since(Instant::now());
                // Whether it holds now, or will not, is what the next count tells.
                _ = converge(exchange, &limits.within(left)).await;
            }
        }
    }
    let last = wrong.last().map_or("", String::as_str);
    let observed = format!("{last}, in the last of {COUNTS} counts");
    let lines = (1..).zip(&wrong).map(|(number, observed)| format!("count {number}: {observed}\n"));
    Err(Mismatch {
        waited: Some(started.elapsed()),
        wire: Some(lines.collect()),
        ..of_many(exchange.mismatch(observed), expected)
    })
}

/// The mismatch of one exchange as that of all whose shares are counted.
pub(crate) fn of_many(one: Mismatch, expected: &[(&str, f64)]) -> Mismatch {
    Mismatch {
        subject: format!("the shares of {}", one.subject),
        expected: expectation(expected),
        ..one
    }
}

/// Which backend answers how often.
pub(crate) struct ByBackend<'a, E> {
    pub(crate) exchange: &'a E,
    pub(crate) expected: &'a [(&'a str, f64)],
}

impl<E: Repeatable> Count for ByBackend<'_, E> {
    /// Counts answers in the order of their requests: else those of a backend that is quick would be too
    /// many at each moment.
    async fn count(&mut self) -> Result<Split, String> {
        let Self { exchange, expected } = *self;
        let requests = stream::repeat_with(|| async {
            // As in the Go suite every second one differs, for Gateways that choose by a hash.
            let attempt = if rand::random() {
                exchange.varied_attempt(rand::random_range(0..10_000)).await
            } else {
                exchange.attempt().await
            };
            exchange.judge(&attempt)
        });
        let mut answers = pin!(requests.buffered(AT_A_TIME));
        let mut split = Split::new(expected);
        while split.decision() == Decision::Open
            && let Some(answer) = answers.next().await
        {
            split.count(backend(&answer?.pod));
        }
        Ok(split)
    }
}

fn expectation(expected: &[(&str, f64)]) -> String {
    let shares = expected.iter().map(|(name, share)| match share {
        0.0 => format!("{name} none"),
        share => format!("{name} {:.1} %", share * 100.0),
    });
    format!(
        "{}; {:.0} points off pass, {:.0} do not",
        shares.collect::<Vec<_>>().join(", "),
        100.0 * FORGIVEN,
        100.0 * REFUSED
    )
}
