//! Why no answer came.

use std::{io, time::Duration};

use thiserror::Error;

/// An echo is about a kilobyte. What is longer than this is none, and is not worth the memory.
pub(crate) const LONGEST_BODY: usize = 1 << 20;

/// What an observation begins with that says nothing of the Gateway, since it was never reached.
pub const NO_WAY: &str = "the way to the Gateway is not there";

/// Why a request got no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProbeError {
    /// The request is none that HTTP can carry: a fault of the test, not of the Gateway.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
    /// The address is a name without an IP address.
    #[error("cannot resolve {host}: {reason}")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// The connection did not come about, or broke.
    #[error("{0}")]
    Connection(String),
    /// The way to the Gateway is not there, which is no doing of the Gateway's.
    #[error("{NO_WAY}: {0}")]
    Tunnel(String),
    /// The TLS session did not come about, or was ended by the Gateway.
    #[error("TLS: {0}")]
    Tls(String),
    /// The certificate that the Gateway presented is not trusted here.
    #[error("TLS: {0}")]
    Untrusted(String),
    /// The Gateway did not ask for the client's certificate.
    #[error("{0}, and the Gateway did not ask for the client's certificate")]
    Unasked(String),
    /// What came back is not HTTP as it should be.
    #[error("the answer is malformed: {0}")]
    Malformed(String),
    /// The answer is a redirect that cannot be followed.
    #[error("{status} to {location}, {reason}")]
    Redirect {
        /// The status of the redirect.
        status: u16,
        /// Where it leads.
        location: String,
        /// Why nothing is asked there.
        reason: &'static str,
    },
    /// Nothing came, or not all of it.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}

impl ProbeError {
    /// What an answer is whose body is longer than [`LONGEST_BODY`].
    pub(crate) fn too_long() -> Self {
        Self::Malformed(format!("the body has more than {LONGEST_BODY} bytes"))
    }

    /// What a connection is that was closed in place of an answer.
    pub(crate) fn closed() -> Self {
        Self::Connection("the connection was closed without an answer".to_owned())
    }

    /// Whether what was asked ended it.
    pub(crate) const fn is_refusal(&self) -> bool {
        matches!(self, Self::Connection(_) | Self::Tls(_))
    }

    /// What a failed connection is.
    pub(crate) fn io(error: &io::Error) -> Self {
        if error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some() {
            return Self::session(error, "session");
        }
        Self::Connection(match error.kind() {
            io::ErrorKind::Other | io::ErrorKind::InvalidData => error.to_string(),
            io::ErrorKind::UnexpectedEof => {
                "the connection was closed within the answer".to_owned()
            }
            kind => kind.to_string(),
        })
    }

    /// What a failed TLS handshake is.
    pub(crate) fn handshake(error: &io::Error) -> Self {
        Self::session(error, "handshake")
    }

    /// What ended a TLS session, or its handshake.
    fn session(error: &io::Error, what: &str) -> Self {
        use rustls::{CertificateError, Error};

        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        Self::Tls(match (inner, error.kind()) {
            (Some(Error::InvalidCertificate(CertificateError::Other(refusal))), _) => {
                return Self::Untrusted(refusal.0.to_string());
            }
            (Some(error @ Error::InvalidCertificate(_)), _) => {
                return Self::Untrusted(error.to_string());
            }
            (Some(Error::AlertReceived(alert)), _) => {
                format!("the Gateway ended the {what} with the alert {alert:?}")
            }
            (Some(Error::InvalidMessage(_)), _) => "the answer is not TLS".to_owned(),
            (Some(error), _) => error.to_string(),
            (None, io::ErrorKind::UnexpectedEof) => {
                "the connection was closed during the handshake".to_owned()
            }
            (None, io::ErrorKind::Other) => error.to_string(),
            (None, kind) => kind.to_string(),
        })
    }
}
