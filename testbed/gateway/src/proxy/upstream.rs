//! Connections to backends.

use std::net::SocketAddr;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tracing::debug;

use crate::core::backends::Protocol;

/// How long a backend may take to accept a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends requests to endpoints; cheap to clone.
#[derive(Debug, Clone)]
pub struct Upstream {
    http1: Client<HttpConnector, Incoming>,
}

/// Why a backend gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// Over the pool of HTTP/1.1 connections.
    #[error(transparent)]
    Http1(#[from] hyper_util::client::legacy::Error),
    /// Over an HTTP/2 connection.
    #[error(transparent)]
    Http2(#[from] hyper::Error),
    /// No connection.
    #[error(transparent)]
    Connect(#[from] std::io::Error),
}

impl Upstream {
    /// An upstream without connections.
    pub fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let http1 = Client::builder(TokioExecutor::new())
            .http1_preserve_header_case(true)
            // The Host header is the client's, or a filter's.
            .set_host(false)
            .build(connector);
        Self { http1 }
    }

    /// Sends a request, whose URI has the endpoint's address for HTTP/1.1 and the client's host for
    /// HTTP/2, where it is `:authority`.
    pub async fn send(
        &self,
        endpoint: SocketAddr,
        protocol: Protocol,
        request: Request<Incoming>,
    ) -> Result<Response<Incoming>, UpstreamError> {
        match protocol {
            Protocol::Http1 => Ok(self.http1.request(request).await?),
            Protocol::H2c => {
                let stream = TcpStream::connect(endpoint).await?;
                stream.set_nodelay(true)?;
                let (mut sender, connection) =
                    http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        debug!(%error, "a connection to a backend ended early");
                    }
                });
                Ok(sender.send_request(request).await?)
            }
        }
    }
}
