//! What must come back for an exchange in HTTP.

use std::fmt;

use crate::exchange::{Backend, Message};

/// Name and value of a header.
pub type Header = (&'static str, &'static str);

/// Name of a header, and lists of which its values must be one.
pub type Choice = (&'static str, &'static [&'static str]);

/// What must come back.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// 200 from an echo backend that saw the request.
    Echo(Echo),
    /// This status; nothing else is looked at.
    Status(u16),
    /// One of these statuses.
    OneOf(&'static [u16]),
    /// One of these statuses, from the Gateway itself: no backend saw the request.
    Own(&'static [u16]),
    /// Any status but 200, as where no backend may be trusted: 408 and 504 say only that it took too long.
    Failure,
    /// None at all: the Gateway does not let the client in.
    Refusal,
    /// 101, and then a WebSocket on which each of these messages comes back in turn.
    WebSocket(&'static [Message]),
    /// A redirect, which is not followed.
    Redirect(Redirect),
}

/// What an echo backend must have seen. What is not said must be as it was sent.
#[derive(Clone, Copy, Debug)]
pub struct Echo {
    /// Who must have answered.
    pub backend: Backend,
    /// The `Host` header that must have reached it in place of the one that was sent.
    pub host: Option<&'static str>,
    /// Whether any host will do that it saw.
    pub any_host: bool,
    /// The path and query that must have reached it in place of those that were sent.
    pub path: Option<&'static str>,
    /// Headers that must have reached it in place of those that were sent.
    pub headers: Option<&'static [Header]>,
    /// Headers that must not have reached it.
    pub without: &'static [&'static str],
    /// A header in which it must have been told its own name.
    pub named_in: Option<&'static str>,
    /// The server name of the TLS session with it; whether there is one is not looked at otherwise.
    pub server_name: Option<&'static str>,
    /// The Secret whose certificate it must have been shown.
    pub certificate: Option<&'static str>,
}

impl Echo {
    /// From this backend, which saw what was sent.
    pub const fn of(backend: Backend) -> Self {
        Self {
            backend,
            host: None,
            any_host: false,
            path: None,
            headers: None,
            without: &[],
            named_in: None,
            server_name: None,
            certificate: None,
        }
    }
}

/// How the headers of an answer must be. They are looked at in a 200 and a 204; several values count as
/// one, joined with commas.
#[derive(Clone, Copy, Debug)]
pub struct AnswerHeaders {
    /// Headers with exactly these values.
    pub with: &'static [Header],
    /// Headers whose values are those of one of these lists, in any order.
    pub with_one_of: &'static [Choice],
    /// Headers that must be absent.
    pub without: &'static [&'static str],
}

/// Where a redirect must lead, see `apis/v1/httproute_types.go#HTTPRequestRedirectFilter`.
#[derive(Clone, Copy, Debug)]
pub struct Redirect {
    /// The status.
    pub status: u16,
    /// The host, without a port; any if there is none.
    pub host: Option<&'static str>,
    /// The scheme; that of the request if there is none.
    pub scheme: Option<&'static str>,
    /// The port; the scheme's own if there is none.
    pub port: Option<u16>,
    /// The path; that of the request if there is none.
    pub path: Option<&'static str>,
}

/// A redirect of this status that leaves scheme and path of the request as they are, to any host and the
/// scheme's own port, unless it says otherwise.
pub const fn redirect(status: u16) -> Redirect {
    Redirect { status, host: None, scheme: None, port: None, path: None }
}

impl Redirect {
    /// To this host.
    pub const fn host(self, host: &'static str) -> Self {
        Self { host: Some(host), ..self }
    }

    /// With this scheme.
    pub const fn scheme(self, scheme: &'static str) -> Self {
        Self { scheme: Some(scheme), ..self }
    }

    /// To this port.
    pub const fn port(self, port: u16) -> Self {
        Self { port: Some(port), ..self }
    }

    /// To this path.
    pub const fn path(self, path: &'static str) -> Self {
        Self { path: Some(path), ..self }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Echo(echo) => echo.fmt(f),
            Self::Status(status) => write!(f, "{status}"),
            Self::OneOf(statuses) => f.write_str(&either(statuses)),
            Self::Own(statuses) => write!(f, "{} from the Gateway itself", either(statuses)),
            Self::Failure => f.write_str("an answer other than 200"),
            Self::Refusal => f.write_str("no answer: the Gateway does not let the client in"),
            Self::WebSocket(messages) => {
                let messages: Vec<_> = messages.iter().map(Message::to_string).collect();
                write!(f, "101 and a WebSocket that returns {}", messages.join(", "))
            }
            Self::Redirect(redirect) => redirect.fmt(f),
        }
    }
}

fn either(statuses: &[u16]) -> String {
    let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
    statuses.join(" or ")
}

impl fmt::Display for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "200 from {}", self.backend)?;
        if let Some(host) = self.host {
            write!(f, ", which sees host {host}")?;
        }
        if let Some(path) = self.path {
            write!(f, ", which sees path {path}")?;
        }
        for (name, value) in self.headers.unwrap_or_default() {
            write!(f, ", which sees {name}={value}")?;
        }
        for name in self.without {
            write!(f, ", which does not see {name}")?;
        }
        if let Some(name) = self.named_in {
            write!(f, ", which sees its name in {name}")?;
        }
        if let Some(server_name) = self.server_name {
            write!(f, ", which is asked for {server_name} over TLS")?;
        }
        if let Some(secret) = self.certificate {
            write!(f, ", which is shown the certificate of {secret}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.status, self.host.unwrap_or("any host"))?;
        if let Some(scheme) = self.scheme {
            write!(f, ", scheme {scheme}")?;
        }
        if let Some(port) = self.port {
            write!(f, ", port {port}")?;
        }
        if let Some(path) = self.path {
            write!(f, ", path {path}")?;
        }
        Ok(())
    }
}

impl fmt::Display for AnswerHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.with {
            write!(f, ", with {name}={value}")?;
        }
        for (name, lists) in self.with_one_of {
            write!(f, ", with {name}={}", lists.join(" or "))?;
        }
        for name in self.without {
            write!(f, ", without {name}")?;
        }
        Ok(())
    }
}
