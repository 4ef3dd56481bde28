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
    match select(pin!(ask(client, request, body)), connection).await {
        Either::Left((answer, _)) => answer,
        // All that came before the end is known to the answer, its error too: where writing failed, only since
        // the connection was dropped.
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

#[cfg(test)]
mod tests {
    use std::{
        io::{Error, ErrorKind, Result},
        pin::Pin,
        task::{Context, Poll},
        time::Duration,
    };

    use tokio::{io::ReadBuf, time::timeout};

    use super::*;

    /// Takes so many writes before it is reset, and tells that to who writes alone.
    struct Reset(usize);

    impl AsyncRead for Reset {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Reset {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<Result<usize>> {
            let Some(left) = self.0.checked_sub(1) else {
                return Poll::Ready(Err(Error::from(ErrorKind::ConnectionReset)));
            };
            self.0 = left;
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_reset_ends_the_exchange_whenever_that_is() {
        for writes in 0..2 {
            let request = Request::get("http://a/").body(()).unwrap();
            let answer = exchange(Reset(writes), request, None);
            let answer = timeout(Duration::from_secs(60), answer).await;
            assert!(answer.is_ok_and(|it| it.is_err()), "after {writes} writes");
        }
    }
}
