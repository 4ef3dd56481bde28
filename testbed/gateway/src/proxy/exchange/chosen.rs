//! A request on its way to the backend that is chosen for it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HOST, HeaderName, TE, UPGRADE};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use rustls::pki_types::ServerName;
use tracing::debug;

use super::super::backend_session::Session;
use super::super::body::Payload;
use super::super::upstream::{Upstream, UpstreamError};
use crate::core::backend_tls::BackendTls;
use crate::core::backends::{Backend, Endpoints, Protocol};
use crate::core::routing::{Entry, PortTable};
use crate::core::rules::Action;
use crate::faults::{self, Faults};

/// Headers that concern one connection alone and are not handed on.
const HOP_BY_HOP: [HeaderName; 7] = [
    CONNECTION,
    UPGRADE,
    TE,
    http::header::TRAILER,
    http::header::TRANSFER_ENCODING,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// What a request meets: the routing table of that moment, and the way to the backends.
pub struct Exchange {
    /// The table of the port.
    pub table: Arc<PortTable>,
    /// The way to the backends.
    pub upstream: Upstream,
    /// The server name of the TLS connection, if it gave one.
    pub server_name: Option<Arc<str>>,
    /// The head as it came, where a fault asks for it.
    pub raw: Vec<u8>,
}

/// A request whose rule and backend are chosen.
pub struct Chosen<'a> {
    /// What the request meets.
    pub exchange: &'a Exchange,
    /// The rule.
    pub entry: &'a Entry,
    /// The backend.
    pub backend: &'a Backend,
    /// Its endpoints.
    pub endpoints: &'a Endpoints,
}

/// What no backend answers gets this status.
pub struct Refused(pub StatusCode);

