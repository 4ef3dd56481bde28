//! What a test calls through a Gateway in gRPC, and what must come of it.

use jiff::Timestamp;
use model::{exchange::call::Call, verdict::Verdict};
use probe::{Scheme, Target};

use crate::verbs::gateway::Gateway;

/// Calls through one port of a Gateway.
pub struct Calls<'g, 's> {
    gateway: &'g Gateway<'s>,
    target: Target,
}

impl<'s> Gateway<'s> {
    /// Calls through the port of the first HTTP listener, in HTTP/2 from the first byte.
    pub fn grpc(&self) -> Calls<'_, 's> {
        let port = self.port_of("HTTP").unwrap_or(80);
        Calls { gateway: self, target: self.target(port, Scheme::Http) }
    }
}

impl Calls<'_, '_> {
    /// Each of these calls must come out as it says, all at once: three times in a row within
    /// `MaxTimeToConsistency`.
    ///
    /// # Errors
    ///
    /// A failure with each call that did not; an error if the test did not declare one of them.
    pub async fn must_give(&self, calls: &[Call]) -> Verdict {
        let subject = self.gateway.subject();
        subject.declared_calls(self.gateway.name(), calls)?;
        subject.notes.step(format!("{} calls at {}", calls.len(), self.target.label));
        let prober = subject.prober_since_status().await;
        let began = Timestamp::now();
        let rows = prober.call_all(&self.target, calls).await;
        let name = |index: usize| calls[index].invocation.to_string();
        subject.judge_rows(rows, began, &self.target.label, name)
    }

    /// Calls like this one must be spread over the backends with these names in these shares, by a
    /// sequential test: 3 percentage points off pass, 6 do not.
    ///
    /// # Errors
    ///
    /// A failure with the shares that were observed.
    pub async fn must_share(&self, call: &Call, shares: &[(&str, f64)]) -> Verdict {
        let subject = self.gateway.subject();
        subject.declared_calls(self.gateway.name(), std::slice::from_ref(call))?;
        let prober = subject.prober_since_status().await;
        let measured = prober.call_shares(&self.target, call, shares);
        subject.judge_shares(shares.len(), measured).await
    }
}
