//! Whether mirrors get copies of requests, see `apis/v1/httproute_types.go#HTTPRequestMirrorFilter`.
//!
//! A copy is seen by what its mirror tells of it, some time after the request was answered.

use std::{ops::Range, pin::pin, time::Duration};

use futures::{
    StreamExt,
    future::{Either, select},
    stream,
};
use model::verdict::Mismatch;
use tokio::time::{Instant, timeout};

use crate::converge::{
    convergence::converge,
    copies::{Copies, REQUEST_ID, Seen},
    limits::Limits,
    pause::Pause,
    repeatable::Markable,
    shares::{AT_A_TIME, Count, measure},
    split::{Decision, Split},
};

/// Requests of which each must be copied: a Gateway that copies every other one does so for all of them once
/// in 1,000 times.
const ROW: u32 = 10;
/// Requests after which it is looked whether their copies are as many as they should be.
const BATCH: u32 = 500;
/// No further copy comes when none was told of for so long,
const QUIET: Duration = Duration::from_millis(50);
/// or for so many times as long as it took until the last one was.
const QUIETER: u32 = 4;
/// The two things that can become of a request.
const COPIED: &str = "mirrored";
const NOT_COPIED: &str = "not mirrored";

/// Makes rows of requests until each of a row was answered as it must be, and copied to all mirrors, which
/// have these names.
pub(crate) async fn each_copied<E: Markable>(
    exchange: &E,
    limits: &Limits,
    mirrors: &[&str],
    copies: &Copies,
) -> Result<(), Mismatch> {
    let started = Instant::now();
    let deadline = started + limits.consistency;
    let pause = Pause::up_to(limits.longest_pause);
    let mut seen = copies.seen();
    let (mut rows, mut next) = (Vec::new(), 0);
    converge(exchange, limits).await?;
    loop {
        let row = next..next + ROW;
        next = row.end;
        let made = make(exchange, copies, row.clone()).await;
        if made.is_ok() {
            rows.push(row);
        }
        let all = |seen: &Vec<Seen>| {
            let all =
                |row: &Range<u32>| row.clone().all(|it| seen.iter().all(|by| by.contains_key(&it)));
            rows.iter().any(all)
        };
        let complete = pin!(seen.wait_for(all));
        if let Either::Left(_) = select(complete, pin!(pause.after_failure(deadline))).await {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let one =
                exchange.mismatch(made.err().unwrap_or_else(|| counts(mirrors, copies, next)));
            let expected = format!("{}, and a copy for {}", one.expected, mirrors.join(" and "));
            return Err(Mismatch { expected, waited: Some(started.elapsed()), ..one });
        }
        if made.is_err() {
            let left = deadline.saturating_duration_since(Instant::now());
            // Whether it holds now, or will not, is what the next row tells.
            _ = converge(exchange, &limits.within(left)).await;
        }
    }
}

/// Of how many of the requests made each of the mirrors got copies.
fn counts(mirrors: &[&str], copies: &Copies, made: u32) -> String {
    let seen = copies.seen();
    let seen = seen.borrow();
    let counts =
        mirrors.iter().zip(&*seen).map(|(name, seen)| format!("{} for {name}", seen.len()));
    format!("of {made} requests {} were copied", counts.collect::<Vec<_>>().join(" and "))
}

/// Counts how many copies there are of the requests, until a count is this share of them, see [`measure`].
pub(crate) async fn share_copied<E: Markable>(
    exchange: &E,
    limits: &Limits,
    share: f64,
    copies: &Copies,
) -> Result<Split, Mismatch> {
    let count =
        ByCopy { exchange, copies, share, next: 0, deadline: Instant::now() + limits.consistency };
    measure(exchange, limits, &expected(share), count).await
}

fn expected(share: f64) -> [(&'static str, f64); 2] {
    [(COPIED, share), (NOT_COPIED, 1.0 - share)]
}

/// How many copies there are.
struct ByCopy<'a, E> {
    exchange: &'a E,
    copies: &'a Copies,
    share: f64,
    /// The number of the next request.
    next: u32,
    /// Until when copies may be told of late.
    deadline: Instant,
}

impl<E: Markable> Count for ByCopy<'_, E> {
    async fn count(&mut self) -> Result<Split, String> {
        let first = self.next;
        loop {
            let batch = self.next..self.next + BATCH;
            self.next = batch.end;
            make(self.exchange, self.copies, batch).await?;
            let split = self.settled(first..self.next).await;
            if split.decision() != Decision::Open {
                return Ok(split);
            }
        }
    }
}

impl<E> ByCopy<'_, E> {
    /// The split of these requests, which have been made, once no more copies of them are told of.
    async fn settled(&self, numbers: Range<u32>) -> Split {
        let mut seen = self.copies.seen();
        let made = Instant::now();
        let mut quiet = QUIET;
        loop {
            while let Ok(Ok(())) = timeout(quiet, seen.changed()).await {
                quiet = quiet.max(QUIETER * made.elapsed());
            }
            let split = self.split(numbers.clone(), &seen.borrow());
            let lacks = split.shares()[0].1 < self.share;
            if split.decision() != Decision::Wrong || !lacks {
                return split;
            }
            // A log that is late may tell of more.
            let left = self.deadline.saturating_duration_since(Instant::now());
            if !matches!(timeout(left, seen.changed()).await, Ok(Ok(()))) {
                return split;
            }
        }
    }

    /// As in the Go suite a request that is copied twice counts as two that are copied once.
    fn split(&self, numbers: Range<u32>, seen: &[Seen]) -> Split {
        let made = numbers.end - numbers.start;
        let total = |by: &Seen| by.range(numbers.clone()).map(|(_, copies)| copies).sum::<u32>();
        let copied = seen.iter().map(total).min().unwrap_or_default();
        let mut split = Split::new(&expected(self.share));
        (0..copied).for_each(|_| split.count(COPIED));
        (copied..made).for_each(|_| split.count(NOT_COPIED));
        split
    }
}

/// Makes the requests with these numbers.
async fn make<E: Markable>(
    exchange: &E,
    copies: &Copies,
    numbers: Range<u32>,
) -> Result<(), String> {
    let attempts = stream::iter(numbers).map(|number| async move {
        exchange.marked_attempt(REQUEST_ID, &copies.mark(number)).await
    });
    let mut attempts = pin!(attempts.buffered(AT_A_TIME));
    while let Some(attempt) = attempts.next().await {
        exchange.judge(&attempt)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use model::exchange::get;

    use super::*;

    #[test]
    fn copies_are_counted_whatever_they_are_of() {
        let copies = Copies::new(get("/"), "an-id", 1);
        let deadline = Instant::now();
        let count = ByCopy { exchange: &(), copies: &copies, share: 0.2, next: 20, deadline };
        for (seen, expected) in [
            (Seen::from([(9, 1), (10, 1), (12, 1), (20, 1)]), "10 answers, mirrored 20.0 %"),
            (Seen::from([(10, 3), (12, 1)]), "10 answers, mirrored 40.0 %"),
            (Seen::from([(10, 12)]), "12 answers, mirrored 100.0 %"),
        ] {
            let told = count.split(10..20, &[seen]).to_string();
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
