//! The service through which requests reach the server.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;

use crate::answer::{self, Body};
use crate::server::Server;
use crate::trouble::{self, Presence, Troubled};

/// The API as a [`tower::Service`]: what clients in the process and the socket have in common.
#[derive(Debug, Clone)]
pub struct Service(pub(crate) Arc<Server>);

impl Service {
    pub(crate) fn trouble(&self) -> Option<&Troubled> {
        self.0.trouble.get()
    }
}

impl<B> tower::Service<Request<B>> for Service
where
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    type Response = Response<Body>;
    /// There are none but those of a server that was told to make trouble.
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let server = Arc::clone(&self.0);
        Box::pin(async move {
            server.requests.fetch_add(1, Ordering::Relaxed);
            let presence = server.trouble.get().map_or(Presence::Serving, Troubled::presence);
            if presence == Presence::Away {
                return Err(trouble::refused());
            }
            let (parts, body) = request.into_parts();
            // A body that broke off is as good as one that cannot be read.
            let body =
                body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            Ok(match presence {
                Presence::Starting => answer::unavailable(),
                _ => answer::answer(&server, &parts, &body),
            })
        })
    }
}
