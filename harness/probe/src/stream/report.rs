//! What an echo backend says of itself and of the conversation.

use serde::Deserialize;

use crate::{echo::Captured, wire::error::ProbeError};

/// The JSON of an echo backend in its TCP and UDP modes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Report {
    /// The Pod and its namespace.
    #[serde(flatten)]
    pub(crate) captured: Captured,
    /// The Service that a UDP backend was told that it is of.
    pub(crate) service: String,
    /// Whether the backend says that the conversation is within TLS; that has a line of its own.
    #[serde(skip)]
    pub(crate) is_tls: bool,
    /// The TLS session that ended at the backend.
    pub(crate) tls: Option<Tls>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Tls {
    server_name: String,
}

impl Report {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// Why it is none.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, ProbeError> {
        serde_json::from_slice(text)
            .map_err(|error| ProbeError::Malformed(format!("not the JSON of an echo: {error}")))
    }

    /// The server name of the TLS session that ended at the backend; empty without one.
    pub(crate) fn server_name(&self) -> &str {
        self.tls.as_ref().map_or("", |tls| &tls.server_name)
    }
}
