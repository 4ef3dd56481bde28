//! A call made ready: every attempt of a probe sends the same, but for what is left of its time.

use std::{fmt, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, Version,
    header::{CONTENT_TYPE, TE, USER_AGENT},
    uri::Scheme,
};
use model::exchange::call::Invocation;

use crate::wire::{error::ProbeError, target::Target};

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// What goes on the wire.
#[derive(Clone)]
pub(crate) struct Outgoing {
    uri: Uri,
    headers: HeaderMap,
}

impl Outgoing {
    /// Makes a call ready for a target.
    pub(crate) fn new(
        target: &Target,
        invocation: &Invocation<'_>,
        user_agent: &str,
    ) -> Result<Self, ProbeError> {
        let authority = invocation.host.map_or_else(|| target.authority(), str::to_owned);
        let uri = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(authority)
            .path_and_query(invocation.path())
            .build()
            .map_err(|error| ProbeError::Unsendable(format!("{invocation}: {error}")))?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(USER_AGENT, value(user_agent)?);
        for (name, text) in invocation.metadata {
            let name = name.parse::<HeaderName>().map_err(|_| {
                ProbeError::Unsendable(format!("\"{name}\" is not the name of metadata"))
            })?;
            headers.append(name, value(text)?);
        }
        Ok(Self { uri, headers })
    }

    /// With one more entry of metadata.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<HeaderValue>) -> Self {
        self.headers.insert(HeaderName::from_static(name), value.into());
        self
    }

    /// With a deadline, which it tells.
    pub(crate) fn within(mut self, limit: Duration) -> Self {
        // Eight digits are the most that gRPC allows.
        let left = limit.as_millis().clamp(1, 99_999_999);
        if let Ok(left) = HeaderValue::from_str(&format!("{left}m")) {
            self.headers.insert(GRPC_TIMEOUT, left);
        }
        self
    }

    /// Its head.
    pub(crate) fn request(&self) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.version_mut() = Version::HTTP_2;
        *request.headers_mut() = self.headers.clone();
        request
    }
}

impl fmt::Display for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        writeln!(f, "> POST {} HTTP/2.0\n> :authority: {authority}", self.uri.path())?;
        for (name, value) in &self.headers {
            writeln!(f, "> {name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        Ok(())
    }
}

fn value(text: &str) -> Result<HeaderValue, ProbeError> {
    HeaderValue::from_str(text)
        .map_err(|_| ProbeError::Unsendable(format!("{text:?} is not a value of metadata")))
}
