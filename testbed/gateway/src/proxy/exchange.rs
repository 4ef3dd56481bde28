//! One request and its response.

mod mirror;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HOST, HeaderName, LOCATION, TE, UPGRADE};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tracing::debug;

use super::backend_session::Session;
use super::body::{Body, empty, passed_on};
use super::grpc;
use super::upstream::{Upstream, UpstreamError};
use crate::core::backend_tls::BackendTls;
use crate::core::backends::{Backend, Destination, Endpoints, Protocol};
use crate::core::cors::Cors;
use crate::core::filters::Redirected;
use crate::core::matching::RequestHead;
use crate::core::routing::{Entry, PortTable, Routed};
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
struct Chosen<'a> {
    exchange: &'a Exchange,
    entry: &'a Entry,
    backend: &'a Backend,
    endpoints: &'a Endpoints,
    endpoint: SocketAddr,
}

/// Answers a request.
pub async fn answer(exchange: Exchange, request: Request<Incoming>) -> Response<Body> {
    let is_call = grpc::is_call(request.headers());
    match respond(&exchange, request).await {
        Ok(response) => response,
        Err(Refused(status)) if is_call => grpc::refusal(status, &exchange.table.faults),
        Err(Refused(status)) => plain(status),
    }
}

/// What no backend answers gets this status.
struct Refused(StatusCode);

async fn respond(
    exchange: &Exchange,
    request: Request<Incoming>,
) -> Result<Response<Body>, Refused> {
    let host = host(request.uri(), request.headers()).unwrap_or_default().to_owned();
    let host_only = match host.parse::<Authority>() {
        Ok(authority) if !exchange.table.faults.has(faults::HOST_PORT_NOT_IGNORED) => {
            authority.host().to_ascii_lowercase()
        }
        _ => host.to_ascii_lowercase(),
    };
    let head = RequestHead {
        method: request.method(),
        host: &host_only,
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        headers: request.headers(),
        raw: &exchange.raw,
    };
    let entry = match exchange.table.route(exchange.server_name.as_deref(), &head) {
        Routed::To(entry) => entry,
        Routed::Nowhere => return Err(Refused(StatusCode::NOT_FOUND)),
        Routed::Misdirected => return Err(Refused(StatusCode::MISDIRECTED_REQUEST)),
    };
    let action = Arc::clone(&entry.action);
    let faults = &exchange.table.faults;
    let backend = action.backends.pick();
    let cors = cors(&action, backend);
    if cors.is_some_and(|cors| cors.refuses(head.headers, faults)) {
        return Err(Refused(StatusCode::FORBIDDEN));
    }
    let preflight = cors.and_then(|cors| cors.preflight(head.method, head.headers, faults));
    if let Some(headers) = preflight {
        return Ok(with_headers(plain(StatusCode::NO_CONTENT), headers));
    }
    let shared = cors.map(|cors| cors.shared(head.headers, faults)).unwrap_or_default();
    let is_redirected = head.method == Method::GET || !faults.has(faults::REDIRECT_FOR_GET_ONLY);
    if let Some(redirect) = action.filters.redirect.as_ref().filter(|_| is_redirected) {
        let redirected = Redirected {
            scheme: exchange.table.scheme,
            host: &host_only,
            port: exchange.table.port,
            path: head.path,
            query: head.query,
            matched: entry.matched.matched_prefix(),
        };
        let (status, location) = redirect.answer(&redirected, faults);
        let response = redirection(status, &location, &action, exchange)?;
        return Ok(with_headers(response, shared));
    }
    let backend = backend.ok_or(Refused(action.without_backend))?;
    let (endpoints, endpoint) = match &backend.destination {
        Destination::Nowhere(status) => return Err(Refused(*status)),
        Destination::Endpoints(endpoints) => match endpoints.next() {
            Some(endpoint) => (endpoints, endpoint),
            None => return Err(Refused(StatusCode::SERVICE_UNAVAILABLE)),
        },
    };
    let chosen = Chosen { exchange, entry, backend, endpoints, endpoint };
    let response =
        within(action.request_timeout, forward(&chosen, &action, request, &host)).await?;
    Ok(with_headers(response, shared))
}

/// Who may share the answer: what the rule says, or its backend.
fn cors<'a>(action: &'a Action, backend: Option<&'a Backend>) -> Option<&'a Cors> {
    let of_backend = || backend.and_then(|backend| backend.filters.cors.as_ref());
    action.filters.cors.as_ref().or_else(of_backend)
}

/// What a request gets where none can be handled yet.
pub fn unavailable() -> Response<Body> {
    plain(StatusCode::SERVICE_UNAVAILABLE)
}

/// The host as the client gave it, with its port.
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let header = || headers.get(HOST).and_then(|host| host.to_str().ok());
    uri.authority().map(Authority::as_str).or_else(header)
}

