//! One request and its response.

mod chosen;
mod mirror;
mod upgrade;

use std::sync::Arc;

use http::header::{HOST, LOCATION};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use tracing::debug;

pub use self::chosen::Exchange;
use self::chosen::{Chosen, Refused, in_time, remove_hop_by_hop, timed_out};
use self::upgrade::{switch_protocols, wants_upgrade};
use super::body::{Body, Payload, empty, passed_on};
use super::grpc;
use crate::core::backends::{Backend, Destination};
use crate::core::cors::Cors;
use crate::core::filters::Redirected;
use crate::core::listener_state::Scheme;
use crate::core::matching::RequestHead;
use crate::core::routing::Routed;
use crate::core::rules::Action;
use crate::faults;

/// Answers a request.
pub async fn answer(exchange: Exchange, request: Request<Incoming>) -> Response<Body> {
    let is_call = grpc::is_call(request.headers());
    match respond(&exchange, request).await {
        Ok(response) => response,
        Err(Refused(status)) if is_call => grpc::refusal(status, &exchange.table.faults),
        Err(Refused(status)) => plain(status),
    }
}

async fn respond(
    exchange: &Exchange,
    request: Request<Incoming>,
) -> Result<Response<Body>, Refused> {
    if request.version() == Version::HTTP_2
        && exchange.table.scheme == Scheme::Http
        && exchange.table.faults.has(faults::HTTP2_PRIOR_KNOWLEDGE_REFUSED)
    {
        return Err(Refused(StatusCode::HTTP_VERSION_NOT_SUPPORTED));
    }
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
    let endpoints = match &backend.destination {
        Destination::Nowhere(status) => return Err(Refused(*status)),
        Destination::Endpoints(endpoints) => endpoints,
    };
    let chosen = Chosen { exchange, entry, backend, endpoints };
    let restarted = faults.has(faults::REQUEST_TIMEOUT_RESTARTED_BY_RETRY);
    let limit = action.timeouts.request.filter(|_| !restarted);
    let forwarded = in_time(limit, forward(&chosen, &action, request, &host)).await;
    let response = forwarded.unwrap_or(Err(timed_out(faults)))?;
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
    let client_upgrade = wants_upgrade(&request, faults).then(|| hyper::upgrade::on(&mut request));
    let is_upgrade = client_upgrade.is_some();
    let mirrors = mirror::due(action);
    let (head, body) = request.into_parts();
    let is_kept = action.retries.attempts > 0 || !mirrors.is_empty();
    let payload = Payload::of(body, is_kept).await.map_err(|error| {
        debug!(%error, "a request did not come to its end");
        Refused(StatusCode::BAD_REQUEST)
    })?;
    mirror::send_copies(chosen, action, &mirrors, &head, &payload, host)?;
    let request = Request::from_parts(head, payload);
    // Boxed, since what is done at a time is large where sessions are begun.
    let response = Box::pin(chosen.send(action, request, host, is_upgrade)).await?;
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
    chosen.backend.filters.response_headers.apply(response.headers_mut(), faults);
    action.filters.response_headers.apply(response.headers_mut(), faults);
    Ok(response)
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
