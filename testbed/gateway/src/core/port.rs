//! The ports that Gateways open.

use super::objects::Key;

/// How bytes travel to a port. A TCP port and a UDP port of one number are two ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// As streams.
    Tcp,
    /// As datagrams.
    Udp,
}

impl Transport {
    /// As ports of Services call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// A port of a Gateway.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// The Gateway.
    pub gateway: Key,
    /// How bytes travel to it.
    pub transport: Transport,
    /// The number, as listeners give it.
    pub number: u16,
}
