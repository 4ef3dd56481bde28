//! What came of exchanges with a Gateway, of whatever protocol: noted, and judged.

use jiff::Timestamp;
use model::{
    timeouts::Limit,
    timing::{Settling, SpanKind},
    verdict::{Failure, Mismatch, Verdict},
};
use probe::{Converged, Prober, left_of};
use tokio::time::{Instant, timeout};

use crate::verbs::{cause, subject::Subject};

/// Exchanges that were made at once: what converged with its number, and what did not.
pub(crate) type Rows = (Vec<(usize, Converged)>, Vec<Mismatch>);

impl Subject {
    /// A prober with what is left of `MaxTimeToConsistency`. That runs from the status, which the test
    /// has seen: what it waits now for the silence of earlier tests is a part of it.
    pub(crate) async fn prober_since_status(&self) -> Prober {
        self.prober_within(Limit::MaxTimeToConsistency).await
    }

    /// As [`Self::prober_since_status`], with another limit.
    pub(crate) async fn prober_within(&self, limit: Limit) -> Prober {
        let began = Instant::now();
        let prober = self.prober().await;
        prober.within(left_of(self.limit(limit), began.elapsed()))
    }

    /// A prober for what is asked beside the verdict, none where the tests before are not silent by then: a second, but
    /// `MaxTimeToConsistency` under `--strict`.
    pub(crate) async fn prober_in_passing(&self) -> Option<Prober> {
        let (began, limit) = (Instant::now(), self.beside(Limit::MaxTimeToConsistency));
        let prober = timeout(limit, self.prober()).await.ok()?;
        Some(prober.in_passing(left_of(limit, began.elapsed())))
    }

    /// Tells what was asked in passing and did not hold. What was not steadily so may be late, where only a second was
    /// waited.
    pub(crate) fn findings(&self, rule: &str, spec: &str, mismatches: Vec<Mismatch>) {
        let is_told = |mismatch: &Mismatch| mismatch.steady || self.session.is_strict();
        for mismatch in mismatches.into_iter().filter(is_told) {
            self.finding(rule, spec, mismatch);
        }
    }

    /// All exchanges of a table must have converged. `label` says where they were made, and `name` what
    /// was sent by its number.
    ///
    /// # Errors
    ///
    /// A failure with each exchange that did not.
    pub(crate) fn judge_rows(
        &self,
        (converged, mismatches): Rows,
        began: Timestamp,
        label: &str,
        name: impl Fn(usize) -> String,
    ) -> Verdict {
        let asked = converged.len() + mismatches.len();
        self.notes.answered(converged.iter().map(|(_, converged)| converged.answers));
        if let Some((_, slowest)) = self.note_slowest(&converged, began, label, name) {
            self.notes.moment(format!(
                "{} of {asked} exchanges at {label} are consistent, the slowest after {:.0?} and {} probes",
                converged.len(),
                slowest.took,
                slowest.attempts
            ));
        }
        if mismatches.is_empty() {
            return Ok(());
        }
        let cause = cause::of_traffic(&mismatches, asked);
        Err(Failure { mismatches, cause, timeline: Vec::new() }.into())
    }

    /// Judges the shares of so many backends, which are measured now.
    ///
    /// # Errors
    ///
    /// A failure with the shares that were observed.
    pub(crate) async fn judge_shares(
        &self,
        backends: usize,
        measured: impl Future<Output = Result<Vec<(String, f64)>, Mismatch>>,
    ) -> Verdict {
        self.notes.step(format!("the shares of {backends} backends"));
        let observed = measured.await.map_err(Failure::of)?;
        self.notes.moment(format!("shares {observed:?}"));
        Ok(())
    }

    /// Notes how long the subject took, by the exchange that came last.
    pub(crate) fn note_slowest<'c>(
        &self,
        converged: &'c [(usize, Converged)],
        began: Timestamp,
        label: &str,
        name: impl Fn(usize) -> String,
    ) -> Option<&'c (usize, Converged)> {
        let slowest = converged.iter().max_by_key(|(_, converged)| converged.settled)?;
        let (index, row) = slowest;
        self.notes.span(SpanKind::Traffic, began, row.settled);
        if let Some(first) = &row.first_error {
            self.notes.settled(Settling {
                exchange: format!("{} at {label}", name(*index)),
                first: first.clone(),
                attempts: row.attempts,
                took: row.settled,
            });
        }
        Some(slowest)
    }
}
