//! What the harness asks of the wire.

use std::{sync::Arc, time::Duration};

use model::{
    exchange::{
        Answer, Exchange, Request,
        call::{Call, Invocation},
        conversation::Conversation,
    },
    names::Namespaces,
    verdict::Mismatch,
};

use crate::{
    converge::{
        convergence::{Converged, converge},
        copies::Copies,
        limits::Limits,
        mirrored::{each_copied, share_copied},
        repeatable::Repeatable,
        shares::{ByBackend, measure, of_many},
        silence::{Sign, is_silent},
        together::together,
        unbroken::unbroken,
    },
    echo::Captured,
    grpc::{
        self,
        exchange::{GrpcExchange, sign},
    },
    http::{
        client::Client,
        exchange::{HttpExchange, Wanted},
        outgoing::Outgoing,
        response::Response,
    },
    stream::{
        exchange::{StreamExchange, StreamWanted},
        place::Place,
    },
    websocket::exchange::WebSocketExchange,
    wire::{dialer::Dialer, error::ProbeError, target::Target},
};

/// Sends requests to Gateways and compares the answers.
///
/// Every request has a connection of its own. Dropping a future of a prober ends what it began.
#[derive(Clone)]
pub struct Prober {
    http: Arc<Client>,
    dialer: Dialer,
    namespaces: Namespaces,
    limits: Limits,
    user_agent: Arc<str>,
}

impl Prober {
    /// A prober.
    pub fn new(dialer: Dialer, limits: Limits, namespaces: Namespaces, user_agent: String) -> Self {
        Self {
            http: Arc::new(Client::new(dialer.clone())),
            dialer,
            limits,
            namespaces,
            user_agent: user_agent.into(),
        }
    }

    /// The same prober for backends that are in other namespaces of the cluster.
    pub fn among(&self, namespaces: Namespaces) -> Self {
        Self { namespaces, ..self.clone() }
    }

    /// The same prober with another [`Limits::consistency`].
    pub fn within(&self, consistency: Duration) -> Self {
        Self { limits: self.limits.within(consistency), ..self.clone() }
    }

    /// The same prober for what is asked in passing: also a request ends within this time.
    pub fn in_passing(&self, limit: Duration) -> Self {
        let request = self.limits.request.min(limit);
        let limits = Limits { request, consistency: limit, ..self.limits.clone() };
        Self { limits, ..self.clone() }
    }

    /// Sends one request and gives the answer, whatever it is.
    pub async fn once(
        &self,
        target: &Target,
        request: &Request<'_>,
    ) -> Result<Response, ProbeError> {
        self.send(target, &Outgoing::new(target, request, &self.user_agent)?).await
    }

    /// Probes until the exchange succeeded [`Limits::successes`] times in a row.
    ///
    /// # Errors
    ///
    /// What was observed, if that did not happen within [`Limits::consistency`].
    pub async fn converge(
        &self,
        target: &Target,
        exchange: &Exchange,
    ) -> Result<Converged, Mismatch> {
        let limits = self.limits.for_taking(exchange.request.takes);
        if let Answer::WebSocket(messages) = exchange.answer {
            let (wanted, limit) = (self.wanted(target, exchange), limits.request);
            let unready = |error: ProbeError| wanted.mismatch(error.to_string());
            let (dialer, agent) = (&self.dialer, &self.user_agent);
            let opened = WebSocketExchange::new(dialer, wanted, messages, agent, limit);
            return converge(&opened.map_err(unready)?, &limits).await;
        }
        converge(&self.request(target, exchange)?, &limits).await
    }

    /// Probes all exchanges at once, each until it succeeded, see [`Prober::converge`]. Each has the
    /// whole of [`Limits::consistency`], and beside it those that want an absence are looked at again.
    ///
    /// A 404 or a 500 may come from a data plane that is not programmed yet, too. Where others of the
    /// exchanges want a presence, an absence counts only if it is there after all of these are. Those
    /// that are alone get no second look: a 500 is given by a programmed route only, and a test of
    /// nothing but 404 has seen its route by exchanges before.
    ///
    /// What did not converge comes second; both are in the order of the exchanges, and what did has its
    /// index with it.
    pub async fn converge_all(
        &self,
        target: &Target,
        exchanges: &[Exchange],
    ) -> (Vec<(usize, Converged)>, Vec<Mismatch>) {
        let absences: Vec<_> = exchanges.iter().map(Exchange::wants_absence).collect();
        let look = |index: usize, consistency| async move {
            self.within(consistency).converge(target, &exchanges[index]).await
        };
        sorted(together(&absences, self.limits.consistency, look).await)
    }

    /// As [`Prober::converge_all`], for calls in gRPC: that nobody serves a method may come from a data
    /// plane that is not programmed yet, too.
    pub async fn call_all(
        &self,
        target: &Target,
        calls: &[Call],
    ) -> (Vec<(usize, Converged)>, Vec<Mismatch>) {
        let absences: Vec<_> = calls.iter().map(Call::wants_absence).collect();
        let look = |index: usize, consistency| async move {
            let prober = self.within(consistency);
            converge(&prober.call(target, &calls[index])?, &prober.limits).await
        };
        sorted(together(&absences, self.limits.consistency, look).await)
    }

