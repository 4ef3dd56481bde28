//! What a test of the user's own sends, as its file says it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::kept::kept;
use crate::{
    exchange::{
        Answer, AnswerHeaders, Backend, Echo, Exchange, Exchanges, Header, Redirect, Request,
        Through,
        call::{Call, Code, Invocation, Outcome},
        calls_through,
        conversation::{Carrier, Conversation, Ending, Opening},
        request, streams_through, through,
    },
    names::INFRA,
};

/// What is sent through a Gateway: requests, calls or conversations, all at once.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sending {
    /// The Gateway, in the namespace `gateway-conformance-infra`.
    pub gateway: String,
    /// The listener to whose port requests go; the first of its protocol if nothing is said.
    pub listener: Option<String>,
    /// The Secret, in the namespace `gateway-conformance-infra`, whose certificate is trusted. With it requests go over TLS,
    /// to the first HTTPS listener.
    pub trust: Option<String>,
    /// In HTTP.
    #[serde(default)]
    pub requests: Vec<OwnRequest>,
    /// In gRPC, to the first HTTP listener.
    #[serde(default)]
    pub calls: Vec<OwnCall>,
    /// In TCP, TLS and UDP.
    #[serde(default)]
    pub streams: Vec<OwnStream>,
}

/// A request in HTTP.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnRequest {
    /// Its method; GET if nothing is said.
    #[serde(default = "get")]
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The `Host` header; the Gateway's own address if nothing is said.
    pub host: Option<String>,
    /// The server name over TLS; that of the host if nothing is said.
    pub server_name: Option<String>,
    /// Headers with one value each.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Whether it is sent in HTTP/2.
    #[serde(default)]
    pub http2: bool,
    /// The Secret whose certificate is shown to the Gateway.
    pub certificate: Option<String>,
    /// What must come back.
    pub answer: OwnAnswer,
}

fn get() -> String {
    "GET".to_owned()
}

/// What must come back: one of `backend`, `status`, `redirect` and `refused`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnAnswer {
    /// 200 from this echo backend, which saw the request as it was sent.
    pub backend: Option<OwnBackend>,
    /// What it must have seen in place of what was sent.
    pub sees: Option<Seen>,
    /// This status, or one of these.
    pub status: Option<Statuses>,
    /// Whether it must be the Gateway's own: no backend saw the request.
    #[serde(default)]
    pub own: bool,
    /// A redirect, which is not followed.
    pub redirect: Option<OwnRedirect>,
    /// Whether the Gateway must not let the client in.
    #[serde(default)]
    pub refused: bool,
    /// Headers with exactly these values.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers that it must not have.
    #[serde(default)]
    pub without: Vec<String>,
    /// Whether the answer shows by itself that the Gateway knows of what is judged, as no other would give it; of a 4xx or
    /// 5xx that is not so if nothing is said.
    pub sign: Option<bool>,
}

/// A backend of the base environment, or one that the test brings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OwnBackend {
    /// In the namespace `gateway-conformance-infra`.
    Name(String),
    /// In another.
    Full {
        /// The name of its Service.
        name: String,
        /// Its namespace.
        namespace: String,
    },
}

/// One status or several.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Statuses {
    /// This one.
    One(u16),
    /// One of these.
    Some(Vec<u16>),
}

/// What a backend must have seen in place of what was sent.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seen {
    /// The `Host` header.
    pub host: Option<String>,
    /// Path and query.
    pub path: Option<String>,
    /// Headers; those that were sent if nothing is said.
    pub headers: Option<BTreeMap<String, String>>,
    /// Headers that must not have reached it.
    #[serde(default)]
    pub without: Vec<String>,
    /// The server name of the Gateway's TLS session with it.
    pub server_name: Option<String>,
}

/// Where a redirect must lead.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnRedirect {
    /// The status.
    pub status: u16,
    /// The host; any if nothing is said.
    pub host: Option<String>,
    /// The scheme; that of the request if nothing is said.
    pub scheme: Option<String>,
    /// The port; the scheme's own if nothing is said.
    pub port: Option<u16>,
    /// The path; that of the request if nothing is said.
    pub path: Option<String>,
}

