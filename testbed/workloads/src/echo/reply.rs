//! The answers of the HTTP mode.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Version, header};
use http_body_util::{BodyExt, Full};
use serde::Serialize;

use super::{Identity, serve::Body, tls};

/// Asks for headers in the answer: `name:value[,name:value…]`.
const SET_HEADER: &str = "x-echo-set-header";

/// What a backend tells of the request that reached it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Echo<'a> {
    path: &'a str,
    host: &'a str,
    method: &'a str,
    proto: &'static str,
    headers: BTreeMap<String, Vec<String>>,
    http_port: &'a str,
    #[serde(flatten)]
    identity: &'a Identity,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<&'a tls::Session>,
}

/// The request target as it came: with the query and, where the client sent it so, in absolute
/// form.
pub(super) fn target<B>(request: &Request<B>) -> String {
    let uri = request.uri();
    match uri.path_and_query() {
        Some(target) if request.version() == Version::HTTP_2 => target.as_str().to_owned(),
        _ => uri.to_string(),
    }
}

/// 200 with what is known about the request.
pub(super) fn echo(
    identity: &Identity,
    http_port: &str,
    tls: Option<&tls::Session>,
    target: &str,
    head: &http::request::Parts,
) -> Response<Body> {
    let host = match head.uri.authority() {
        Some(authority) => authority.as_str(),
        None => head.headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default(),
    };
    let echo = Echo {
        path: target,
        host,
        method: head.method.as_str(),
        proto: match head.version {
            Version::HTTP_10 => "HTTP/1.0",
            Version::HTTP_2 => "HTTP/2.0",
            _ => "HTTP/1.1",
        },
        headers: echoed_headers(&head.headers),
        http_port,
        identity,
        tls,
    };
    let mut response = json(StatusCode::OK, &echo);
    for (name, value) in asked_headers(&head.headers) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// An answer without a body.
pub(super) fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}

/// An answer of plain text.
pub(super) fn text(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(body(text));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

/// An answer that says what was wrong with the request.
pub(super) fn message(status: StatusCode, message: &str) -> Response<Body> {
    json(status, &BTreeMap::from([("message", message)]))
}

fn json(status: StatusCode, content: &impl Serialize) -> Response<Body> {
    // Strings, and maps that have strings as keys: there is nothing that could fail.
    let mut response = Response::new(body(serde_json::to_vec(content).unwrap_or_default()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn body(content: impl Into<Bytes>) -> Body {
    Full::new(content.into()).boxed()
}

/// All headers under their canonical names, but those that are the server's own business: the host
/// is a field of its own, and the framing ends here.
fn echoed_headers(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut echoed = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in headers {
        if ![header::HOST, header::TRANSFER_ENCODING, header::TRAILER].contains(name) {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            echoed.entry(canonical(name)).or_default().push(value);
        }
    }
    echoed
}

/// `x-header-set` as `X-Header-Set`.
fn canonical(name: &HeaderName) -> String {
    let mut start = true;
    let letters = name.as_str().chars().map(|letter| {
        let cased = if start { letter.to_ascii_uppercase() } else { letter };
        start = letter == '-';
        cased
    });
    letters.collect()
}

/// The headers that the request asks the answer to have; values of one name are joined.
fn asked_headers(headers: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
    let mut asked: Vec<(HeaderName, Vec<u8>)> = Vec::new();
    let lists = headers.get_all(SET_HEADER).into_iter().filter_map(|list| list.to_str().ok());
    for (name, value) in lists.flat_map(|list| list.split(',')).filter_map(|e| e.split_once(':')) {
        let Ok(name) = HeaderName::try_from(name.trim()) else { continue };
        let value = value.trim().as_bytes();
        match asked.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => {
                values.push(b',');
                values.extend_from_slice(value);
            }
            None => asked.push((name, value.to_vec())),
        }
    }
    let valid =
        |(name, value)| Some((name, HeaderValue::from_maybe_shared(Bytes::from(value)).ok()?));
    asked.into_iter().filter_map(valid).collect()
}
