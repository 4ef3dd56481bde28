//! What a test sends through a Gateway, and what must come back.

mod mirrors;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use model::{
    exchange::{Backend, Exchange},
    names::INFRA,
    policy::Shows,
    timeouts::Limit,
    verdict::{Failure, JudgeError, Verdict},
};
use probe::{Scheme, Target};
use tokio::time::timeout;

use crate::verbs::{
    gateway::{Gateway, GatewayObject},
    subject::Subject,
};

/// Traffic to one port of a Gateway.
pub struct Traffic<'g, 's> {
    gateway: &'g Gateway<'s>,
    /// The listener that was named, if one was.
    listener: Option<&'static str>,
    target: Target,
}

/// Any backend of the infra namespace.
pub const ANY_BACKEND: Backend = Backend { name: "", namespace: INFRA };

impl GatewayObject<'_> {
    /// Beside the verdict: these exchanges should happen at the port of its first HTTP listener, where
    /// it has an address. It costs the run a second or two.
    ///
    /// # Errors
    ///
    /// An error if the test did not declare one of them.
    pub async fn should_give(&self, rule: &str, spec: &str, exchanges: &[Exchange]) -> Verdict {
        let limit = self.subject.beside(Limit::GatewayMustHaveAddress);
        match timeout(limit, Gateway::with_address(self.clone())).await {
            Ok(Ok(gateway)) => gateway.http().should_give(rule, spec, exchanges).await,
            Ok(Err(stop)) => {
                self.subject.found(rule, spec, Err(stop));
                Ok(())
            }
            // By then it is not known whether one is late or never comes.
            Err(_) => Ok(()),
        }
    }

    /// As [`Self::should_give`], under `--strict` alone: for what may come late, where nothing was seen of the data plane
    /// before. A second does not tell that from what never comes.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn should_come_to_give(
        &self,
        rule: &str,
        spec: &str,
        exchanges: &[Exchange],
    ) -> Verdict {
        if !self.subject.session.is_strict() {
            return Ok(());
        }
        self.should_give(rule, spec, exchanges).await
    }
}

impl<'s> Gateway<'s> {
    /// Traffic to the port of the first HTTP listener.
    pub fn http(&self) -> Traffic<'_, 's> {
        Traffic::plain(self, None, self.port_of("HTTP").unwrap_or(80))
    }

    /// Traffic to the port of the HTTP listener of this name.
    ///
    /// # Errors
    ///
    /// An error if the Gateway's spec has no such listener.
    pub fn http_at(&self, listener: &'static str) -> Verdict<Traffic<'_, 's>> {
        Ok(Traffic::plain(self, Some(listener), self.port_named(listener)?))
    }

    /// Traffic to the port of the first HTTPS listener, trusting these certificates (PEM).
    pub fn https(&self, trusted: Vec<u8>) -> Traffic<'_, 's> {
        Traffic::over_tls(self, None, self.port_of("HTTPS").unwrap_or(443), trusted)
    }

    /// Traffic to the port of the HTTPS listener of this name, trusting these certificates (PEM).
    ///
    /// # Errors
    ///
    /// An error if the Gateway's spec has no such listener.
    pub fn https_at(&self, listener: &'static str, trusted: Vec<u8>) -> Verdict<Traffic<'_, 's>> {
        Ok(Traffic::over_tls(self, Some(listener), self.port_named(listener)?, trusted))
    }
}

impl<'g, 's> Traffic<'g, 's> {
    fn plain(gateway: &'g Gateway<'s>, listener: Option<&'static str>, port: u16) -> Self {
        Self { gateway, listener, target: gateway.target(port, Scheme::Http) }
    }

    fn over_tls(
        gateway: &'g Gateway<'s>,
        listener: Option<&'static str>,
        port: u16,
        trusted: Vec<u8>,
    ) -> Self {
        let scheme = Scheme::Https { roots_pem: Arc::new(trusted) };
        Self { gateway, listener, target: gateway.target(port, scheme) }
    }

