//! Conversations with echo backends in TCP, TLS and UDP, as data.

use std::fmt;

use crate::exchange::Backend;

/// A conversation through one listener of a Gateway, and how it must end.
#[derive(Clone, Copy, Debug)]
pub struct Conversation {
    /// With whom it is begun.
    pub opening: Opening,
    /// How it must end.
    pub ending: Ending,
}

/// How a conversation begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The name of the listener.
    pub listener: &'static str,
    /// What is spoken.
    pub carrier: Carrier,
}

/// What is spoken with a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Lines over a TCP connection.
    Tcp,
    /// The same within TLS.
    Tls {
        /// The name that is asked for, and that the certificate must have.
        server_name: &'static str,
    },
    /// One datagram.
    Udp,
    /// A question for the address of a name, in one datagram.
    Dns {
        /// The name.
        name: &'static str,
    },
}

/// How a conversation must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// An echo backend answers as it should.
    Answer {
        /// Who.
        backend: Backend,
        /// The server name of the TLS session that ends at the backend; none where it sees no session.
        server_name: Option<&'static str>,
    },
    /// Somebody answers, whoever it is.
    Reply,
    /// The Gateway closes the connection before it says anything.
    Closed,
    /// Nobody answers: a connection is refused or closed, after a datagram nothing comes.
    NoAnswer,
}

/// A conversation over TCP, to be completed with how it must end.
pub const fn tcp(listener: &'static str) -> Opening {
    Opening { listener, carrier: Carrier::Tcp }
}

/// A conversation within TLS, to be completed with how it must end.
pub const fn tls(listener: &'static str, server_name: &'static str) -> Opening {
    Opening { listener, carrier: Carrier::Tls { server_name } }
}

/// A datagram, to be completed with how it must be answered.
pub const fn udp(listener: &'static str) -> Opening {
    Opening { listener, carrier: Carrier::Udp }
}

/// A question in DNS, which must be answered.
pub const fn dns(listener: &'static str, name: &'static str) -> Conversation {
    let opening = Opening { listener, carrier: Carrier::Dns { name } };
    Conversation { opening, ending: Ending::Reply }
}

impl Opening {
    /// Must reach this backend, with its TLS session where it has one.
    pub const fn reaches(self, backend: Backend) -> Conversation {
        let server_name = match self.carrier {
            Carrier::Tls { server_name } => Some(server_name),
            Carrier::Tcp | Carrier::Udp | Carrier::Dns { .. } => None,
        };
        Conversation { opening: self, ending: Ending::Answer { backend, server_name } }
    }

    /// Must reach this backend in the clear: a TLS session ends at the Gateway.
    pub const fn reaches_in_the_clear(self, backend: Backend) -> Conversation {
        Conversation { opening: self, ending: Ending::Answer { backend, server_name: None } }
    }

    /// Must reach this backend in another TLS session, which the Gateway begins with this server name.
    pub const fn reaches_over_tls_to(
        self,
        backend: Backend,
        server_name: &'static str,
    ) -> Conversation {
        let ending = Ending::Answer { backend, server_name: Some(server_name) };
        Conversation { opening: self, ending }
    }

    /// Must be closed by the Gateway.
    pub const fn is_closed(self) -> Conversation {
        Conversation { opening: self, ending: Ending::Closed }
    }

    /// Must reach nobody.
    pub const fn reaches_nobody(self) -> Conversation {
        Conversation { opening: self, ending: Ending::NoAnswer }
    }
}

impl Conversation {
    /// Whether it ends as it must when nothing comes for a while.
    pub const fn wants_silence(&self) -> bool {
        matches!(self.ending, Ending::NoAnswer)
            && matches!(self.opening.carrier, Carrier::Udp | Carrier::Dns { .. })
    }

    /// Whether a data plane that is not programmed yet, or no more, may end it so too.
    pub const fn wants_absence(&self) -> bool {
        matches!(self.ending, Ending::Closed | Ending::NoAnswer)
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listener = self.listener;
        match self.carrier {
            Carrier::Tcp => write!(f, "TCP to listener {listener}"),
            Carrier::Tls { server_name } => {
                write!(f, "TLS for {server_name} to listener {listener}")
            }
            Carrier::Udp => write!(f, "UDP to listener {listener}"),
            Carrier::Dns { name } => write!(f, "DNS for {name} to listener {listener}"),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { backend, server_name: Some(name) } => {
                write!(f, "an answer of {backend}, where a TLS session for {name} ends")
            }
            Self::Answer { backend, server_name: None } => write!(f, "an answer of {backend}"),
            Self::Reply => f.write_str("an answer"),
            Self::Closed => f.write_str("a connection that is closed"),
            Self::NoAnswer => f.write_str("no answer"),
        }
    }
}
