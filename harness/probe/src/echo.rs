//! What an echo backend says of a request, in whatever protocol it came.

use std::collections::BTreeMap;

use model::names::deployment_of;
use serde::{Deserialize, Deserializer};

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
    /// The TLS session through which it came, if it came through one.
    pub tls: Option<Session>,
}

/// A TLS session as an echo backend saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Session {
    /// The server that was asked for.
    #[serde(deserialize_with = "null_is_empty")]
    pub server_name: String,
    /// The certificates that the client showed, in PEM.
    #[serde(deserialize_with = "null_is_empty")]
    pub peer_certificates: Vec<String>,
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

/// The backend of a Pod: the name of its Deployment, or its own.
pub(crate) fn backend(pod: &str) -> &str {
    deployment_of(pod).unwrap_or(pod)
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pod_with_a_short_name_is_its_own_backend() {
        assert_eq!(backend("web-backend"), "web-backend");
        assert_eq!(backend("pod"), "pod");
    }

    proptest! {
        #[test]
        fn a_pod_belongs_to_its_deployment(name in "[a-z][a-z0-9-]{0,20}", set in "[a-z0-9]{1,10}", pod in "[a-z0-9]{5}") {
            let pod = format!("{name}-{set}-{pod}");
            prop_assert_eq!(backend(&pod), name);
        }
    }
}
