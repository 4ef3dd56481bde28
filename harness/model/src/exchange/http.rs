//! Exchanges in HTTP.

mod answer;
mod message;

use std::{borrow::Cow, fmt, time::Duration};

pub use self::{
    answer::{Answer, AnswerHeaders, Choice, Echo, Header, Redirect, redirect},
    message::Message,
};
use super::backend::Backend;

/// A request and the answer that must come back.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// What is sent.
    pub request: Request<'static>,
    /// What must come back.
    pub answer: Answer,
    /// How its headers must be.
    pub headers: AnswerHeaders,
    /// Whether the answer shows by itself that a data plane knows of what is judged. If nothing is said, all do
    /// but errors.
    pub is_sign: Option<bool>,
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
    /// The Secret whose certificate is shown to the Gateway, which must ask for one over TLS.
    pub certificate: Option<&'a str>,
    /// The last parameter of the query: each attempt has a UUID of its own there.
    pub fresh: Option<&'a str>,
    /// How long its query asks a backend to take for it, and for what is tried again. Limits that are
    /// shorter than the Go suite's leave time for that.
    pub takes: Duration,
    /// Whether several at a time would wait for each other at the backend, and be late by that.
    pub in_turn: bool,
}

/// A GET request, to be completed with what it must give.
pub const fn get(path: &str) -> Request<'_> {
    request("GET", path)
}

/// A request with this method, to be completed with what it must give.
pub const fn request<'a>(method: &'a str, path: &'a str) -> Request<'a> {
    Request {
        method,
        path,
        host: None,
        server_name: None,
        headers: &[],
        is_http2: false,
        certificate: None,
        fresh: None,
        takes: Duration::ZERO,
        in_turn: false,
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

    /// With the certificate in this Secret of the infra namespace.
    pub const fn showing(self, secret: &'a str) -> Self {
        Self { certificate: Some(secret), ..self }
    }

    /// With these headers.
    pub const fn with(self, headers: &'a [(&'a str, &'a str)]) -> Self {
        Self { headers, ..self }
    }

    /// With a last parameter in its query that has a new UUID in each attempt.
    pub const fn with_fresh(self, parameter: &'a str) -> Self {
        Self { fresh: Some(parameter), ..self }
    }

    /// It asks a backend to take so long.
    pub const fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    /// One at a time, for the backend answers no two of them at once.
    pub const fn in_turn(self) -> Self {
        Self { in_turn: true, ..self }
    }

    /// Path and query, with this value where each attempt has its own.
    pub fn target(&self, fresh: &str) -> Cow<'a, str> {
        let Some(parameter) = self.fresh else { return Cow::Borrowed(self.path) };
        let mark = if self.path.contains('?') { '&' } else { '?' };
        Cow::Owned(format!("{}{mark}{parameter}={fresh}", self.path))
    }
}

