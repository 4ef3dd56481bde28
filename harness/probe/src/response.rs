//! What came back, and what of it an echo backend wrote.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version, header::CONTENT_TYPE};
use serde::{Deserialize, Deserializer};

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
}

/// The request as an echo backend saw it. What the backend did not write is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Captured {
    /// The method.
    #[serde(deserialize_with = "null_is_empty")]
    pub method: String,
    /// Path and query.
    #[serde(deserialize_with = "null_is_empty")]
    pub path: String,
    /// The `Host` header.
    #[serde(deserialize_with = "null_is_empty")]
    pub host: String,
    /// The headers with all their values.
    #[serde(deserialize_with = "null_is_empty")]
    pub headers: BTreeMap<String, Vec<String>>,
    /// The Pod that answered.
    #[serde(deserialize_with = "null_is_empty")]
    pub pod: String,
    /// Its namespace.
    #[serde(deserialize_with = "null_is_empty")]
    pub namespace: String,
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

impl Captured {
    /// The values of a header, joined with commas; `None` if it did not reach the backend.
    pub fn header(&self, name: &str) -> Option<String> {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, first) = found.next()?;
        let values = found.fold(first.clone(), |values, (_, more)| [values, more.clone()].concat());
        Some(values.join(","))
    }
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
