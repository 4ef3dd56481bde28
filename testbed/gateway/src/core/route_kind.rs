//! The kinds of routes: what they are called, and which listeners take them.

use super::objects::{GATEWAY_GROUP, RouteGroupKind};
use super::port::Transport;

/// A kind of route; all are of Gateway API's group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteKind {
    /// `HTTPRoute`.
    Http,
    /// `GRPCRoute`.
    Grpc,
    /// `TLSRoute`.
    Tls,
    /// `TCPRoute`.
    Tcp,
    /// `UDPRoute`.
    Udp,
}

struct Row {
    name: &'static str,
    plural: &'static str,
    /// Of the listeners that take it.
    protocols: &'static [&'static str],
    hostnames: bool,
}

const fn row(
    name: &'static str,
    plural: &'static str,
    protocols: &'static [&'static str],
    hostnames: bool,
) -> Row {
    Row { name, plural, protocols, hostnames }
}

impl RouteKind {
    /// All of them; each is served.
    pub const ALL: [Self; 5] = [Self::Http, Self::Grpc, Self::Tls, Self::Tcp, Self::Udp];

    const fn row(self) -> Row {
        match self {
            Self::Http => row("HTTPRoute", "httproutes", &["HTTP", "HTTPS"], true),
            Self::Grpc => row("GRPCRoute", "grpcroutes", &["HTTP", "HTTPS"], true),
            Self::Tls => row("TLSRoute", "tlsroutes", &["TLS"], true),
            Self::Tcp => row("TCPRoute", "tcproutes", &["TCP"], false),
            Self::Udp => row("UDPRoute", "udproutes", &["UDP"], false),
        }
    }

    /// Those that listeners of a protocol take unless they say otherwise.
    pub fn taken_by(protocol: &str) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |kind| kind.row().protocols.contains(&protocol))
    }

    /// As in a manifest's `kind`: `HTTPRoute`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// As in paths: `httproutes`.
    pub const fn plural(self) -> &'static str {
        self.row().plural
    }

    /// Whether its routes have hostnames.
    pub fn has_hostnames(self) -> bool {
        self.row().hostnames
    }

    /// How its traffic reaches backends.
    pub fn transport(self) -> Transport {
        if self == Self::Udp { Transport::Udp } else { Transport::Tcp }
    }

    /// As listeners name it.
    pub fn group_kind(self) -> RouteGroupKind {
        RouteGroupKind { group: GATEWAY_GROUP.to_owned(), kind: self.name().to_owned() }
    }
}

impl std::fmt::Display for RouteKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