    /// As [`Prober::converge_all`], for conversations, each at its place. These certificates (PEM) are
    /// trusted.
    pub async fn converse_all(
        &self,
        conversations: &[(Place, Conversation)],
        trusted: &[u8],
    ) -> (Vec<(usize, Converged)>, Vec<Mismatch>) {
        let absences: Vec<_> = conversations.iter().map(|(_, it)| it.wants_absence()).collect();
        let look = |index: usize, consistency| async move {
            let (place, conversation) = &conversations[index];
            let exchange = self.conversation(place, conversation, trusted)?;
            let limits = self.limits.within(consistency).for_taking(exchange.silence());
            converge(&exchange, &limits).await
        };
        sorted(together(&absences, self.limits.consistency, look).await)
    }

    /// Counts which backend answers how often, until the shares are as expected. Gives the measured
    /// shares of those that should answer, in the order of the table.
    ///
    /// A sequential test decides how many requests a count takes, 10 at a time: more, the nearer a share is to
    /// the border. One that is 3 points off passes, one that is 6 points off does not (once in 1,000 times it
    /// does, after up to 10 counts), nor does an answer of a backend whose share is 0 or that is not in the
    /// table. About every second request has a header of its own (`X-Jitter`), for Gateways that choose by a
    /// hash of the request.
    ///
    /// Before that the exchange must hold, see [`Prober::converge`]. A request that does not give what it
    /// wants shows that it does not on every replica of the data plane yet: what was counted is void, and the
    /// exchange must hold anew. It costs a count when [`Limits::consistency`] is over.
    ///
    /// # Errors
    ///
    /// What was observed, if the exchange did not hold or no count was right.
    pub async fn shares(
        &self,
        target: &Target,
        exchange: &Exchange,
        expected: &[(&str, f64)],
    ) -> Result<Vec<(String, f64)>, Mismatch> {
        self.shares_of(self.request(target, exchange), expected).await
    }