impl Request<'static> {
    /// Must be answered 200 by this backend, which saw it as it was sent.
    pub const fn reaches(self, backend: Backend) -> Exchange {
        self.answered(Answer::Echo(Echo::of(backend)))
    }

    /// Must be answered with this status.
    pub const fn is(self, status: u16) -> Exchange {
        self.answered(Answer::Status(status))
    }

    /// Must be answered with one of these statuses.
    pub const fn is_one_of(self, statuses: &'static [u16]) -> Exchange {
        self.answered(Answer::OneOf(statuses))
    }

    /// Must be answered with one of these statuses by the Gateway itself.
    pub const fn is_own(self, statuses: &'static [u16]) -> Exchange {
        self.answered(Answer::Own(statuses))
    }

    /// Must be answered with any status but 200.
    pub const fn fails(self) -> Exchange {
        self.answered(Answer::Failure)
    }

    /// Must not be answered at all: the Gateway does not let the client in.
    pub const fn is_refused(self) -> Exchange {
        self.answered(Answer::Refusal)
    }

    /// Must open a WebSocket, on which each of these messages must come back in turn.
    pub const fn opens_websocket(self, returned: &'static [Message]) -> Exchange {
        self.answered(Answer::WebSocket(returned))
    }

    /// Must be answered with this redirect.
    pub const fn gives(self, redirect: Redirect) -> Exchange {
        self.answered(Answer::Redirect(redirect))
    }

    const fn answered(self, answer: Answer) -> Exchange {
        let headers = AnswerHeaders { with: &[], with_one_of: &[], without: &[] };
        Exchange { request: self, answer, headers, is_sign: None }
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
    /// 5xx, or none, or what it gave before.
    pub const fn wants_absence(&self) -> bool {
        match self.is_sign {
            Some(is_sign) => !is_sign,
            None => matches!(
                self.answer,
                Answer::Status(400..=599) | Answer::OneOf(_) | Answer::Failure | Answer::Refusal
            ),
        }
    }

    /// Its answer shows by itself that a data plane knows of what is judged, or does not.
    pub const fn as_sign(self, is_sign: bool) -> Self {
        Self { is_sign: Some(is_sign), ..self }
    }

    /// The Secrets with certificates that are shown, or must have been.
    pub fn certificates(&self) -> impl Iterator<Item = &'static str> + use<> {
        let seen = match self.answer {
            Answer::Echo(echo) => echo.certificate,
            _ => None,
        };
        self.request.certificate.into_iter().chain(seen)
    }

    /// Whether a redirect on the way to the answer is followed: unless it is the answer.
    pub const fn follows_redirects(&self) -> bool {
        !matches!(self.answer, Answer::Redirect(_) | Answer::Status(300..=399))
    }

    /// The backend must see this `Host` header, in place of the one that was sent.
    pub const fn as_host(self, host: &'static str) -> Self {
        seen!(self, host: Some(host))
    }

    /// The backend may see another host.
    pub const fn under_any_host(self) -> Self {
        seen!(self, any_host: true)
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

    /// The Gateway must reach the backend over TLS, and ask for this server.
    pub const fn over_tls_to(self, server_name: &'static str) -> Self {
        seen!(self, server_name: Some(server_name))
    }

    /// The Gateway must show the backend the certificate in this Secret of the infra namespace.
    pub const fn by_client(self, secret: &'static str) -> Self {
        seen!(self, certificate: Some(secret))
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
        write!(f, "{} {}", self.method, self.target("…"))?;
        if let Some(host) = self.host {
            write!(f, " (Host: {host})")?;
        }
        if let Some(server_name) = self.server_name {
            write!(f, " (server name: {server_name})")?;
        }
        if let Some(secret) = self.certificate {
            write!(f, " (with the certificate of {secret})")?;
        }
        for (name, value) in self.headers {
            write!(f, " {name}={value}")?;
        }
        f.write_str(if self.is_http2 { " in HTTP/2" } else { "" })
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
            get("/").opens_websocket(&[Message::Text("hi"), Message::Binary(&[1, 171])]),
        ];
        let told = told.map(|exchange| exchange.expectation()).join("\n");
        insta::assert_snapshot!(told, @r#"
        200 from web in infra, which sees host a.com, which sees path /b, which sees X-C=d
        200 from web in infra, which does not see X-E, which sees its name in X-F
        404
        302 to any host
        301 to a.com, scheme https, port 8443, path /b
        200 or 204 from the Gateway itself, with X-G=h
        200 from web in infra, with X-I=j, k or *
        200 from web in infra, without X-L
        101 and a WebSocket that returns text "hi", binary 01 ab
        "#);
    }

    #[test]
    fn what_is_fresh_comes_last_in_the_query() {
        let retry = get("/retry").with_fresh("uuid");
        assert_eq!(retry.target("1"), "/retry?uuid=1");
        assert_eq!(get("/retry?a=b").with_fresh("uuid").target("1"), "/retry?a=b&uuid=1");
        assert_eq!(get("/retry?a=b").target("1"), "/retry?a=b");
        assert_eq!(retry.to_string(), "GET /retry?uuid=…");
    }

    #[test]
    fn what_a_backend_must_see_is_nothing_that_another_answer_has() {
        let exchange = get("/").is(404).as_path("/other").named_in("X-Name");
        assert_eq!(exchange.expectation(), "404");
    }
}
