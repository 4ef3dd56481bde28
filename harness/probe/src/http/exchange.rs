//! One exchange in HTTP: how it is attempted, and when it succeeded.

use std::{mem, time::Duration};

use model::{
    exchange::{Answer, Exchange},
    names::Namespaces,
    verdict::Mismatch,
};
use tokio::time::timeout;

use crate::{
    converge::repeatable::{Attributable, Markable, Repeatable},
    echo::Captured,
    http::{
        attempt::Attempt,
        client::Client,
        comparison::{compare, expected},
        outgoing::Outgoing,
        redirect::redirected,
        transcript::transcript,
    },
    wire::{error::ProbeError, target::Target},
};

/// What is wanted, and of whom.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) target: &'a Target,
    pub(crate) exchange: &'a Exchange,
    pub(crate) namespaces: &'a Namespaces,
}

/// An exchange with the request that it sends each time.
pub(crate) struct HttpExchange<'a> {
    client: &'a Client,
    wanted: Wanted<'a>,
    outgoing: Outgoing,
    limit: Duration,
}

impl Wanted<'_> {
    /// Says that this was observed in its place.
    pub(crate) fn mismatch(&self, observed: String) -> Mismatch {
        let subject = format!("{} at {}", self.exchange.request, self.target);
        Mismatch::new(subject, expected(self.exchange, self.namespaces), observed)
    }
}

impl<'a> HttpExchange<'a> {
    /// Makes an exchange ready, of which each attempt has this limit.
    ///
    /// # Errors
    ///
    /// Why its request cannot be sent.
    pub(crate) fn new(
        client: &'a Client,
        wanted: Wanted<'a>,
        user_agent: &str,
        limit: Duration,
    ) -> Result<Self, ProbeError> {
        let outgoing = Outgoing::new(wanted.target, &wanted.exchange.request, user_agent)?;
        Ok(Self { client, wanted, outgoing, limit })
    }

    /// Whether the exchange wants no answer, and an error is the Gateway's way to give none. That we do not
    /// trust it is enough only where it was to refuse us whoever we are, as in the Go suite.
    fn refuses(&self, error: &ProbeError) -> bool {
        let Exchange { request, answer, .. } = self.wanted.exchange;
        matches!(answer, Answer::Refusal)
            && match error {
                ProbeError::Connection(_)
                | ProbeError::Tls(_)
                | ProbeError::Malformed(_)
                | ProbeError::TimedOut(_) => true,
                ProbeError::Untrusted(_) => request.certificate.is_none(),
                ProbeError::Unasked(_)
                | ProbeError::Unsendable(_)
                | ProbeError::Resolve { .. }
                | ProbeError::Redirect { .. }
                | ProbeError::Tunnel(_) => false,
            }
    }

    /// Sends a request, and follows redirects as Go's client does, unless the exchange wants one.
    async fn send(&self, mut asked: Outgoing) -> Attempt {
        let Wanted { target, exchange, .. } = self.wanted;
        let mut hops = Vec::new();
        let follow = async {
            loop {
                let response = self.client.send(target, &asked).await?;
                let next = redirected(&asked, target, &response, hops.len() + 1);
                match next.filter(|_| exchange.follows_redirects()) {
                    Some(next) => hops.push((mem::replace(&mut asked, next?), response)),
                    None => return Ok(response),
                }
            }
        };
        let answer = timeout(self.limit, follow).await;
        let answer = answer.unwrap_or(Err(ProbeError::TimedOut(self.limit)));
        Attempt { hops, asked, answer }
    }
}

impl Repeatable for HttpExchange<'_> {
    type Attempt = Attempt;

    fn takes(&self) -> Duration {
        self.wanted.exchange.request.takes
    }

    fn in_turn(&self) -> bool {
        self.wanted.exchange.request.in_turn
    }

    async fn attempt(&self) -> Attempt {
        self.send(self.outgoing.renewed(&self.wanted.exchange.request)).await
    }

    async fn varied_attempt(&self, variation: u16) -> Attempt {
        let outgoing = self.outgoing.renewed(&self.wanted.exchange.request);
        self.send(outgoing.with("x-jitter", variation)).await
    }

    fn judge(&self, attempt: &Attempt) -> Result<Captured, String> {
        let Wanted { target, exchange, namespaces } = self.wanted;
        match &attempt.answer {
            Err(error) if self.refuses(error) => Ok(Captured::default()),
            Ok(response) => compare(exchange, target, namespaces, attempt.sent(), response)
                .map_err(|observed| observed + &attempt.detour()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn is_definite(attempt: &Attempt) -> bool {
        attempt.is_definite()
    }

    fn transcript(attempt: &Attempt) -> String {
        transcript(attempt)
    }

    fn mismatch(&self, observed: String) -> Mismatch {
        self.wanted.mismatch(observed)
    }
}

impl Attributable for HttpExchange<'_> {
    fn is_decided_by(&self, attempt: &Attempt) -> bool {
        attempt.is_from_backend() && !self.wanted.exchange.wants_absence()
    }
}

impl Markable for HttpExchange<'_> {
    async fn marked_attempt(&self, parameter: &'static str, mark: &str) -> Attempt {
        let request = self.wanted.exchange.request.with_fresh(parameter);
        self.send(self.outgoing.with_fresh(&request, mark)).await
    }
}
