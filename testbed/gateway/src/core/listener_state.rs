//! What became of a listener: what it speaks, and what is reported of it.

use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::Environment;
use super::client_validation::Clients;
use super::features;
use super::holder::Holder;
use super::hostname::Hostname;
use super::objects::{Gateway, Listener, Object, RouteGroupKind};
use super::port::{Port, Transport};
use super::status::Condition;
use crate::faults;

/// What a listener speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP, in clear text or with TLS.
    Http(Scheme),
    /// TLS of which the server name alone is read.
    Tls(TlsMode),
    /// Streams of whatever is in them.
    Tcp,
    /// Datagrams of whatever is in them.
    Udp,
}

impl Protocol {
    /// The protocol of a listener.
    ///
    /// # Errors
    ///
    /// Condition `Accepted` where it cannot be served.
    pub fn of(listener: &Listener, env: &Environment<'_>) -> Result<Self, Condition> {
        let passthrough =
            || listener.tls.as_ref().and_then(|tls| tls.mode.as_deref()) == Some("Passthrough");
        match listener.protocol.as_str() {
            "HTTP" => Ok(Self::Http(Scheme::Http)),
            "HTTPS" => Ok(Self::Http(Scheme::Https)),
            "TLS" if passthrough() => Ok(Self::Tls(TlsMode::Passthrough)),
            "TLS"
                if env.supports(features::TERMINATE)
                    && !env.faults.has(faults::TLS_TERMINATION_REFUSED) =>
            {
                Ok(Self::Tls(TlsMode::Terminate))
            }
            "TLS" => {
                let message =
                    "tls.mode Terminate is not supported with protocol TLS; use Passthrough";
                Err(Condition::no("Accepted", "UnsupportedValue", message.to_owned()))
            }
            "TCP" => Ok(Self::Tcp),
            "UDP" => Ok(Self::Udp),
            other => {
                let message = format!(
                    "protocol `{other}` is not supported; use HTTP, HTTPS, TLS, TCP or UDP"
                );
                Err(Condition::no("Accepted", "UnsupportedProtocol", message))
            }
        }
    }

    /// How its bytes travel.
    pub fn transport(self) -> Transport {
        match self {
            Self::Http(_) | Self::Tls(_) | Self::Tcp => Transport::Tcp,
            Self::Udp => Transport::Udp,
        }
    }

    /// Whether hostnames can tell two of its listeners apart.
    pub fn has_hostnames(self) -> bool {
        matches!(self, Self::Http(_) | Self::Tls(_))
    }
}

/// Where TLS ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// At the backends.
    Passthrough,
    /// At the listener.
    Terminate,
}

/// How connections to a listener for HTTP begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In clear text.
    Http,
    /// With TLS, which ends here.
    Https,
}

impl Scheme {
    /// The scheme in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// What became of a listener.
#[derive(Debug)]
pub struct ListenerState<'a> {
    /// Whose listener it is.
    pub holder: Holder<'a>,
    /// The namespace from which routes are where it allows those from `Same`.
    pub own_namespace: &'a str,
    /// The listener as its holder gives it.
    pub spec: &'a Listener,
    /// Its hostname.
    pub hostname: Hostname,
    /// What it speaks; none where that is not supported.
    pub protocol: Option<Protocol>,
    /// The kinds of routes that may attach.
    pub supported_kinds: Vec<RouteGroupKind>,
    /// The certificate of a listener where TLS ends, where its references resolve.
    pub certificate: Option<Arc<CertifiedKey>>,
    /// What is asked of the clients of an HTTPS listener.
    pub clients: Clients,
    /// Condition `Accepted`.
    pub accepted: Condition,
    /// Condition `ResolvedRefs`.
    pub resolved_refs: Condition,
    /// Condition `Conflicted`.
    pub conflicted: Condition,
    /// Condition `Programmed`.
    pub programmed: Condition,
}

impl ListenerState<'_> {
    /// The port on which it is served; none where its protocol is not supported.
    pub fn port(&self, gateway: &Object<Gateway>) -> Option<Port> {
        let (transport, number) = (self.protocol?.transport(), self.spec.port);
        Some(Port { gateway: gateway.key(), transport, number })
    }

    /// Whether none of its clients could be trusted.
    pub fn lacks_authority(&self) -> bool {
        self.accepted.reason == "NoValidCACertificate"
    }

    /// Whether it can be served.
    pub fn is_valid(&self, env: &Environment<'_>) -> bool {
        self.accepted.status && self.has_usable_refs(env)
    }

    /// Whether its references resolve, as far as it needs them.
    pub fn has_usable_refs(&self, env: &Environment<'_>) -> bool {
        self.resolved_refs.status
            || (self.resolved_refs.reason == "InvalidRouteKinds"
                && !self.supported_kinds.is_empty())
            || env.faults.has(faults::UNRESOLVED_LISTENER_PROGRAMMED)
    }
}
