//! What is probed: a listener of a Gateway at an address from its status.

use std::{fmt, net::Ipv6Addr, sync::Arc};

use crate::wire::identity::Identities;

/// A listener of a Gateway, as the wire sees it.
#[derive(Clone, Debug)]
pub struct Target {
    /// An address of `status.addresses`: an IP address without brackets, or a hostname.
    pub host: String,
    /// The port of the listener.
    pub port: u16,
    /// What is spoken there.
    pub scheme: Scheme,
    /// The certificates that may be shown, or must have been.
    pub identities: Identities,
    /// How texts call it: `Gateway same-namespace`.
    pub label: String,
}

/// What a listener speaks.
#[derive(Clone, Debug)]
pub enum Scheme {
    /// HTTP/1.1 in the clear.
    Http,
    /// HTTP/1.1 inside TLS.
    Https {
        /// PEM certificates. The listener must present one of them, or one that is signed by one
        /// of them which is an authority's.
        roots_pem: Arc<Vec<u8>>,
    },
}

impl Scheme {
    /// The scheme as URLs write it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https { .. } => "https",
        }
    }

    /// The port that URLs of this scheme leave out.
    pub fn default_port(&self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https { .. } => 443,
        }
    }
}

impl Target {
    /// Host and port as the `Host` header has them where a request names no host of its own.
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() { self.url_host() } else { self.address() }
    }

    fn address(&self) -> String {
        authority(&self.host, self.port)
    }

    fn url_host(&self) -> String {
        url_host(&self.host)
    }
}

/// A host with a port, as URLs write them.
pub(crate) fn authority(host: &str, port: u16) -> String {
    format!("{}:{port}", url_host(host))
}

fn url_host(host: &str) -> String {
    if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let over = match self.scheme {
            Scheme::Http => "",
            Scheme::Https { .. } => " over TLS",
        };
        write!(f, "{} ({}{over})", self.label, self.address())
    }
}
