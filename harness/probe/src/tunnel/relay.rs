//! The near end of a relay: connections and datagrams as streams of one HTTP/2 connection to [`far_end`](super::far_end).

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::HeaderValue;
use http_body_util::Empty;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{sync::Mutex, task::JoinHandle};

use super::{
    Tunnel,
    opened::{DATAGRAMS, opened, request},
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
    sender: http2::SendRequest<Empty<Bytes>>,
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

    async fn sender(&self) -> Result<http2::SendRequest<Empty<Bytes>>, ProbeError> {
        let mut link = self.link.lock().await;
        if let Some(link) = link.as_ref().filter(|link| !link.sender.is_closed()) {
            return Ok(link.sender.clone());
        }
        let stream = (self.open)().await.map_err(ProbeError::Tunnel)?;
        let shaken =
            http2::Builder::new(TokioExecutor::new()).handshake(TokioIo::new(stream)).await;
        let (sender, connection) = shaken.map_err(|error| ProbeError::Tunnel(error.to_string()))?;
        let driver = tokio::spawn(async move {
            // That it ended is seen by who sends next.
            let _ = connection.await;
        });
        *link = Some(Link { sender: sender.clone(), driver });
        Ok(sender)
    }

    async fn ask(&self, host: &str, port: u16, datagrams: bool) -> Result<Stream, ProbeError> {
        let mut request = request(host, port)?;
        if datagrams {
            request.headers_mut().insert(DATAGRAMS, HeaderValue::from_static("1"));
        }
        // In HTTP/2 the authority says it.
        request.headers_mut().remove(http::header::HOST);
        let answer = self.sender().await?.send_request(request).await;
        opened(answer.map_err(|error| ProbeError::Tunnel(error.to_string()))?).await
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
