//! Exchanges in HTTP.

use std::fmt;

use super::backend::Backend;

/// Name and value of a header.
pub type Header = (&'static str, &'static str);

/// A request and the answer that must come back.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// What is sent.
    pub request: Request<'static>,
    /// What must come back.
    pub answer: Answer,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// The `Host` header; the Gateway's own address if there is none.
    pub host: Option<&'a str>,
    /// The server name over TLS; that of the host if there is none.
    pub server_name: Option<&'a str>,
    /// Headers with one value each.
    pub headers: &'a [(&'a str, &'a str)],
    /// Whether it is sent in HTTP/2, and not in HTTP/1.1.
    pub is_http2: bool,
}

/// What must come back.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// 200 from an echo backend that saw the request.
    Echo(Echo),
    /// This status; nothing else is looked at.
    Status(u16),
    /// A redirect, which is not followed.
    Redirect(Redirect),
}

/// What an echo backend must have seen. What is not said must be as it was sent.
#[derive(Clone, Copy, Debug)]
pub struct Echo {
    /// Who must have answered.
    pub backend: Backend,
    /// Headers that must have reached it in place of those that were sent.
    pub headers: Option<&'static [Header]>,
    /// Headers that must not have reached it.
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

/// A GET request, to be completed with what it must give.
pub const fn get(path: &str) -> Request<'_> {
    let (host, server_name) = (None, None);
    Request { method: "GET", path, host, server_name, headers: &[], is_http2: false }
}

impl<'a> Request<'a> {
    /// With this `Host` header, and this server name over TLS.
    pub const fn host(self, host: &'a str) -> Self {
        Self { host: Some(host), ..self }
    }

    /// On a connection with this server name, whatever the host.
    pub const fn over(self, server_name: &'a str) -> Self {
        Self { server_name: Some(server_name), ..self }
    }

    /// In HTTP/2, to which the Gateway must agree in the TLS handshake; without TLS from the first byte.
    pub const fn in_http2(self) -> Self {
        Self { is_http2: true, ..self }
    }

    /// With these headers.
    pub const fn with(self, headers: &'a [(&'a str, &'a str)]) -> Self {
        Self { headers, ..self }
    }
}

impl Request<'static> {
    /// Must be answered 200 by this backend, which saw it as it was sent.
    pub const fn reaches(self, backend: Backend) -> Exchange {
        Exchange {
            request: self,
            answer: Answer::Echo(Echo { backend, headers: None, without: &[] }),
        }
    }

    /// Must be answered with this status.
    pub const fn is(self, status: u16) -> Exchange {
        Exchange { request: self, answer: Answer::Status(status) }
    }

    /// Must be answered with a redirect of this status to this host.
    pub const fn redirects(self, status: u16, host: &'static str) -> Exchange {
        let redirect = Redirect { status, host: Some(host), scheme: None, port: None, path: None };
        Exchange { request: self, answer: Answer::Redirect(redirect) }
    }
}

impl Exchange {
    /// Whether a data plane that is not programmed yet, or no more, may give the answer too: a 4xx or a
    /// 5xx.
    pub const fn wants_absence(&self) -> bool {
        matches!(self.answer, Answer::Status(400..=599))
    }

    /// Whether a redirect on the way to the answer is followed: unless it is the answer.
    pub const fn follows_redirects(&self) -> bool {
        !matches!(self.answer, Answer::Redirect(_) | Answer::Status(300..=399))
    }

    /// These headers must reach the backend, in place of those that were sent.
    pub const fn as_headers(self, headers: &'static [Header]) -> Self {
        match self.answer {
            Answer::Echo(echo) => {
                Self { answer: Answer::Echo(Echo { headers: Some(headers), ..echo }), ..self }
            }
            _ => self,
        }
    }

    /// None of these headers may reach the backend.
    pub const fn without(self, without: &'static [&'static str]) -> Self {
        match self.answer {
            Answer::Echo(echo) => Self { answer: Answer::Echo(Echo { without, ..echo }), ..self },
            _ => self,
        }
    }
}

impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(host) = self.host {
            write!(f, " (Host: {host})")?;
        }
        if let Some(server_name) = self.server_name {
            write!(f, " (server name: {server_name})")?;
        }
        for (name, value) in self.headers {
            write!(f, " {name}={value}")?;
        }
        f.write_str(if self.is_http2 { " in HTTP/2" } else { "" })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Echo(echo) => {
                write!(f, "200 from {}", echo.backend)?;
                for (name, value) in echo.headers.unwrap_or_default() {
                    write!(f, ", which sees {name}={value}")?;
                }
                for name in echo.without {
                    write!(f, ", which does not see {name}")?;
                }
                Ok(())
            }
            Self::Status(status) => write!(f, "{status}"),
            Self::Redirect(redirect) => {
                write!(f, "{} to {}", redirect.status, redirect.host.unwrap_or("any host"))?;
                redirect.path.map_or(Ok(()), |path| write!(f, " with path {path}"))
            }
        }
    }
}
