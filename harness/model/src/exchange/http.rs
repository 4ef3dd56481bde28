//! Exchanges in HTTP.

use std::fmt;

use super::backend::Backend;

/// Name and value of a header.
pub type Header = (&'static str, &'static str);

/// Name of a header, and lists of which its values must be one.
pub type Choice = (&'static str, &'static [&'static str]);

/// A request and the answer that must come back.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// What is sent.
    pub request: Request<'static>,
    /// What must come back.
    pub answer: Answer,
    /// How its headers must be.
    pub headers: AnswerHeaders,
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
    /// One of these statuses, from the Gateway itself: no backend saw the request.
    Own(&'static [u16]),
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
    /// The path and query that must have reached it in place of those that were sent.
    pub path: Option<&'static str>,
    /// Headers that must have reached it in place of those that were sent.
    pub headers: Option<&'static [Header]>,
    /// Headers that must not have reached it.
    pub without: &'static [&'static str],
    /// A header in which it must have been told its own name.
    pub named_in: Option<&'static str>,
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

/// A GET request, to be completed with what it must give.
pub const fn get(path: &str) -> Request<'_> {
    request("GET", path)
}

/// A request with this method, to be completed with what it must give.
pub const fn request<'a>(method: &'a str, path: &'a str) -> Request<'a> {
    let (host, server_name) = (None, None);
    Request { method, path, host, server_name, headers: &[], is_http2: false }
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
        self.answered(Answer::Echo(Echo {
            backend,
            host: None,
            path: None,
            headers: None,
            without: &[],
            named_in: None,
        }))
    }

    /// Must be answered with this status.
    pub const fn is(self, status: u16) -> Exchange {
        self.answered(Answer::Status(status))
    }

    /// Must be answered with one of these statuses by the Gateway itself.
    pub const fn is_own(self, statuses: &'static [u16]) -> Exchange {
        self.answered(Answer::Own(statuses))
    }

    /// Must be answered with this redirect.
    pub const fn gives(self, redirect: Redirect) -> Exchange {
        self.answered(Answer::Redirect(redirect))
    }

    const fn answered(self, answer: Answer) -> Exchange {
        let headers = AnswerHeaders { with: &[], with_one_of: &[], without: &[] };
        Exchange { request: self, answer, headers }
    }
}

/// An exchange with a field of what the backend must have seen; of any other answer it changes nothing.
macro_rules! seen {
    ($exchange:expr, $field:ident: $value:expr) => {
        match $exchange.answer {
            Answer::Echo(echo) => {
                Exchange { answer: Answer::Echo(Echo { $field: $value, ..echo }), ..$exchange }
            }
            _ => $exchange,
        }
    };
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

    /// The backend must see this `Host` header, in place of the one that was sent.
    pub const fn as_host(self, host: &'static str) -> Self {
        seen!(self, host: Some(host))
    }

    /// The backend must see this path and query, in place of those that were sent.
    pub const fn as_path(self, path: &'static str) -> Self {
        seen!(self, path: Some(path))
    }

    /// These headers must reach the backend, in place of those that were sent.
    pub const fn as_headers(self, headers: &'static [Header]) -> Self {
        seen!(self, headers: Some(headers))
    }

    /// None of these headers may reach the backend.
    pub const fn without(self, without: &'static [&'static str]) -> Self {
        seen!(self, without: without)
    }

    /// Whichever backend answers must see its own name in this header.
    pub const fn named_in(self, header: &'static str) -> Self {
        seen!(self, named_in: Some(header))
    }

    /// The answer must have these headers, with exactly these values.
    pub const fn answers_with(self, with: &'static [Header]) -> Self {
        Self { headers: AnswerHeaders { with, ..self.headers }, ..self }
    }

    /// The answer must have these headers. Their values must be those of one of the lists, in any order,
    /// with or without spaces after the commas.
    pub const fn answers_with_one_of(self, with_one_of: &'static [Choice]) -> Self {
        Self { headers: AnswerHeaders { with_one_of, ..self.headers }, ..self }
    }

    /// The answer must have none of these headers.
    pub const fn answers_without(self, without: &'static [&'static str]) -> Self {
        Self { headers: AnswerHeaders { without, ..self.headers }, ..self }
    }

    /// What must come back, in words.
    pub fn expectation(&self) -> String {
        format!("{}{}", self.answer, self.headers)
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
                if let Some(host) = echo.host {
                    write!(f, ", which sees host {host}")?;
                }
                if let Some(path) = echo.path {
                    write!(f, ", which sees path {path}")?;
                }
                for (name, value) in echo.headers.unwrap_or_default() {
                    write!(f, ", which sees {name}={value}")?;
                }
                for name in echo.without {
                    write!(f, ", which does not see {name}")?;
                }
                match echo.named_in {
                    Some(name) => write!(f, ", which sees its name in {name}"),
                    None => Ok(()),
                }
            }
            Self::Status(status) => write!(f, "{status}"),
            Self::Own(statuses) => {
                let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
                write!(f, "{} from the Gateway itself", statuses.join(" or "))
            }
            Self::Redirect(Redirect { status, host, scheme, port, path }) => {
                write!(f, "{status} to {}", host.unwrap_or("any host"))?;
                let (scheme, path) = (scheme.map(str::to_owned), path.map(str::to_owned));
                let port = port.map(|port| port.to_string());
                for (part, value) in [("scheme", scheme), ("port", port), ("path", path)] {
                    if let Some(value) = value {
                        write!(f, ", {part} {value}")?;
                    }
                }
                Ok(())
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_come_back_is_said_in_words() {
        let backend = Backend { name: "web", namespace: "infra" };
        let told = [
            get("/").reaches(backend).as_host("a.com").as_path("/b").as_headers(&[("X-C", "d")]),
            get("/").reaches(backend).without(&["X-E"]).named_in("X-F"),
            get("/").is(404),
            get("/").gives(redirect(302)),
            get("/").gives(redirect(301).host("a.com").scheme("https").port(8443).path("/b")),
            request("OPTIONS", "/").is_own(&[200, 204]).answers_with(&[("X-G", "h")]),
            get("/").reaches(backend).answers_with_one_of(&[("X-I", &["j, k", "*"])]),
            get("/").reaches(backend).answers_without(&["X-L"]),
        ];
        let told = told.map(|exchange| exchange.expectation()).join("\n");
        insta::assert_snapshot!(told, @"
        200 from web in infra, which sees host a.com, which sees path /b, which sees X-C=d
        200 from web in infra, which does not see X-E, which sees its name in X-F
        404
        302 to any host
        301 to a.com, scheme https, port 8443, path /b
        200 or 204 from the Gateway itself, with X-G=h
        200 from web in infra, with X-I=j, k or *
        200 from web in infra, without X-L
        ");
    }

    #[test]
    fn what_a_backend_must_see_is_nothing_that_another_answer_has() {
        let exchange = get("/").is(404).as_path("/other").named_in("X-Name");
        assert_eq!(exchange.expectation(), "404");
    }
}
