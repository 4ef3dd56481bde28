//! One exchange in HTTP/2 on a connection of its own.
//!
//! Nothing is spawned: the connection is driven here, so that dropping the future of a probe leaves
//! nothing behind.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use futures::future::{Either, select};
use h2::client::SendRequest;
use http::{HeaderMap, Request, response::Parts};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::wire::error::{LONGEST_BODY, ProbeError};

/// An answer, read to its end.
pub(crate) struct Received {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
    /// What came after the body, if anything did.
    pub(crate) trailers: Option<HeaderMap>,
}

/// Sends a request, with a body if there is one, and reads the answer, however long that takes.
pub(crate) async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<()>,
    body: Option<Bytes>,
) -> Result<Received, ProbeError> {
    let (client, connection) =
        h2::client::handshake(stream).await.map_err(|error| broken(&error))?;
    match select(pin!(ask(client, request, body)), pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        // All that came before the end is known to the answer, its error too.
        Either::Right((_, answer)) => answer.await,
    }
}

async fn ask(
    client: SendRequest<Bytes>,
    request: Request<()>,
    body: Option<Bytes>,
) -> Result<Received, ProbeError> {
    let mut client = client.ready().await.map_err(|error| broken(&error))?;
    let (answer, mut sending) =
        client.send_request(request, body.is_none()).map_err(|error| broken(&error))?;
    if let Some(body) = body {
        sending.send_data(body, true).map_err(|error| broken(&error))?;
    }
    let (head, mut receiving) = answer.await.map_err(|error| broken(&error))?.into_parts();
    let mut body = BytesMut::new();
    while let Some(chunk) = receiving.data().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        receiving.flow_control().release_capacity(chunk.len()).map_err(|error| broken(&error))?;
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_BODY {
            return Err(ProbeError::too_long());
        }
    }
    let trailers = receiving.trailers().await.map_err(|error| broken(&error))?;
    Ok(Received { head, body: body.freeze(), trailers })
}

/// What a broken connection or stream is.
fn broken(error: &h2::Error) -> ProbeError {
    let by = if error.is_remote() { "the Gateway" } else { "the connection" };
    match (error.get_io(), error.reason()) {
        (Some(error), _) => ProbeError::io(error),
        (None, Some(reason)) => {
            ProbeError::Connection(format!("{by} ended the exchange: {}", reason.description()))
        }
        (None, None) => ProbeError::Connection(error.to_string()),
    }
}
