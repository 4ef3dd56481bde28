//! Where a conversation is begun.

use std::fmt;

use crate::wire::target::authority;

/// A listener of a Gateway, for conversations in whatever protocol.
#[derive(Clone, Debug)]
pub struct Place {
    /// An address of `status.addresses`: an IP address without brackets, or a hostname.
    pub host: String,
    /// The port of the listener.
    pub port: u16,
    /// How texts call the Gateway: `Gateway same-namespace`.
    pub label: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.label, authority(&self.host, self.port))
    }
}
