//! A request made ready: every attempt of a probe sends the same bytes, but for what must be fresh in each.

use std::{fmt, net::SocketAddr};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri, Version,
    header::{ACCEPT, CONNECTION, CONTENT_LENGTH, HOST, USER_AGENT},
    uri::{Authority, PathAndQuery},
};
use http_body_util::Empty;
use model::exchange::Request;
use rustls::pki_types::ServerName;
use url::{Position, Url};
use uuid::Uuid;

use crate::wire::{
    error::ProbeError,
    identity::Identity,
    target::{Scheme, Target},
};

/// The echo backends set the headers that this one lists. The Go suite sends it with every request.
const ECHO_SET_HEADER: HeaderName = HeaderName::from_static("x-echo-set-header");

/// What goes on the wire.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) path: PathAndQuery,
    pub(crate) headers: HeaderMap,
    /// The port of the Gateway that it goes to.
    pub(crate) port: u16,
    pub(crate) is_secure: bool,
    pub(crate) is_http2: bool,
    /// The name to ask for in the TLS handshake, and that the certificate must have. The first of some
    /// redirected requests gives it to all.
    pub(crate) server_name: Option<ServerName<'static>>,
    /// What is shown to a Gateway that asks who the client is.
    pub(crate) identity: Option<Identity>,
}

impl Outgoing {
    /// Makes a request ready for a target.
    pub(crate) fn new(
        target: &Target,
        request: &Request<'_>,
        user_agent: &str,
    ) -> Result<Self, ProbeError> {
        let host = request.host.map_or_else(|| target.authority(), str::to_owned);
        let mut headers = HeaderMap::new();
        headers.insert(HOST, value(&host)?);
        headers.insert(USER_AGENT, value(user_agent)?);
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        headers.insert(ECHO_SET_HEADER, HeaderValue::from_static(""));
        for (name, text) in request.headers {
            let name = name.parse::<HeaderName>().map_err(|_| {
                ProbeError::Unsendable(format!("\"{name}\" is not the name of a header"))
            })?;
            headers.insert(name, value(text)?);
        }
        let method = request.method.parse().map_err(|_| {
            ProbeError::Unsendable(format!("\"{}\" is not a method", request.method))
        })?;
        if matches!(method, Method::PATCH | Method::POST | Method::PUT) {
            // As Go's client does: some Gateways answer 411 where it is left out.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let identity = request.certificate.map(|secret| {
            let missing = || ProbeError::Unsendable(format!("no certificate of {secret} is known"));
            target.identities.get(secret).cloned().ok_or_else(missing)
        });
        Ok(Self {
            identity: identity.transpose()?,
            method,
            path: target_of(request, &Uuid::new_v4().to_string())?,
            headers,
            port: target.port,
            is_secure: matches!(target.scheme, Scheme::Https { .. }),
            is_http2: request.is_http2,
            server_name: match target.scheme {
                Scheme::Http => None,
                Scheme::Https { .. } => Some(server_name(request.server_name.unwrap_or(&host))?),
            },
        })
    }

    /// The same for another attempt at this request, with what is fresh in each.
    pub(crate) fn renewed(&self, request: &Request<'_>) -> Self {
        match request.fresh {
            None => self.clone(),
            Some(_) => self.with_fresh(request, &Uuid::new_v4().to_string()),
        }
    }

    /// The same with this in place of what is fresh in each attempt at this request.
    pub(crate) fn with_fresh(&self, request: &Request<'_>, fresh: &str) -> Self {
        let path = target_of(request, fresh).unwrap_or_else(|_| self.path.clone());
        Self { path, ..self.clone() }
    }

    /// With one more header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<HeaderValue>) -> Self {
        self.headers.insert(HeaderName::from_static(name), value.into());
        self
    }

    /// Path and query.
    pub(crate) fn path(&self) -> &str {
        self.path.as_str()
    }

    /// The URL that it stands for.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        let host = self.headers.get(HOST).map_or(&[][..], HeaderValue::as_bytes);
        format!("{scheme}://{}{}", String::from_utf8_lossy(host), self.path)
    }

    /// As a client of URLs sends it; none inside TLS or in HTTP/2, or where a URL would change the
    /// request line.
    pub(crate) fn by_url(&self, address: SocketAddr) -> Option<reqwest::Request> {
        let url = Url::parse(&format!("http://{address}{}", self.path)).ok()?;
        let is_plain = !self.is_secure && !self.is_http2;
        let survives = is_plain && url[Position::BeforePath..] == *self.path.as_str();
        survives.then(|| {
            let mut request = reqwest::Request::new(self.method.clone(), url);
            *request.headers_mut() = self.headers.clone();
            request
        })
    }

    /// As h2 sends it: the host is a part of the URL there, and a connection has no header.
    pub(crate) fn http2_request(&self) -> Result<http::Request<()>, ProbeError> {
        let mut request = self.with_uri(uri_of(&self.url())?, ());
        *request.version_mut() = Version::HTTP_2;
        request.headers_mut().remove(HOST);
        request.headers_mut().remove(CONNECTION);
        Ok(request)
    }

    /// As tungstenite sends it, which wants to know by the URL that it opens a WebSocket.
    pub(crate) fn websocket_request(&self) -> Result<http::Request<()>, ProbeError> {
        Ok(self.with_uri(uri_of(&self.url().replacen("http", "ws", 1))?, ()))
    }

    /// As hyper sends it.
    pub(crate) fn request(&self) -> http::Request<Empty<Bytes>> {
        self.with_uri(Uri::from(self.path.clone()), Empty::new())
    }

    fn with_uri<B>(&self, uri: Uri, body: B) -> http::Request<B> {
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        request
    }
}

impl fmt::Display for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = if self.is_http2 { Version::HTTP_2 } else { Version::HTTP_11 };
        writeln!(f, "> {} {} {version:?}", self.method, self.path)?;
        for (name, value) in &self.headers {
            let (name, value) = (title_case(name), String::from_utf8_lossy(value.as_bytes()));
            let line = format!("> {name}: {value}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// The name of a header as it goes out, see [`client`](crate::http::client).
fn title_case(name: &HeaderName) -> String {
    let mut begins = true;
    let title = |letter: char| {
        let upper = std::mem::replace(&mut begins, letter == '-');
        if upper { letter.to_ascii_uppercase() } else { letter }
    };
    name.as_str().chars().map(title).collect()
}

fn uri_of(url: &str) -> Result<Uri, ProbeError> {
    url.parse().map_err(|_| ProbeError::Unsendable(format!("{url} is no URL")))
}

/// Path and query of a request, with a UUID where it wants a fresh one.
fn target_of(request: &Request<'_>, fresh: &str) -> Result<PathAndQuery, ProbeError> {
    let target = request.target(fresh);
    target
        .parse()
        .map_err(|error| ProbeError::Unsendable(format!("\"{target}\" is not a path: {error}")))
}

pub(crate) fn value(text: &str) -> Result<HeaderValue, ProbeError> {
    HeaderValue::from_str(text)
        .map_err(|_| ProbeError::Unsendable(format!("{text:?} is not the value of a header")))
}

/// The server name of a `Host` header, which may have a port.
fn server_name(host: &str) -> Result<ServerName<'static>, ProbeError> {
    let refused = || ProbeError::Unsendable(format!("\"{host}\" is not a server name"));
    let authority: Authority = host.parse().map_err(|_| refused())?;
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(name.to_owned()).map_err(|_| refused())
}
