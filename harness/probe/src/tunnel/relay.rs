//! The near end of a relay: connections and datagrams as streams of one HTTP/2 connection to [`far_end`](super::far_end).
//!
//! What is sent goes out before the far end has said whether it could connect: that saves a round trip for each request. If it could
//! not, the first thing that is read is the reason.

use std::{io, sync::Arc};

use bytes::Bytes;
use futures::{future::BoxFuture, sink, stream};
use h2::{
    RecvStream, SendStream,
    client::{ResponseFuture, SendRequest, handshake},
};
use http::{HeaderValue, Request};
use tokio::{io::join, sync::Mutex, task::JoinHandle};
use tokio_util::io::{CopyToBytes, SinkWriter, StreamReader};

use super::{
    Tunnel,
    opened::{DATAGRAMS, REASON, place},
};
use crate::wire::{
    error::ProbeError,
    stream::{Datagrams, Stream},
};

/// Opens a connection to the far end, or says why it cannot be reached.
pub type Open = Arc<dyn Fn() -> BoxFuture<'static, Result<Stream, String>> + Send + Sync>;

/// A way through one program of ours.
pub struct Relay {
    open: Open,
    link: Mutex<Option<Link>>,
}

/// The connection, which is driven beside those who use it.
struct Link {
    sender: SendRequest<Bytes>,
    driver: JoinHandle<()>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Relay {
    /// Through the far end that `open` connects to, when it is first needed and whenever the connection broke.
    pub fn new(open: Open) -> Self {
        Self { open, link: Mutex::default() }
    }

    async fn sender(&self) -> Result<SendRequest<Bytes>, ProbeError> {
        let mut link = self.link.lock().await;
        if let Some(link) = link.as_ref().filter(|link| !link.driver.is_finished()) {
            return Ok(link.sender.clone());
        }
        let stream = (self.open)().await.map_err(ProbeError::Tunnel)?;
        let (sender, connection) = handshake(stream).await.map_err(|error| broken(&error))?;
        let driver = tokio::spawn(async move {
            // That it ended is seen by who sends next.
            let _ = connection.await;
        });
        *link = Some(Link { sender: sender.clone(), driver });
        Ok(sender)
    }

    async fn ask(&self, host: &str, port: u16, datagrams: bool) -> Result<Stream, ProbeError> {
        let mut request = Request::connect(place(host, port)?)
            .body(())
            .map_err(|error| ProbeError::Unsendable(error.to_string()))?;
        if datagrams {
            request.headers_mut().insert(DATAGRAMS, HeaderValue::from_static("1"));
        }
        let mut sender = self.sender().await?.ready().await.map_err(|error| broken(&error))?;
        let (answer, out) = sender.send_request(request, false).map_err(|error| broken(&error))?;
        Ok(Box::new(join(reader(answer), writer(out))))
    }
}

fn broken(error: &h2::Error) -> ProbeError {
    ProbeError::Tunnel(error.to_string())
}

/// What comes from the far end, once it has connected.
fn reader(answer: ResponseFuture) -> impl tokio::io::AsyncRead + Send + Unpin {
    enum From {
        Answer(ResponseFuture),
        Stream(RecvStream),
    }
    let pieces = stream::try_unfold(From::Answer(answer), |from| async move {
        let mut stream = match from {
            From::Stream(stream) => stream,
            From::Answer(answer) => {
                let answer = answer.await.map_err(io::Error::other)?;
                if !answer.status().is_success() {
                    let reason = answer.headers().get(REASON).map(HeaderValue::as_bytes);
                    let reason = String::from_utf8_lossy(reason.unwrap_or(b"refused")).into_owned();
                    return Err(io::Error::other(reason));
                }
                answer.into_body()
            }
        };
        let Some(piece) = stream.data().await else { return Ok(None) };
        // A stream that the far end gives up was broken off by the Gateway.
        let Ok(piece) = piece else { return Err(io::ErrorKind::ConnectionReset.into()) };
        // It is taken at once: what a Gateway sends is little.
        let _ = stream.flow_control().release_capacity(piece.len());
        Ok::<_, io::Error>(Some((piece, From::Stream(stream))))
    });
    StreamReader::new(Box::pin(pieces))
}

/// What goes to the far end.
fn writer(out: SendStream<Bytes>) -> impl tokio::io::AsyncWrite + Send + Unpin {
    let sink = sink::unfold(Out(out), |mut out: Out, mut bytes: Bytes| async move {
        while !bytes.is_empty() {
            out.0.reserve_capacity(bytes.len());
            let room = std::future::poll_fn(|context| out.0.poll_capacity(context)).await;
            let room = room.ok_or(io::ErrorKind::ConnectionReset)?.map_err(io::Error::other)?;
            let piece = bytes.split_to(room.min(bytes.len()));
            out.0.send_data(piece, false).map_err(io::Error::other)?;
        }
        Ok::<_, io::Error>(out)
    });
    SinkWriter::new(CopyToBytes::new(Box::pin(sink)))
}

/// Ends what goes out when it is dropped.
struct Out(SendStream<Bytes>);

impl Drop for Out {
    fn drop(&mut self) {
        // The other end may have gone before.
        let _ = self.0.send_data(Bytes::new(), true);
    }
}

impl Tunnel for Relay {
    fn connect<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Stream, ProbeError>> {
        Box::pin(self.ask(host, port, false))
    }

    fn datagrams<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Datagrams, ProbeError>> {
        Box::pin(async move { self.ask(host, port, true).await.map(Datagrams::framed) })
    }
}