    /// Each of these exchanges must happen, all at once: three times in a row within
    /// `MaxTimeToConsistency`.
    ///
    /// # Errors
    ///
    /// A failure with each exchange that did not.
    pub async fn must_give(&self, exchanges: &[Exchange]) -> Verdict {
        let subject = self.declared(exchanges)?;
        subject.notes.step(format!("{} exchanges at {}", exchanges.len(), self.target.label));
        let target = self.target_for(exchanges).await?;
        let prober = subject.prober_since_status().await;
        let began = Timestamp::now();
        let rows = prober.converge_all(&target, exchanges).await;
        subject.judge_rows(rows, began, &self.target.label, named(exchanges))
    }

    /// Each of these exchanges must happen, as [`Self::must_give`] has it, or show the value of the policy that is
    /// described in its place.
    ///
    /// # Errors
    ///
    /// A failure with each exchange that did not.
    pub async fn must_show(&self, rows: &[(Exchange, Shows)]) -> Verdict {
        let policy = self.gateway.subject().session.described().policy.as_deref();
        let policy = policy.ok_or_else(|| JudgeError::new("no policy is described"))?;
        let exchanges =
            rows.iter().map(|(exchange, shows)| policy.values.exchange(exchange, *shows));
        self.must_give(&exchanges.collect::<Vec<_>>()).await
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
    /// shares, by a sequential test: 3 percentage points off pass, 6 do not.
    ///
    /// # Errors
    ///
    /// A failure with the shares that were observed.
    pub async fn must_share(&self, exchange: &Exchange, shares: &[(&str, f64)]) -> Verdict {
        let subject = self.declared(std::slice::from_ref(exchange))?;
        let prober = subject.prober_since_status().await;
        let measured = Box::pin(prober.shares(&self.target, exchange, shares));
        subject.judge_shares(shares.len(), measured).await
    }

    /// This exchange must happen for every one of so many requests in a row, once it did three times:
    /// for what would go wrong for some of them only.
    ///
    /// # Errors
    ///
    /// A failure with the first request that was not answered so.
    pub async fn must_give_each_time(&self, exchange: &Exchange, times: u32) -> Verdict {
        let subject = self.declared(std::slice::from_ref(exchange))?;
        subject.notes.step(format!("{times} requests in a row at {}", self.target.label));
        let prober = subject.prober_since_status().await;
        let unbroken = prober.unbroken(&self.target, exchange, times).await;
        unbroken.map_err(|mismatch| Failure::of(mismatch).into())
    }

    /// Beside the verdict: these exchanges should happen too. Asked once the verdict's own hold, so that
    /// they do as well, or will not. It costs the run a second at most; only what is steadily wrong can
    /// be told from what is late by then, and nothing where an earlier test's routes still answer. Where
    /// findings are a part of the verdict they have its limit.
    ///
    /// # Errors
    ///
    /// An error if the test did not declare one of them.
    pub async fn should_give(&self, rule: &str, spec: &str, exchanges: &[Exchange]) -> Verdict {
        let subject = self.declared(exchanges)?;
        let target = self.target_for(exchanges).await?;
        let Some(prober) = subject.prober_in_passing().await else { return Ok(()) };
        let began = Timestamp::now();
        let (converged, mismatches) = prober.converge_all(&target, exchanges).await;
        subject.note_slowest(&converged, began, &self.target.label, named(exchanges));
        subject.findings(rule, spec, mismatches);
        Ok(())
    }

    /// The target with the certificates that the exchanges show, or want to be shown.
    async fn target_for(&self, exchanges: &[Exchange]) -> Verdict<Target> {
        let mut identities = BTreeMap::new();
        for secret in exchanges.iter().flat_map(Exchange::certificates) {
            identities.insert(secret, self.gateway.subject().identity(secret).await?);
        }
        Ok(Target { identities: Arc::new(identities), ..self.target.clone() })
    }

    fn declared(&self, exchanges: &[Exchange]) -> Verdict<&'s Subject> {
        let subject = self.gateway.subject();
        let tls = matches!(self.target.scheme, Scheme::Https { .. });
        subject.declared(self.gateway.name(), tls, self.listener, exchanges)?;
        Ok(subject)
    }
}

/// What was sent, by its number.
fn named(exchanges: &[Exchange]) -> impl Fn(usize) -> String {
    |index| exchanges[index].request.to_string()
}