    /// As [`Prober::shares`], for calls in gRPC (`x-jitter`).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn call_shares(
        &self,
        target: &Target,
        call: &Call,
        expected: &[(&str, f64)],
    ) -> Result<Vec<(String, f64)>, Mismatch> {
        self.shares_of(self.call(target, call), expected).await
    }

    /// As [`Prober::shares`], for conversations, of which each has a client port of its own and nothing else
    /// to choose a backend by. These certificates (PEM) are trusted.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn conversation_shares(
        &self,
        place: &Place,
        conversation: &Conversation,
        trusted: &[u8],
        expected: &[(&str, f64)],
    ) -> Result<Vec<(String, f64)>, Mismatch> {
        let exchange = self.conversation(place, conversation, trusted);
        self.shares_of(exchange.map(StreamExchange::briefly), expected).await
    }

    /// Makes the exchange until each of ten requests was answered as it must be, and copied to all of these
    /// mirrors, as `copies` is told. Rows of requests with other numbers go on until one is complete.
    ///
    /// # Errors
    ///
    /// What was observed, if that did not happen within [`Limits::consistency`].
    pub async fn mirrored(
        &self,
        target: &Target,
        exchange: &Exchange,
        mirrors: &[&str],
        copies: &Copies,
    ) -> Result<(), Mismatch> {
        each_copied(&self.request(target, exchange)?, &self.limits, mirrors, copies).await
    }

    /// Counts how many copies of requests a mirror gets, as `copies` is told, until that is this share of 1. The
    /// sequential test and its limits are those of [`Prober::shares`]; it is looked at after each 500
    /// requests, when no more copies come. Gives the last count in words.
    ///
    /// # Errors
    ///
    /// What was observed, if the exchange did not hold or no count was right.
    pub async fn mirrored_share(
        &self,
        target: &Target,
        exchange: &Exchange,
        share: f64,
        copies: &Copies,
    ) -> Result<String, Mismatch> {
        let exchange = self.request(target, exchange)?;
        let split = share_copied(&exchange, &self.limits, share, copies).await?;
        Ok(split.to_string())
    }

    /// Makes the exchange so often in a row, one after the other, after it held, see [`Prober::converge`].
    ///
    /// An answer of a backend that is not as it must be ends it at once: no data plane that is late
    /// explains it. Any other failure may come from a replica that is, one where no backend may answer too, and
    /// begins it anew until [`Limits::consistency`] is over.
    ///
    /// # Errors
    ///
    /// What was observed for the request that was not answered as it must be.
    pub async fn unbroken(
        &self,
        target: &Target,
        exchange: &Exchange,
        times: u32,
    ) -> Result<(), Mismatch> {
        unbroken(&self.request(target, exchange)?, &self.limits, times).await
    }

    /// As [`Prober::unbroken`], for a conversation. These certificates (PEM) are trusted.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn unbroken_conversation(
        &self,
        place: &Place,
        conversation: &Conversation,
        trusted: &[u8],
        times: u32,
    ) -> Result<(), Mismatch> {
        let exchange = self.conversation(place, conversation, trusted)?.briefly();
        unbroken(&exchange, &self.limits, times).await
    }

    /// Probes until a deleted route answers no more, by what `sign` says of an answer:
    ///
    /// - a route is gone by [`Limits::successes`] answers in a row that say so,
    /// - or when nothing told that it is still there for a thirtieth of the limit: a second of 30.
    ///
    /// No answer at all is [`Sign::Unclear`]: so is a Gateway that restarts. The silence must go on for
    /// `lasting`, which is not counted in the limit. Gives whether the route was gone within `limit`.
    pub async fn answers_no_more(
        &self,
        target: &Target,
        request: &Request<'_>,
        sign: impl Fn(&Response) -> Sign,
        limit: Duration,
        lasting: Duration,
    ) -> bool {
        let Ok(outgoing) = Outgoing::new(target, request, &self.user_agent) else { return true };
        let (outgoing, sign) = (&outgoing, &sign);
        let sample = || async move {
            let answer = self.send(target, outgoing).await;
            answer.map_or(Sign::Unclear, |response| sign(&response))
        };
        is_silent(sample, &self.limits, limit, lasting).await
    }

    /// As [`Prober::answers_no_more`], for a call that a deleted route took: it is gone where nobody
    /// implements the method any more, or where another backend answers than those of which `is_own` says that
    /// they are the route's.
    pub async fn takes_call_no_more(
        &self,
        target: &Target,
        invocation: &Invocation<'_>,
        is_own: impl Fn(&Captured) -> bool,
        limit: Duration,
        lasting: Duration,
    ) -> bool {
        let outgoing = grpc::outgoing::Outgoing::new(target, invocation, &self.user_agent);
        let Ok(outgoing) = outgoing.map(|outgoing| outgoing.within(self.limits.request)) else {
            return true;
        };
        let sample = || sign(&self.dialer, target, &outgoing, self.limits.request, &is_own);
        is_silent(sample, &self.limits, limit, lasting).await
    }

    async fn send(&self, target: &Target, outgoing: &Outgoing) -> Result<Response, ProbeError> {
        self.http.send_within(self.limits.request, target, outgoing).await
    }

    fn wanted<'a>(&'a self, target: &'a Target, exchange: &'a Exchange) -> Wanted<'a> {
        Wanted { target, exchange, namespaces: &self.namespaces }
    }

    async fn shares_of<E: Repeatable>(
        &self,
        exchange: Result<E, Mismatch>,
        expected: &[(&str, f64)],
    ) -> Result<Vec<(String, f64)>, Mismatch> {
        let exchange = exchange.map_err(|unready| of_many(unready, expected))?;
        let count = ByBackend { exchange: &exchange, expected };
        Ok(measure(&exchange, &self.limits, expected, count).await?.shares())
    }
}

#[expect(clippy::result_large_err, reason = "each is made once, for many requests")]
impl Prober {
    /// Makes an exchange ready.
    fn request<'a>(
        &'a self,
        target: &'a Target,
        exchange: &'a Exchange,
    ) -> Result<HttpExchange<'a>, Mismatch> {
        let wanted = self.wanted(target, exchange);
        let limit = self.limits.for_taking(exchange.request.takes).request;
        HttpExchange::new(&self.http, wanted, &self.user_agent, limit)
            .map_err(|error| wanted.mismatch(error.to_string()))
    }

    /// Makes a call ready.
    fn call<'a>(
        &'a self,
        target: &'a Target,
        call: &'a Call,
    ) -> Result<GrpcExchange<'a>, Mismatch> {
        let wanted = grpc::exchange::Wanted { target, call, namespaces: &self.namespaces };
        GrpcExchange::new(&self.dialer, wanted, &self.user_agent, &self.limits)
            .map_err(|error| wanted.mismatch(error.to_string()))
    }

    /// Makes a conversation ready.
    fn conversation<'a>(
        &'a self,
        place: &'a Place,
        conversation: &'a Conversation,
        trusted: &[u8],
    ) -> Result<StreamExchange<'a>, Mismatch> {
        let wanted = StreamWanted { place, conversation, namespaces: &self.namespaces };
        StreamExchange::new(&self.dialer, wanted, trusted, self.limits.request)
            .map_err(|error| wanted.mismatch(error.to_string()))
    }
}

/// What converged, with its index, and what did not.
fn sorted(rows: Vec<Result<Converged, Mismatch>>) -> (Vec<(usize, Converged)>, Vec<Mismatch>) {
    let (mut converged, mut mismatches) = (Vec::new(), Vec::new());
    for (index, row) in rows.into_iter().enumerate() {
        match row {
            Ok(row) => converged.push((index, row)),
            Err(row) => mismatches.push(row),
        }
    }
    (converged, mismatches)
}
