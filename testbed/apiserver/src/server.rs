//! The server's state, and the service through which requests reach it.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;

use crate::answer::{self, Body};
use crate::registry::Registry;
use crate::trouble::{self, Presence, Troubled};

/// Where the text of `pods/log` comes from.
pub trait PodLogs: Send + Sync {
    /// What a container has written, or nothing if the Pod is not known. Without a container's
    /// name, that of the Pod's only or first one.
    fn read(&self, namespace: &str, pod: &str, container: Option<&str>) -> Option<String>;
}

/// Everything that requests work on.
pub struct Server {
    pub registry: Registry,
    pub logs: RwLock<Option<Arc<dyn PodLogs>>>,
    pub requests: AtomicU64,
    pub trouble: OnceLock<Troubled>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("requests", &self.requests).finish_non_exhaustive()
    }
}

impl Server {
    pub fn read_logs(&self, namespace: &str, pod: &str, container: Option<&str>) -> Option<String> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner).clone();
        logs?.read(namespace, pod, container)
    }
}

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
