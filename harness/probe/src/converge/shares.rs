//! Which share of the traffic each backend gets, see `apis/v1/httproute_types.go#BackendRef`, field `weight`.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use model::verdict::Mismatch;
use tokio::time::Instant;

use crate::{
    converge::{convergence::converge, limits::Limits, pause::Pause, repeatable::Repeatable},
    echo::backend,
};

/// Requests in a round.
const REQUESTS: u32 = 500;
/// Requests of a round that are under way at a time.
const AT_A_TIME: usize = 10;
/// Rounds, of which one must be right.
const ROUNDS: usize = 10;
/// How far a share may be from the expected one.
const TOLERANCE: f64 = 0.05;
/// 375 of 500 are 5 points more than 70 %, and a little more than that in floating point.
const ROUNDING: f64 = 1e-9;

/// How many requests each backend answered.
type Counts = BTreeMap<String, u32>;

/// Counts which backend answers how often, until the shares of a round are as expected, see
/// [`Prober::shares`](crate::Prober::shares).
pub(crate) async fn measure<E: Repeatable>(
    exchange: &E,
    limits: &Limits,
    expected: &[(&str, f64)],
) -> Result<Vec<(String, f64)>, Mismatch> {
    let started = Instant::now();
    let deadline = started + limits.consistency;
    let pause = Pause::up_to(limits.longest_pause);
    converge(exchange, limits).await?;
    let mut rounds = Vec::new();
    while rounds.len() < ROUNDS {
        match round(exchange).await {
            Ok(counts) => match judge(&counts, expected) {
                Ok(shares) => return Ok(shares),
                Err(measured) => rounds.push(measured),
            },
            Err(observed) if Instant::now() >= deadline => rounds.push(observed),
            Err(_) => {
                pause.after_failure(deadline).await;
                let left = deadline.saturating_duration_since(Instant::now());
                // Whether it holds now, or will not, is what the next round tells.
                _ = converge(exchange, &limits.within(left)).await;
            }
        }
    }
    let last = rounds.last().map_or("", String::as_str);
    let observed = format!("{last} in the last of {} rounds", rounds.len());
    let lines = (1..).zip(&rounds).map(|(round, observed)| format!("round {round}: {observed}\n"));
    Err(Mismatch {
        waited: Some(started.elapsed()),
        wire: Some(lines.collect()),
        ..of_many(exchange.mismatch(observed), expected)
    })
}

/// The mismatch of one exchange as that of all whose shares are counted.
pub(crate) fn of_many(one: Mismatch, expected: &[(&str, f64)]) -> Mismatch {
    Mismatch {
        subject: format!("{REQUESTS} times {}", one.subject),
        expected: expectation(expected),
        ..one
    }
}

/// Counts the answers of one round, unless one of them is not what the exchange wants.
async fn round<E: Repeatable>(exchange: &E) -> Result<Counts, String> {
    stream::iter(0..REQUESTS)
        .map(|_| async move { exchange.judge(&exchange.varied_attempt().await) })
        .buffer_unordered(AT_A_TIME)
        .try_fold(Counts::new(), |mut counts, captured| async move {
            *counts.entry(backend(&captured.pod).to_owned()).or_default() += 1;
            Ok(counts)
        })
        .await
}

/// The measured share of each backend of the table, or all that were measured, in words.
fn judge(counts: &Counts, expected: &[(&str, f64)]) -> Result<Vec<(String, f64)>, String> {
    let total = f64::from(counts.values().sum::<u32>());
    let share = |name: &str| f64::from(counts.get(name).copied().unwrap_or(0)) / total;
    let known = counts.keys().all(|name| expected.iter().any(|(expected, _)| expected == name));
    let distinct = expected.iter().filter(|(_, share)| *share > 0.0).count() == counts.len();
    let near = expected
        .iter()
        .all(|(name, expected)| (share(name) - expected).abs() <= TOLERANCE + ROUNDING);
    if known && distinct && near {
        Ok(expected.iter().map(|(name, _)| ((*name).to_owned(), share(name))).collect())
    } else {
        Err(percentages(counts.keys().map(|name| (name.as_str(), share(name)))))
    }
}

fn expectation(expected: &[(&str, f64)]) -> String {
    let points = TOLERANCE * 100.0;
    format!("{}, each within {points:.0} points", percentages(expected.iter().copied()))
}

fn percentages<'a>(shares: impl Iterator<Item = (&'a str, f64)>) -> String {
    let shares = shares.map(|(name, share)| format!("{name} {:.1} %", share * 100.0));
    shares.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TABLE: [(&str, f64); 3] = [("v1", 0.7), ("v2", 0.3), ("v3", 0.0)];

    fn counts<const N: usize>(counts: [(&str, u32); N]) -> Counts {
        counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
    }

    #[test]
    fn a_round_is_judged_by_its_shares_and_by_who_answered() {
        for (round, verdict) in [
            (counts([("v1", 350), ("v2", 150)]), Ok(())),
            (counts([("v1", 326), ("v2", 174)]), Ok(())),
            (counts([("v1", 320), ("v2", 180)]), Err("v1 64.0 %, v2 36.0 %")),
            (counts([("v1", 500)]), Err("v1 100.0 %")),
            (counts([("v1", 350), ("v2", 149), ("v3", 1)]), Err("v1 70.0 %, v2 29.8 %, v3 0.2 %")),
            (counts([("v1", 350), ("v4", 150)]), Err("v1 70.0 %, v4 30.0 %")),
            (counts([]), Err("")),
        ] {
            let judged = judge(&round, &TABLE).map(drop);
            assert_eq!(judged.as_ref().map_err(String::as_str), verdict.as_ref().map_err(|e| *e));
        }
    }

    proptest! {
        #[test]
        fn shares_are_right_exactly_within_the_tolerance(v1 in 1_u32..500) {
            let round = counts([("v1", v1), ("v2", 500 - v1)]);
            prop_assert_eq!(judge(&round, &TABLE).is_ok(), (325..=375).contains(&v1));
        }
    }
}
