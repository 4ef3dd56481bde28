//! How a call in gRPC is refused: by a status of gRPC's own, in the head of an answer that succeeds in
//! HTTP and has no body.

use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::body::{Body, empty};
use crate::faults::{self, Faults};

const GRPC: &str = "application/grpc";
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// Whether a request is a call: `application/grpc`, by itself or with the name of an encoding.
pub fn is_call(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let rest = kind.and_then(|kind| kind.strip_prefix(GRPC));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';']))
}

/// The answer to a call that a request would get this status for.
pub fn refusal(status: StatusCode, faults: &Faults) -> Response<Body> {
    let status = match status {
        StatusCode::NOT_FOUND if !faults.has(faults::GRPC_UNMATCHED_GIVES_UNAVAILABLE) => {
            "12" // UNIMPLEMENTED
        }
        StatusCode::GATEWAY_TIMEOUT => "4", // DEADLINE_EXCEEDED
        _ => "14",                          // UNAVAILABLE
    };
    let mut response = Response::new(empty());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(GRPC));
    headers.insert(GRPC_STATUS, HeaderValue::from_static(status));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_by_its_content_type() {
        for (kind, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("application/grpc; charset=utf-8", true),
            ("application/grpc-web", false),
            ("application/json", false),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
            assert_eq!(is_call(&headers), expected, "{kind}");
        }
        assert!(!is_call(&HeaderMap::new()));
    }
}