impl Chosen<'_> {
    /// Sends a request to an endpoint, and as long as there is no answer and the rule says so, once more
    /// to the next.
    pub async fn send(
        &self,
        action: &Action,
        request: Request<Payload>,
        host: &str,
        is_upgrade: bool,
    ) -> Result<Response<Incoming>, Refused> {
        let faults = &self.exchange.table.faults;
        let (head, mut payload) = request.into_parts();
        let mut left = action.retries.attempts;
        let restarted = action
            .timeouts
            .request
            .filter(|_| faults.has(faults::REQUEST_TIMEOUT_RESTARTED_BY_RETRY));
        let of_rule = action.timeouts.backend;
        let policy = self.entry.policies.get(&self.backend.service);
        let of_backend = policy.map_or(of_rule, |policy| policy.with_own(of_rule));
        let limit = of_backend.into_iter().chain(restarted).min();
        loop {
            let unavailable = || Refused(StatusCode::SERVICE_UNAVAILABLE);
            let endpoint = self.endpoints.next().ok_or_else(unavailable)?;
            let body = payload.next().ok_or_else(unavailable)?;
            let mut head = head.clone();
            self.change(&mut head, action, host, endpoint, is_upgrade)?;
            let session =
                self.endpoints.tls.as_deref().map(|tls| session(&self.exchange.table, tls, host));
            let (protocol, request) = (self.endpoints.protocol, Request::from_parts(head, body));
            let sent = self.exchange.upstream.send(endpoint, protocol, session, request);
            let response = match in_time(limit, sent).await {
                Some(response) => response.map_err(|error| bad_gateway(endpoint, &error)),
                None => Err(timed_out(faults)),
            };
            let answered = response.as_ref().ok().map(Response::status);
            if left == 0 || !payload.has_next() || !action.retries.apply_to(answered) {
                return response;
            }
            left -= 1;
            back_off(action.retries.backoff).await;
        }
    }

    /// Turns the client's request into the backend's, at this endpoint.
    pub fn change(
        &self,
        parts: &mut Parts,
        action: &Action,
        host: &str,
        endpoint: SocketAddr,
        upgrade: bool,
    ) -> Result<(), Refused> {
        self.try_change(parts, action, host, endpoint, upgrade).map_err(|error| {
            debug!(%error, "a request cannot be handed on");
            Refused(StatusCode::BAD_REQUEST)
        })
    }

    fn try_change(
        &self,
        parts: &mut Parts,
        action: &Action,
        host: &str,
        endpoint: SocketAddr,
        upgrade: bool,
    ) -> Result<(), http::Error> {
        let faults = &self.exchange.table.faults;
        let upgrade = upgrade.then(|| parts.headers.get(UPGRADE).cloned()).flatten();
        let takes_trailers = parts.version == Version::HTTP_2 && parts.headers.contains_key(TE);
        remove_hop_by_hop(&mut parts.headers);
        if takes_trailers && self.endpoints.protocol == Protocol::Http2 {
            // A server of gRPC may insist on it.
            parts.headers.insert(TE, HeaderValue::from_static("trailers"));
        }
        if let Some(protocol) = upgrade {
            parts.headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            parts.headers.insert(UPGRADE, protocol);
        }
        if faults.has(faults::MATCHED_HEADERS_NOT_FORWARDED) {
            for name in self.entry.matched.header_names() {
                parts.headers.remove(name);
            }
        }
        let filters = [&action.filters, &self.backend.filters];
        let rewrites = filters.map(|of| of.rewrite.as_ref());
        let matched = self.entry.matched.matched_prefix();
        let mut path = parts.uri.path().to_owned();
        let mut host = HeaderValue::from_str(host)?;
        for rewrite in rewrites.into_iter().flatten() {
            path = rewrite.path(&path, matched, faults).unwrap_or(path);
            host = rewrite.host.clone().unwrap_or(host);
        }
        if faults.has(faults::TRAILING_SLASH_DROPPED) && path.len() > 1 {
            path.truncate(path.trim_end_matches('/').len());
        }
        if faults.has(faults::HOST_HEADER_REWRITTEN) {
            host = HeaderValue::from_str(&endpoint.to_string())?;
        }
        parts.headers.insert(HOST, host);
        for filters in filters {
            filters.request_headers.apply(&mut parts.headers, faults);
        }
        self.address(parts, path, endpoint)
    }

    /// Sets version and URI as the backend's protocol wants them.
    fn address(
        &self,
        parts: &mut Parts,
        mut target: String,
        endpoint: SocketAddr,
    ) -> Result<(), http::Error> {
        let faults = &self.exchange.table.faults;
        let query = parts.uri.query().filter(|_| !faults.has(faults::QUERY_DROPPED));
        if let Some(query) = query {
            target.push('?');
            target.push_str(query);
        }
        let authority = match self.endpoints.protocol {
            Protocol::Http1 => {
                parts.version = Version::HTTP_11;
                Authority::try_from(endpoint.to_string())?
            }
            Protocol::Http2 => {
                parts.version = Version::HTTP_2;
                let host = parts.headers.remove(HOST);
                Authority::try_from(host.as_ref().map_or(&[][..], HeaderValue::as_bytes))?
            }
        };
        let is_secure = self.endpoints.tls.is_some();
        parts.uri = Uri::builder()
            .scheme(if is_secure { Scheme::HTTPS } else { Scheme::HTTP })
            .authority(authority)
            .path_and_query(PathAndQuery::try_from(target)?)
            .build()?;
        Ok(())
    }
}

/// How a session with a backend is begun, for a request to this host.
pub fn session<'a>(table: &'a PortTable, tls: &'a BackendTls, host: &str) -> Session<'a> {
    let of_host = table.faults.has(faults::BACKEND_SERVER_NAME_IS_HOST);
    let of_host = of_host.then(|| ServerName::try_from(host.to_owned()).ok()).flatten();
    let server_name = of_host.unwrap_or_else(|| tls.server_name.clone());
    let certificate = table
        .client_certificate
        .as_ref()
        .filter(|_| !table.faults.has(faults::CLIENT_CERTIFICATE_NOT_SHOWN));
    Session { tls, server_name, certificate }
}

/// Removes the headers that concern one connection alone.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// What comes of it within a limit, if anything does.
pub async fn in_time<F: Future>(limit: Option<Duration>, future: F) -> Option<F::Output> {
    match limit {
        None => Some(future.await),
        Some(limit) => tokio::time::timeout(limit, future).await.ok(),
    }
}

/// What a request gets that took too long.
pub fn timed_out(faults: &Faults) -> Refused {
    Refused(if faults.has(faults::TIMEOUT_GIVES_503) {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::GATEWAY_TIMEOUT
    })
}

#[expect(clippy::disallowed_methods, reason = "the rule says how long to wait")]
async fn back_off(backoff: Duration) {
    tokio::time::sleep(backoff).await;
}

fn bad_gateway(endpoint: SocketAddr, error: &UpstreamError) -> Refused {
    debug!(%endpoint, %error, "a backend gave no answer");
    Refused(StatusCode::BAD_GATEWAY)
}
