//! One call in gRPC: how it is attempted, and when it succeeded.

use std::time::Duration;

use model::{
    exchange::call::{Call, Code, Outcome},
    names::Namespaces,
    verdict::Mismatch,
};
use tokio::time::{Instant, timeout};

use crate::{
    converge::{limits::Limits, repeatable::Repeatable, silence::Sign},
    echo::Captured,
    grpc::{
        answer::Answer,
        client,
        comparison::{compare, expected},
        message,
        outgoing::Outgoing,
        transcript::transcript,
    },
    wire::{dialer::Dialer, error::ProbeError, target::Target},
};

/// What is wanted, and of whom.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) target: &'a Target,
    pub(crate) call: &'a Call,
    pub(crate) namespaces: &'a Namespaces,
}

impl Wanted<'_> {
    /// Says that this was observed in its place.
    pub(crate) fn mismatch(&self, observed: String) -> Mismatch {
        let subject = format!("{} at {}", self.call.invocation, self.target);
        Mismatch::new(subject, expected(self.call, self.namespaces), observed)
    }
}

/// A call with what it sends each time.
pub(crate) struct GrpcExchange<'a> {
    dialer: &'a Dialer,
    wanted: Wanted<'a>,
    outgoing: Outgoing,
    deadline: Instant,
    least: Duration,
}

/// What was sent, and what came of it.
pub(crate) struct Attempt {
    asked: Outgoing,
    answer: Result<Answer, ProbeError>,
}

impl<'a> GrpcExchange<'a> {
    /// Makes a call ready. As in the Go suite an attempt has what is left of [`Limits::consistency`], but
    /// [`Limits::request`] at least, as requests in HTTP have, and twice that at most.
    ///
    /// # Errors
    ///
    /// Why it cannot be sent.
    pub(crate) fn new(
        dialer: &'a Dialer,
        wanted: Wanted<'a>,
        user_agent: &str,
        limits: &Limits,
    ) -> Result<Self, ProbeError> {
        let outgoing = Outgoing::new(wanted.target, &wanted.call.invocation, user_agent)?;
        let deadline = Instant::now() + limits.consistency;
        Ok(Self { dialer, wanted, outgoing, deadline, least: limits.request })
    }

    async fn send(&self, outgoing: &Outgoing) -> Attempt {
        // A call that takes longer than this could not succeed three times; one that hangs is made anew.
        let most = self.least.saturating_mul(2);
        let left = self.deadline.saturating_duration_since(Instant::now());
        let limit = left.clamp(self.least, most);
        let asked = outgoing.clone().within(limit);
        let answer = timeout(limit, client::send(self.dialer, self.wanted.target, &asked)).await;
        let answer = answer.unwrap_or(Err(ProbeError::TimedOut(rounded(limit))));
        Attempt { asked, answer }
    }
}

/// What a call says of a deleted route that took it, whose backends `is_own` tells.
pub(crate) async fn sign(
    dialer: &Dialer,
    target: &Target,
    outgoing: &Outgoing,
    limit: Duration,
    is_own: impl Fn(&Captured) -> bool,
) -> Sign {
    let answer = timeout(limit, client::send(dialer, target, outgoing)).await;
    let Ok(Ok(answer)) = answer else { return Sign::Unclear };
    let is_another = || message::captured(&answer.body).is_ok_and(|captured| !is_own(&captured));
    match answer.code() {
        Code::OK if is_another() => Sign::Gone,
        Code::OK => Sign::Still,
        Code::UNIMPLEMENTED => Sign::Gone,
        _ => Sign::Unclear,
    }
}

/// To whole milliseconds, so that texts stay short.
fn rounded(limit: Duration) -> Duration {
    Duration::from_millis(limit.as_millis() as u64)
}

impl Repeatable for GrpcExchange<'_> {
    type Attempt = Attempt;

    async fn attempt(&self) -> Attempt {
        self.send(&self.outgoing).await
    }

    async fn varied_attempt(&self, variation: u16) -> Attempt {
        self.send(&self.outgoing.clone().with("x-jitter", variation)).await
    }

    fn judge(&self, attempt: &Attempt) -> Result<Captured, String> {
        match &attempt.answer {
            Ok(answer) => compare(self.wanted.call, self.wanted.namespaces, answer),
            // A client makes a status of it that is not OK either.
            Err(error) if self.wanted.call.outcome == Outcome::Failure && error.is_refusal() => {
                Ok(Captured::default())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn is_definite(attempt: &Attempt) -> bool {
        attempt.answer.as_ref().is_ok_and(|answer| !answer.code().is_passing())
    }

    fn transcript(attempt: &Attempt) -> String {
        transcript(&attempt.asked, &attempt.answer)
    }

    fn mismatch(&self, observed: String) -> Mismatch {
        self.wanted.mismatch(observed)
    }
}
