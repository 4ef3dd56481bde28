//! Answers as HTTP has them.

use std::io;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde_json::Value;

use crate::status_error::StatusError;

/// The body of an answer.
pub type Body = UnsyncBoxBody<Bytes, io::Error>;

/// An answer, or why there is none.
pub type Answer = Result<Response<Body>, StatusError>;

pub fn refusal(error: &StatusError) -> Response<Body> {
    let mut response = json_response(error.code(), &error.to_json());
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

pub fn json_response(code: StatusCode, value: &Value) -> Response<Body> {
    respond(code, "application/json", full(Bytes::from(value.to_string())))
}

pub fn text_response(text: impl Into<Bytes>) -> Response<Body> {
    respond(StatusCode::OK, "text/plain", full(text.into()))
}

pub fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

pub fn respond(code: StatusCode, media_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
