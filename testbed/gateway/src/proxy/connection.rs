//! Connections from clients: accepted, opened, and handed to the exchange request by request.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::io::InspectReader;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::exchange::{Exchange, answer, unavailable};
use super::tls;
use super::unrest::OfPort;
use super::upstream::Upstream;
use crate::core::listeners::Scheme;
use crate::core::routing::PortTable;
use crate::faults::Deviation;

/// How long to wait before the next connection when one could not be accepted.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(10);

/// Serves one port.
#[derive(Clone)]
pub struct Server {
    table: Arc<ArcSwap<PortTable>>,
    unrest: OfPort,
    upstream: Upstream,
    acceptor: TlsAcceptor,
    stop: CancellationToken,
}

impl Server {
    /// A server of what `table` holds, until `stop` is cancelled.
    pub fn new(
        table: Arc<ArcSwap<PortTable>>,
        unrest: OfPort,
        upstream: Upstream,
        stop: CancellationToken,
    ) -> Self {
        let acceptor = tls::acceptor(Arc::clone(&table));
        Self { table, unrest, upstream, acceptor, stop }
    }

    /// Accepts connections until it is stopped.
    pub async fn run(self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.stop.cancelled() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(self.clone().serve(stream));
                }
                // The client was gone before it was accepted, or there is no file descriptor left;
                // neither ends the listener.
                Err(error) => {
                    debug!(%error, "failed to accept a connection");
                    pause().await;
                }
            }
        }
    }

    async fn serve(self, stream: TcpStream) {
        if self.unrest.as_ref().is_some_and(|unrest| unrest.load().resets()) {
            // Closed with nothing sent and nothing read, this is a reset.
            if let Err(error) = stream.set_zero_linger() {
                debug!(%error, "failed to reset a connection");
            }
            return;
        }
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "failed to set TCP_NODELAY");
        }
        let scheme = self.table.load().scheme;
        match scheme {
            Scheme::Http => self.serve_http(stream, None).await,
            Scheme::Https => match self.acceptor.accept(stream).await {
                Ok(stream) => {
                    let server_name = stream.get_ref().1.server_name().map(Arc::from);
                    self.serve_http(stream, server_name).await;
                }
                Err(error) => debug!(%error, "TLS handshake failed"),
            },
        }
    }

    async fn serve_http<S>(self, stream: S, server_name: Option<Arc<str>>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { table, unrest, upstream, stop, .. } = self;
        // The server keeps the spelling of names to itself, and one fault is about it.
        let raw = table.load().faults.has(Deviation::HeaderNameCaseCompared).then(Heard::default);
        let stream = InspectReader::new(stream, hear(raw.clone()));
        let service = service_fn(move |request| {
            let is_unavailable =
                unrest.as_ref().is_some_and(|unrest| unrest.load().is_unavailable());
            let exchange = Exchange {
                table: table.load_full(),
                upstream: upstream.clone(),
                server_name: server_name.clone(),
                raw: raw.as_ref().map(heard).unwrap_or_default(),
            };
            async move {
                Ok::<_, Infallible>(if is_unavailable {
                    unavailable()
                } else {
                    answer(exchange, request).await
                })
            }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().preserve_header_case(true);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let served = tokio::select! {
            served = connection.as_mut() => served,
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = served {
            debug!(%error, "a connection ended early");
        }
    }
}

/// What a client sent since its last request.
type Heard = Arc<Mutex<Vec<u8>>>;

/// Notes what is read, where that is wanted.
fn hear(raw: Option<Heard>) -> impl FnMut(&[u8]) {
    move |bytes| {
        if let Some(raw) = &raw {
            raw.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        }
    }
}

/// What was noted since the last request: its body, and the head of this one.
fn heard(raw: &Heard) -> Vec<u8> {
    std::mem::take(&mut *raw.lock().unwrap_or_else(PoisonError::into_inner))
}

#[expect(clippy::disallowed_methods, reason = "nothing tells when a file descriptor is free again")]
async fn pause() {
    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
}