/// A unary call in gRPC with an empty message.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnCall {
    /// The service, with its package.
    pub service: String,
    /// The method.
    pub method: String,
    /// The authority; the Gateway's own address if nothing is said.
    pub host: Option<String>,
    /// The metadata, with one value each.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The backend that must answer OK.
    pub backend: Option<OwnBackend>,
    /// The status with which it must end instead: `UNAVAILABLE`.
    pub status: Option<String>,
}

/// A conversation in TCP, TLS or UDP.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnStream {
    /// The listener.
    pub listener: String,
    /// What is spoken.
    pub protocol: Protocol,
    /// The name that is asked for in TLS, and that the certificate must have.
    pub server_name: Option<String>,
    /// The backend that must answer. Without one the Gateway must close the connection, and a datagram must stay
    /// without answer.
    pub backend: Option<OwnBackend>,
    /// Whether a TLS session ends at the Gateway, and not at the backend.
    #[serde(default)]
    pub terminated: bool,
}

/// What is spoken with a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Protocol {
    #[serde(rename = "TCP")]
    Tcp,
    #[serde(rename = "TLS")]
    Tls,
    #[serde(rename = "UDP")]
    Udp,
}

impl Sending {
    pub(super) fn check(&self) -> Result<(), String> {
        let Self { requests, calls, streams, .. } = self;
        if !is_one([!requests.is_empty(), !calls.is_empty(), !streams.is_empty()]) {
            return Err("send has one of requests, calls and streams".to_owned());
        }
        let numbered = |what: &str, number: usize, why: String| format!("{what} {number}: {why}");
        for (request, number) in requests.iter().zip(1..) {
            request.check().map_err(|why| numbered("request", number, why))?;
        }
        for (call, number) in calls.iter().zip(1..) {
            call.outcome().map_err(|why| numbered("call", number, why))?;
        }
        for (stream, number) in streams.iter().zip(1..) {
            stream.check().map_err(|why| numbered("stream", number, why))?;
        }
        Ok(())
    }

    /// The same as the suite's own tests say it.
    pub fn through(&self) -> Through {
        let gateway = kept(&self.gateway);
        let all = if !self.calls.is_empty() {
            calls_through(
                gateway,
                self.calls.iter().filter_map(OwnCall::call).collect::<Vec<_>>().leak(),
            )
        } else if !self.streams.is_empty() {
            streams_through(
                gateway,
                self.streams.iter().map(OwnStream::conversation).collect::<Vec<_>>().leak(),
            )
        } else {
            through(
                gateway,
                self.requests.iter().map(OwnRequest::exchange).collect::<Vec<_>>().leak(),
            )
        };
        let is_http = matches!(all.exchanges, Exchanges::Http(_));
        Through {
            tls: self.trust.is_some() && is_http,
            listener: self.listener.as_deref().map(kept),
            ..all
        }
    }
}

impl OwnRequest {
    fn check(&self) -> Result<(), String> {
        if !self.path.starts_with('/') {
            return Err(format!("path \"{}\" does not begin with /", self.path));
        }
        let OwnAnswer { backend, sees, status, own, redirect, refused, .. } = &self.answer;
        if !is_one([backend.is_some(), status.is_some(), redirect.is_some(), *refused]) {
            return Err("answer has one of backend, status, redirect and refused".to_owned());
        }
        if sees.is_some() && backend.is_none() {
            return Err("answer.sees is what a backend sees: name it in answer.backend".to_owned());
        }
        if *own && status.is_none() {
            return Err("answer.own goes with answer.status".to_owned());
        }
        if matches!(status, Some(Statuses::Some(all)) if all.is_empty()) {
            return Err("answer.status is empty".to_owned());
        }
        Ok(())
    }

    fn exchange(&self) -> Exchange {
        let OwnAnswer { headers, without, sign, .. } = &self.answer;
        let request = Request {
            host: optional(self.host.as_ref()),
            server_name: optional(self.server_name.as_ref()),
            headers: pairs(&self.headers),
            is_http2: self.http2,
            certificate: optional(self.certificate.as_ref()),
            ..request(kept(&self.method), kept(&self.path))
        };
        let headers =
            AnswerHeaders { with: pairs(headers), with_one_of: &[], without: names(without) };
        Exchange { request, answer: self.answer.answer(), headers, is_sign: *sign }
    }
}

