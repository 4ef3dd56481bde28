//! Connections to backends.

use std::net::SocketAddr;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tracing::debug;

use super::backend_session::Session;
use super::body::Body;
use super::socket::Stream;
use crate::core::backends::Protocol;

/// How long a backend may take to accept a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends requests to endpoints; cheap to clone.
#[derive(Debug, Clone)]
pub struct Upstream {
    http1: Client<HttpConnector, Body>,
}

/// Why a backend gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// Over the pool of HTTP/1.1 connections.
    #[error(transparent)]
    Pool(#[from] hyper_util::client::legacy::Error),
    /// Over a connection of its own.
    #[error(transparent)]
    Http(#[from] hyper::Error),
    /// No connection, or no session.
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
    /// HTTP/2, where it is `:authority`; within a TLS session if one is to be begun.
    pub async fn send(
        &self,
        endpoint: SocketAddr,
        protocol: Protocol,
        session: Option<Session<'_>>,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let stream: Box<dyn Stream> = match session {
            None if protocol == Protocol::Http1 => return Ok(self.http1.request(request).await?),
            None => {
                let stream = TcpStream::connect(endpoint).await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Some(session) => Box::new(session.begin(endpoint, protocol).await?),
        };
        match protocol {
            Protocol::Http1 => over_http1(stream, request).await,
            Protocol::Http2 => over_http2(stream, request).await,
        }
    }
}

async fn over_http1(
    stream: Box<dyn Stream>,
    mut request: Request<Body>,
) -> Result<Response<Incoming>, UpstreamError> {
    let target = request.uri().path_and_query().cloned();
    *request.uri_mut() = Uri::from(target.unwrap_or_else(|| PathAndQuery::from_static("/")));
    let (mut sender, connection) =
        http1::Builder::new().preserve_header_case(true).handshake(TokioIo::new(stream)).await?;
    drive(connection.with_upgrades());
    Ok(sender.send_request(request).await?)
}

async fn over_http2(
    stream: Box<dyn Stream>,
    request: Request<Body>,
) -> Result<Response<Incoming>, UpstreamError> {
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    drive(connection);
    Ok(sender.send_request(request).await?)
}

fn drive(connection: impl Future<Output = hyper::Result<()>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            debug!(%error, "a connection to a backend ended early");
        }
    });
}
