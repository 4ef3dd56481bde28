//! Connections that a proxy opens at the request of a `CONNECT`.

use http::{HeaderName, Response, Uri};
use hyper::{body::Incoming, upgrade};
use hyper_util::rt::TokioIo;

use crate::wire::{error::ProbeError, stream::Stream, target::authority};

/// With this header a relay is asked for datagrams, each with its length before it, in place of a stream.
pub(crate) const DATAGRAMS: HeaderName = HeaderName::from_static("x-datagrams");
/// In this header a relay says why there is no connection.
pub(crate) const REASON: HeaderName = HeaderName::from_static("x-reason");

/// Where a connection is asked for.
///
/// # Errors
///
/// If the host is none that a request can name.
pub(crate) fn place(host: &str, port: u16) -> Result<Uri, ProbeError> {
    let place = Uri::builder().authority(authority(host, port)).build();
    place.map_err(|error| ProbeError::Unsendable(error.to_string()))
}

/// The connection that was opened.
///
/// # Errors
///
/// Why there is none: [`ProbeError::Tunnel`] if that is the proxy's own trouble.
pub(crate) async fn opened(answer: Response<Incoming>) -> Result<Stream, ProbeError> {
    let status = answer.status();
    if status.is_success() {
        let upgraded = upgrade::on(answer).await;
        let upgraded = upgraded.map_err(|error| ProbeError::Tunnel(error.to_string()))?;
        return Ok(Box::new(TokioIo::new(upgraded)));
    }
    if let Some(reason) = answer.headers().get(REASON) {
        return Err(ProbeError::Connection(
            String::from_utf8_lossy(reason.as_bytes()).into_owned(),
        ));
    }
    let told = format!("the proxy answers CONNECT with {status}");
    Err(match status.as_u16() {
        // It tried.
        502..=504 => ProbeError::Connection(told),
        _ => ProbeError::Tunnel(told),
    })
}
