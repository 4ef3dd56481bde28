//! HTTP: from a request to its answer.

mod objects;
mod response;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

pub use self::response::Body;
use self::response::{Answer, json_response, refusal, text_response};
use crate::request::{ObjectRequest, header_text};
use crate::served::Served;
use crate::server::Server;
use crate::status_error::StatusError;
use crate::trouble::Troubled;
use crate::{discovery, openapi};

/// Answers one request.
pub fn answer(server: &Server, parts: &Parts, body: &Bytes) -> Response<Body> {
    let path = parts.uri.path().trim_end_matches('/');
    let result = route(server, path, parts, body);
    match &result {
        Ok(answer) => {
            tracing::trace!(method = %parts.method, uri = %parts.uri, status = %answer.status());
        }
        Err(error) => {
            tracing::debug!(method = %parts.method, uri = %parts.uri, %error, "request refused");
        }
    }
    result.unwrap_or_else(|error| refusal(&error))
}

/// The answer of a server that is not ready yet.
pub fn unavailable() -> Response<Body> {
    refusal(&StatusError::unavailable())
}

fn route(server: &Server, path: &str, parts: &Parts, body: &Bytes) -> Answer {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let (group, version, below) = match segments.as_slice() {
        ["api", version, below @ ..] => ("", *version, below),
        ["apis", group, version, below @ ..] => (*group, *version, below),
        other => return meta(&server.served, other, parts),
    };
    if below.is_empty() {
        return found(discovery::resources(&server.served, group, version));
    }
    if server.trouble.get().is_some_and(Troubled::throttles) {
        return Err(StatusError::too_many_requests());
    }
    let request = ObjectRequest::parse(&server.served, group, version, below, parts)?;
    objects::answer(server, &request, &parts.method, body)
}

/// What is not about objects.
fn meta(served: &Served, segments: &[&str], parts: &Parts) -> Answer {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(StatusError::method_not_allowed("the server only answers GET here"));
    }
    let accept = header_text(&parts.headers, &header::ACCEPT);
    // Aggregated discovery is told by parameters of the media type, of which v2 is what we have.
    let aggregated = accept
        .split(',')
        .any(|range| range.contains("as=APIGroupDiscoveryList") && has_parameter(range, "v=v2"));
    match segments {
        ["healthz" | "livez" | "readyz", ..] => Ok(text_response("ok")),
        ["version"] => Ok(ok(&discovery::version())),
        ["api"] if aggregated => Ok(aggregated_response(served, true)),
        ["apis"] if aggregated => Ok(aggregated_response(served, false)),
        ["api"] => Ok(ok(&discovery::core_versions())),
        ["apis"] => Ok(ok(&discovery::groups(served))),
        ["apis", group] => found(discovery::group(served, group)),
        ["openapi", "v3"] => Ok(ok(&openapi::index(served))),
        ["openapi", "v3", "api", version] => found(openapi::document(served, "", version)),
        ["openapi", "v3", "apis", group, version] => {
            found(openapi::document(served, group, version))
        }
        [] | [""] => {
            Ok(ok(&json!({"paths": ["/api", "/apis", "/healthz", "/openapi/v3", "/version"]})))
        }
        _ => Err(StatusError::unknown_path()),
    }
}

fn has_parameter(range: &str, wanted: &str) -> bool {
    range.split(';').any(|parameter| parameter.trim() == wanted)
}

fn found(value: Option<Value>) -> Answer {
    value.map(|value| ok(&value)).ok_or_else(StatusError::unknown_path)
}

fn aggregated_response(served: &Served, core: bool) -> Response<Body> {
    let mut response = ok(&discovery::aggregated(served, core));
    let media_type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn ok(value: &Value) -> Response<Body> {
    json_response(StatusCode::OK, value)
}
