//! HTTP on a connection, for the modes that speak it.
//!
//! Nothing here is generic: HTTP/1 and HTTP/2 are then compiled once, not again for each mode, in
//! plain text and within TLS.

use std::convert::Infallible;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};

use super::stream::BoxStream;

pub(super) type Body = BoxBody<Bytes, Infallible>;

pub(super) type Answer = BoxFuture<'static, Result<Response<Body>, Dropped>>;

/// The connection is to be dropped in place of an answer.
#[derive(Debug, thiserror::Error)]
#[error("the request asked for a reset connection")]
pub(super) struct Dropped;

/// Which versions a connection may speak.
#[derive(Clone, Copy)]
pub(super) enum Versions {
    Http1,
    Http2,
    Both,
}

/// Answers the requests of a connection until it ends.
pub(super) async fn serve(
    stream: BoxStream,
    versions: Versions,
    answer: Box<dyn Fn(Request<Incoming>) -> Answer + Send + Sync>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().title_case_headers(true);
    let builder = match versions {
        Versions::Http1 => builder.http1_only(),
        Versions::Http2 => builder.http2_only(),
        Versions::Both => builder,
    };
    builder.serve_connection_with_upgrades(TokioIo::new(stream), service_fn(answer)).await
}
