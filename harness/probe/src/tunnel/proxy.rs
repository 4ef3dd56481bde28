//! A way through an HTTP proxy, by `CONNECT`.

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, header::HOST};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{
    Tunnel,
    opened::{opened, place},
};
use crate::wire::{error::ProbeError, stream::Stream, target::authority};

/// A way through an HTTP proxy. It carries no datagrams.
pub struct Proxy(String);

impl Proxy {
    /// Through the proxy at `HOST:PORT`.
    pub fn at(place: impl Into<String>) -> Self {
        Self(place.into())
    }

    async fn ask(&self, host: &str, port: u16) -> Result<Stream, ProbeError> {
        let broken = |why: String| ProbeError::Tunnel(format!("the proxy {}: {why}", self.0));
        let stream =
            TcpStream::connect(&self.0).await.map_err(|error| broken(error.to_string()))?;
        let shaken = http1::handshake::<_, Empty<Bytes>>(TokioIo::new(stream)).await;
        let (mut sender, connection) = shaken.map_err(|error| broken(error.to_string()))?;
        tokio::spawn(async move {
            // It ends with the stream that it became.
            let _ = connection.with_upgrades().await;
        });
        let to = place(host, port)?;
        let asked = Request::connect(to).header(HOST, authority(host, port)).body(Empty::new());
        let asked = asked.map_err(|error| ProbeError::Unsendable(error.to_string()))?;
        let answer = sender.send_request(asked).await;
        opened(answer.map_err(|error| broken(error.to_string()))?).await
    }
}

impl Tunnel for Proxy {
    fn connect<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Stream, ProbeError>> {
        Box::pin(self.ask(host, port))
    }
}
