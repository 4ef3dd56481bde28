//! What came of exchanges with a Gateway, of whatever protocol: noted, and judged.

use jiff::Timestamp;
use model::{
    timeouts::Limit,
    timing::{Settling, SpanKind},
    verdict::{Failure, Mismatch, Verdict},
};
use probe::{Converged, Prober, left_of};
use tokio::time::Instant;

use crate::verbs::{cause, subject::Subject};

/// Exchanges that were made at once: what converged with its number, and what did not.
pub(crate) type Rows = (Vec<(usize, Converged)>, Vec<Mismatch>);

impl Subject {
    /// A prober with what is left of `MaxTimeToConsistency`. That runs from the status, which the test
    /// has seen: what it waits now for the silence of earlier tests is a part of it.
    pub(crate) async fn prober_since_status(&self) -> Prober {
        let began = Instant::now();
        let prober = self.prober().await;
        prober.within(left_of(self.limit(Limit::MaxTimeToConsistency), began.elapsed()))
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