impl OwnAnswer {
    fn answer(&self) -> Answer {
        let Self { backend, sees, status, own, redirect, .. } = self;
        match (backend, status, redirect) {
            (Some(backend), _, _) => {
                Answer::Echo(sees.clone().unwrap_or_default().echo(backend.backend()))
            }
            (_, Some(Statuses::One(status)), _) if !own => Answer::Status(*status),
            (_, Some(Statuses::One(status)), _) => Answer::Own(vec![*status].leak()),
            (_, Some(Statuses::Some(all)), _) if *own => Answer::Own(all.clone().leak()),
            (_, Some(Statuses::Some(all)), _) => Answer::OneOf(all.clone().leak()),
            (_, _, Some(redirect)) => Answer::Redirect(redirect.redirect()),
            (None, None, None) => Answer::Refusal,
        }
    }
}

impl OwnBackend {
    fn backend(&self) -> Backend {
        match self {
            Self::Name(name) => Backend { name: kept(name), namespace: INFRA },
            Self::Full { name, namespace } => {
                Backend { name: kept(name), namespace: kept(namespace) }
            }
        }
    }
}

impl Seen {
    fn echo(&self, backend: Backend) -> Echo {
        Echo {
            host: optional(self.host.as_ref()),
            path: optional(self.path.as_ref()),
            headers: self.headers.as_ref().map(pairs),
            without: names(&self.without),
            server_name: optional(self.server_name.as_ref()),
            ..Echo::of(backend)
        }
    }
}

impl OwnRedirect {
    fn redirect(&self) -> Redirect {
        let Self { status, host, scheme, port, path } = self;
        Redirect {
            status: *status,
            host: optional(host.as_ref()),
            scheme: optional(scheme.as_ref()),
            port: *port,
            path: optional(path.as_ref()),
        }
    }
}

impl OwnCall {
    fn outcome(&self) -> Result<Outcome, String> {
        match (&self.backend, &self.status) {
            (Some(backend), None) => Ok(Outcome::Echo(backend.backend())),
            (None, Some(status)) => {
                status.parse::<Code>().map(Outcome::Status).map_err(|error| error.to_string())
            }
            _ => Err("it has one of backend and status".to_owned()),
        }
    }

    fn call(&self) -> Option<Call> {
        let invocation = Invocation {
            service: kept(&self.service),
            method: kept(&self.method),
            host: optional(self.host.as_ref()),
            metadata: pairs(&self.metadata),
        };
        Some(Call { invocation, outcome: self.outcome().ok()? })
    }
}

impl OwnStream {
    fn check(&self) -> Result<(), String> {
        let is_tls = self.protocol == Protocol::Tls;
        if is_tls != self.server_name.is_some() {
            return Err(
                "serverName goes with the protocol TLS, and TLS with a serverName".to_owned()
            );
        }
        if self.terminated && !(is_tls && self.backend.is_some()) {
            return Err("terminated goes with the protocol TLS and a backend".to_owned());
        }
        Ok(())
    }

    fn conversation(&self) -> Conversation {
        let server_name = optional(self.server_name.as_ref());
        let carrier = match (self.protocol, server_name) {
            (Protocol::Tls, Some(server_name)) => Carrier::Tls { server_name },
            (Protocol::Udp, _) => Carrier::Udp,
            (Protocol::Tcp | Protocol::Tls, _) => Carrier::Tcp,
        };
        let ending = match &self.backend {
            Some(backend) => Ending::Answer {
                backend: backend.backend(),
                server_name: server_name.filter(|_| !self.terminated),
            },
            None if self.protocol == Protocol::Udp => Ending::NoAnswer,
            None => Ending::Closed,
        };
        Conversation { opening: Opening { listener: kept(&self.listener), carrier }, ending }
    }
}

/// Whether exactly one of these is so.
pub(super) fn is_one(said: impl IntoIterator<Item = bool>) -> bool {
    said.into_iter().filter(|it| *it).count() == 1
}

fn optional(text: Option<&String>) -> Option<&'static str> {
    text.map(|text| kept(text))
}

fn pairs(map: &BTreeMap<String, String>) -> &'static [Header] {
    map.iter().map(|(name, value)| (kept(name), kept(value))).collect::<Vec<_>>().leak()
}

fn names(all: &[String]) -> &'static [&'static str] {
    all.iter().map(|name| kept(name)).collect::<Vec<_>>().leak()
}
