//! Exchanges of any protocol, and through which Gateway they go.

use super::{call::Call, conversation::Conversation, http::Exchange};
use crate::version::SuiteVersion;

/// Exchanges through a Gateway.
#[derive(Clone, Copy, Debug)]
pub struct Through {
    /// The Gateway, in the infra namespace.
    pub gateway: &'static str,
    /// Whether they go to its first HTTPS listener, and not to its first HTTP listener.
    pub tls: bool,
    /// To whose port they go in place of the first listener's.
    pub listener: Option<&'static str>,
    /// The exchanges.
    pub exchanges: Exchanges,
    /// The first version of the suite in which the test makes them.
    pub since: SuiteVersion,
    /// The last one.
    pub until: SuiteVersion,
}

/// Exchanges of one protocol.
#[derive(Clone, Copy, Debug)]
pub enum Exchanges {
    /// In HTTP.
    Http(&'static [Exchange]),
    /// In gRPC.
    Grpc(&'static [Call]),
    /// In TCP, TLS and UDP.
    Streams(&'static [Conversation]),
}

impl Exchanges {
    /// Those in HTTP; none where they are in another protocol.
    pub const fn http(self) -> &'static [Exchange] {
        match self {
            Self::Http(exchanges) => exchanges,
            Self::Grpc(_) | Self::Streams(_) => &[],
        }
    }

    /// Those in gRPC; none where they are in another protocol.
    pub const fn grpc(self) -> &'static [Call] {
        match self {
            Self::Grpc(calls) => calls,
            Self::Http(_) | Self::Streams(_) => &[],
        }
    }

    /// Those in TCP, TLS and UDP; none where they are in another protocol.
    pub const fn streams(self) -> &'static [Conversation] {
        match self {
            Self::Streams(conversations) => conversations,
            Self::Grpc(_) | Self::Http(_) => &[],
        }
    }
}

/// Exchanges through the first HTTP listener of a Gateway in the infra namespace.
pub const fn through(gateway: &'static str, exchanges: &'static [Exchange]) -> Through {
    all_through(gateway, Exchanges::Http(exchanges))
}

/// Calls through the first HTTP listener of a Gateway in the infra namespace.
pub const fn calls_through(gateway: &'static str, calls: &'static [Call]) -> Through {
    all_through(gateway, Exchanges::Grpc(calls))
}

/// Conversations through the listeners of a Gateway in the infra namespace.
pub const fn streams_through(
    gateway: &'static str,
    conversations: &'static [Conversation],
) -> Through {
    all_through(gateway, Exchanges::Streams(conversations))
}

const fn all_through(gateway: &'static str, exchanges: Exchanges) -> Through {
    let (since, until) = (SuiteVersion::ALL[0], SuiteVersion::NEWEST);
    Through { gateway, tls: false, listener: None, exchanges, since, until }
}

impl Through {
    /// Through its first HTTPS listener instead.
    pub const fn over_tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// Not before this version of the suite.
    pub const fn since(self, since: SuiteVersion) -> Self {
        Self { since, ..self }
    }

    /// Not after this version of the suite.
    pub const fn until(self, until: SuiteVersion) -> Self {
        Self { until, ..self }
    }

    /// Whether the test makes them in a version of the suite.
    pub fn is_of(&self, version: SuiteVersion) -> bool {
        self.since <= version && version <= self.until
    }

    /// To the port of the listener of this name instead.
    pub const fn at(self, listener: &'static str) -> Self {
        Self { listener: Some(listener), ..self }
    }
}