async fn forward(
    chosen: &Chosen<'_>,
    action: &Arc<Action>,
    mut request: Request<Incoming>,
    host: &str,
) -> Result<Response<Body>, Refused> {
    let faults = &chosen.exchange.table.faults;
    let client_upgrade = wants_upgrade(&request).then(|| hyper::upgrade::on(&mut request));
    let (mut parts, body) = request.into_parts();
    let body = mirror::send_copies(chosen, action, &parts, body, host).await?;
    chosen.change(&mut parts, action, host, client_upgrade.is_some())?;
    let Chosen { exchange, backend, endpoints, endpoint, .. } = chosen;
    let request = Request::from_parts(parts, body);
    let session = endpoints.tls.as_deref().map(|tls| session(&exchange.table, tls, host));
    // Boxed, since what is done at a time is large where sessions are begun.
    let sent = Box::pin(exchange.upstream.send(*endpoint, endpoints.protocol, session, request));
    let response = match in_time(action.backend_timeout, sent).await {
        Some(Ok(response)) => response,
        Some(Err(error)) => return Err(bad_gateway(*endpoint, &error)),
        None => return Err(Refused(StatusCode::GATEWAY_TIMEOUT)),
    };
    let mut response = match client_upgrade {
        Some(client) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            switch_protocols(client, response, faults)
        }
        _ => {
            let mut response = response.map(|body| passed_on(body, faults));
            remove_hop_by_hop(response.headers_mut());
            response
        }
    };
    *response.version_mut() = Version::default();
    backend.filters.response_headers.apply(response.headers_mut(), faults);
    action.filters.response_headers.apply(response.headers_mut(), faults);
    Ok(response)
}

/// How a session with a backend is begun, for a request to this host.
fn session<'a>(table: &'a PortTable, tls: &'a BackendTls, host: &str) -> Session<'a> {
    let of_host = table.faults.has(faults::BACKEND_SERVER_NAME_IS_HOST);
    let of_host = of_host.then(|| ServerName::try_from(host.to_owned()).ok()).flatten();
    let server_name = of_host.unwrap_or_else(|| tls.server_name.clone());
    let certificate = table
        .client_certificate
        .as_ref()
        .filter(|_| !table.faults.has(faults::CLIENT_CERTIFICATE_NOT_SHOWN));
    Session { tls, server_name, certificate }
}

impl Chosen<'_> {
    /// Turns the client's request into the backend's.
    fn change(
        &self,
        parts: &mut Parts,
        action: &Action,
        host: &str,
        upgrade: bool,
    ) -> Result<(), Refused> {
        self.try_change(parts, action, host, upgrade).map_err(|error| {
            debug!(%error, "a request cannot be handed on");
            Refused(StatusCode::BAD_REQUEST)
        })
    }

    fn try_change(
        &self,
        parts: &mut Parts,
        action: &Action,
        host: &str,
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
            host = HeaderValue::from_str(&self.endpoint.to_string())?;
        }
        parts.headers.insert(HOST, host);
        for filters in filters {
            filters.request_headers.apply(&mut parts.headers, faults);
        }
        self.address(parts, path)
    }

    /// Sets version and URI as the backend's protocol wants them.
    fn address(&self, parts: &mut Parts, mut target: String) -> Result<(), http::Error> {
        let faults = &self.exchange.table.faults;
        let query = parts.uri.query().filter(|_| !faults.has(faults::QUERY_DROPPED));
        if let Some(query) = query {
            target.push('?');
            target.push_str(query);
        }
        let authority = match self.endpoints.protocol {
            Protocol::Http1 => {
                parts.version = Version::HTTP_11;
                Authority::try_from(self.endpoint.to_string())?
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

fn wants_upgrade(request: &Request<Incoming>) -> bool {
    request.version() == Version::HTTP_11 && request.headers().contains_key(UPGRADE)
}

/// Ties the client's and the backend's connection together once both speak the new protocol.
fn switch_protocols(
    client: OnUpgrade,
    mut response: Response<Incoming>,
    faults: &Faults,
) -> Response<Body> {
    let backend = hyper::upgrade::on(&mut response);
    tokio::spawn(async move {
        let (client, backend) = match tokio::try_join!(client, backend) {
            Ok(upgraded) => upgraded,
            Err(error) => return debug!(%error, "an upgrade was not completed"),
        };
        let (mut client, mut backend) = (TokioIo::new(client), TokioIo::new(backend));
        if let Err(error) = tokio::io::copy_bidirectional(&mut client, &mut backend).await {
            debug!(%error, "an upgraded connection ended early");
        }
    });
    response.map(|body| passed_on(body, faults))
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
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

async fn in_time<F: Future>(limit: Option<Duration>, future: F) -> Option<F::Output> {
    match limit {
        None => Some(future.await),
        Some(limit) => tokio::time::timeout(limit, future).await.ok(),
    }
}

async fn within(
    limit: Option<Duration>,
    response: impl Future<Output = Result<Response<Body>, Refused>>,
) -> Result<Response<Body>, Refused> {
    in_time(limit, response).await.unwrap_or(Err(Refused(StatusCode::GATEWAY_TIMEOUT)))
}

fn redirection(
    status: StatusCode,
    location: &str,
    action: &Action,
    exchange: &Exchange,
) -> Result<Response<Body>, Refused> {
    let mut response = plain(status);
    match HeaderValue::from_str(location) {
        Ok(location) => response.headers_mut().insert(LOCATION, location),
        Err(_) => return Err(Refused(StatusCode::INTERNAL_SERVER_ERROR)),
    };
    action.filters.response_headers.apply(response.headers_mut(), &exchange.table.faults);
    Ok(response)
}

fn bad_gateway(endpoint: SocketAddr, error: &UpstreamError) -> Refused {
    debug!(%endpoint, %error, "a backend gave no answer");
    Refused(StatusCode::BAD_GATEWAY)
}

/// A response with these headers in place of its own of these names.
fn with_headers(mut response: Response<Body>, headers: HeaderMap) -> Response<Body> {
    response.headers_mut().extend(headers);
    response
}

/// A response without a body.
fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = status;
    response
}
