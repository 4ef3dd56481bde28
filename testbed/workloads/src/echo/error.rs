//! Why a backend does not start.

use std::io;

/// Why a backend does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    // Without the address: each attempt has another one, and who reads it wants to see one reason.
    #[error("cannot listen on port {port}: {source}")]
    Bind {
        port: u16,
        #[source]
        source: io::Error,
    },
    #[error("environment variable {name} is no port: {value:?}")]
    Port { name: &'static str, value: String },
    #[error("cannot use the file of environment variable {name}: {reason}")]
    File { name: &'static str, reason: String },
}

impl Error {
    /// Whether another address may help.
    pub(crate) fn is_address_in_use(&self) -> bool {
        matches!(self, Self::Bind { source, .. } if source.kind() == io::ErrorKind::AddrInUse)
    }
}
