//! What came back.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version, header::CONTENT_TYPE};

use crate::echo::Captured;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response {
    /// The protocol of the status line.
    pub version: Version,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The TLS session in which it came, in a line, if it came in one.
    pub session: Option<String>,
}

impl Response {
    /// What an echo backend captured; `None` unless the `Content-Type` is exactly
    /// `application/json`, which is how the Go suite tells an echo backend's answer.
    pub fn captured(&self) -> Result<Option<Captured>, serde_json::Error> {
        if self.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
            serde_json::from_slice(&self.body).map(Some)
        } else {
            Ok(None)
        }
    }
}
