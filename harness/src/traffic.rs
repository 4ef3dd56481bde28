//! What a test sends through a Gateway, and what must come back.

use std::sync::Arc;

use jiff::Timestamp;
use model::{
    exchange::{Backend, Exchange},
    names::INFRA,
    timeouts::Limit,
    timing::{Settling, SpanKind},
    verdict::{Failure, Verdict},
};
use probe::{Converged, Prober, Scheme, Target};
use tokio::time::Instant;

use crate::{cause, gateway::Gateway};

/// Traffic to one port of a Gateway.
pub struct Traffic<'g, 's> {
    gateway: &'g Gateway<'s>,
    target: Target,
}

/// Any backend of the infra namespace.
pub const ANY_BACKEND: Backend = Backend { name: "", namespace: INFRA };

impl<'g, 's> Traffic<'g, 's> {
    pub(crate) fn plain(gateway: &'g Gateway<'s>, port: u16) -> Self {
        Self::with(gateway, port, Scheme::Http)
    }

    pub(crate) fn over_tls(gateway: &'g Gateway<'s>, port: u16, trusted: Vec<u8>) -> Self {
        Self::with(gateway, port, Scheme::Https { roots_pem: Arc::new(trusted) })
    }

    fn with(gateway: &'g Gateway<'s>, port: u16, scheme: Scheme) -> Self {
        let target = Target { host: gateway.host().into(), port, scheme, label: gateway.label() };
        Self { gateway, target }
    }

    /// Each of these exchanges must happen, all at once: three times in a row within
    /// `MaxTimeToConsistency`.
    ///
    /// # Errors
    ///
    /// A failure with each exchange that did not.
    pub async fn must_give(&self, exchanges: &[Exchange]) -> Verdict {
        let subject = self.gateway.subject();
        subject.notes.step(format!("{} exchanges at {}", exchanges.len(), self.target.label));
        let (prober, deadline) = self.prober().await;
        let began = Timestamp::now();
        let (converged, mismatches) = prober.converge_all(&self.target, exchanges, deadline).await;
        let slowest = converged.iter().max_by_key(|(_, converged)| converged.settled);
        if let Some((index, slowest)) = slowest {
            self.note_settling(began, &exchanges[*index], slowest);
            subject.notes.moment(format!(
                "{} of {} exchanges at {} are consistent, the slowest after {:.0?} and {} probes",
                converged.len(),
                exchanges.len(),
                self.target.label,
                slowest.took,
                slowest.attempts
            ));
        }
        if mismatches.is_empty() {
            return Ok(());
        }
        let cause = cause::of_traffic(&mismatches, exchanges.len());
        Err(Failure { mismatches, cause, timeline: Vec::new() }.into())
    }

    /// The prober, once earlier tests are silent, and until when the data plane may take: the 30 s are
    /// those since the status, so that what was waited for others' silence is taken off them. A tenth
    /// remains: what was applied that long ago is served by now.
    async fn prober(&self) -> (&'s Prober, Instant) {
        let subject = self.gateway.subject();
        let limit = subject.limit(Limit::MaxTimeToConsistency);
        let deadline = Instant::now() + limit;
        let prober = subject.prober().await;
        (prober, deadline.max(Instant::now() + limit / 10))
    }

    /// Notes how long the subject took, by the exchange that came last.
    fn note_settling(&self, began: Timestamp, exchange: &Exchange, slowest: &Converged) {
        let notes = &self.gateway.subject().notes;
        notes.span(SpanKind::Traffic, began, slowest.settled);
        if let Some(first) = &slowest.first_error {
            notes.settled(Settling {
                exchange: format!("{} at {}", exchange.request, self.target.label),
                first: first.clone(),
                attempts: slowest.attempts,
                took: slowest.settled,
            });
        }
    }

    /// As [`Self::must_give`], one exchange after the other.
    ///
    /// # Errors
    ///
    /// A failure with the first exchange that did not happen.
    pub async fn must_give_in_order(&self, exchanges: &[Exchange]) -> Verdict {
        for exchange in exchanges {
            self.must_give(std::slice::from_ref(exchange)).await?;
        }
        Ok(())
    }

    /// Requests like that of `exchange` must be spread over the backends with these names in these
    /// shares, each within 5 percentage points.
    ///
    /// # Errors
    ///
    /// A failure with the shares that were observed.
    pub async fn must_share(&self, exchange: &Exchange, shares: &[(&str, f64)]) -> Verdict {
        let subject = self.gateway.subject();
        subject.notes.step(format!("the shares of {} backends", shares.len()));
        let (prober, deadline) = self.prober().await;
        match prober.shares(&self.target, exchange, shares, deadline).await {
            Ok(observed) => {
                subject.notes.moment(format!("shares {observed:?}"));
                Ok(())
            }
            Err(mismatch) => Err(Failure::of(mismatch).into()),
        }
    }

    /// Beside the verdict: these exchanges should happen too. Asked once the verdict's own hold.
    pub async fn should_give(&self, rule: &str, spec: &str, exchanges: &[Exchange]) {
        let subject = self.gateway.subject();
        let prober = subject.prober().await;
        let began = Timestamp::now();
        let deadline = Instant::now() + subject.beside(Limit::MaxTimeToConsistency);
        let (converged, mismatches) = prober.converge_all(&self.target, exchanges, deadline).await;
        let slowest = converged.iter().max_by_key(|(_, converged)| converged.settled);
        if let Some((index, slowest)) = slowest {
            self.note_settling(began, &exchanges[*index], slowest);
        }
        for mismatch in mismatches {
            subject.finding(rule, spec, mismatch);
        }
    }
}
