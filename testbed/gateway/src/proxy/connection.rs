//! Connections from clients: accepted, opened, and handed to the exchange request by request.

use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_rustls::server::TlsStream;
use tokio_util::io::InspectReader;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::exchange::{Exchange, answer, unavailable};
use super::line::Line;
use super::socket::{Stream, listen};
use super::stream;
use super::tls;
use super::unrest::OfPort;
use super::upstream::Upstream;
use crate::core::listener_state::Scheme;
use crate::core::routing::PortTable;
use crate::core::tables::Table;
use crate::faults;

/// How long to wait before the next connection when one could not be accepted.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(10);

/// Serves one port.
#[derive(Clone)]
pub struct Server {
    /// What each process of the data plane serves.
    replicas: Arc<[Arc<Line>]>,
    /// How many connections there were: each is for the next replica.
    turn: Arc<AtomicUsize>,
    unrest: OfPort,
    /// Until when nobody listens: the process is replaced.
    reloads: watch::Receiver<Instant>,
    upstream: Upstream,
    stop: CancellationToken,
}

impl Server {
    /// A server of what the replicas hold, until `stop` is cancelled.
    pub fn new(
        replicas: &[Arc<Line>],
        unrest: OfPort,
        reloads: watch::Receiver<Instant>,
        upstream: Upstream,
        stop: CancellationToken,
    ) -> Self {
        let replicas = replicas.iter().cloned().collect();
        Self { replicas, turn: Arc::default(), unrest, reloads, upstream, stop }
    }

    /// Accepts connections until it is stopped.
    pub async fn run(mut self, mut listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Ok(()) = self.reloads.changed() => {
                    let Some(again) = self.reload(listener).await else { return };
                    listener = again;
                    continue;
                }
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

    /// Closes the port, and opens it again when the next process is there; never if that is stopped
    /// before.
    async fn reload(&mut self, listener: TcpListener) -> Option<TcpListener> {
        let address = listener.local_addr().ok()?;
        drop(listener);
        let until = *self.reloads.borrow_and_update();
        tokio::select! {
            () = sleep_until(until) => {}
            () = self.stop.cancelled() => return None,
        }
        loop {
            match listen(address) {
                Ok(listener) => return Some(listener),
                Err(error) => {
                    debug!(%error, "failed to open a port again");
                    pause().await;
                }
            }
        }
    }

    async fn serve(self, stream: TcpStream) {
        let replicas = Arc::clone(&self.replicas);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let Some(line) = replicas.get(turn % replicas.len().max(1)) else { return };
        let resets = self.unrest.as_ref().is_some_and(|unrest| unrest.load().resets());
        let table = line.table().filter(|_| !resets);
        let Some(table) = table else {
            // Closed with nothing sent and nothing read, this is a reset.
            if let Err(error) = stream.set_zero_linger() {
                debug!(%error, "failed to reset a connection");
            }
            return;
        };
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "failed to set TCP_NODELAY");
        }
        let table = match table {
            Table::Http(table) => table,
            Table::Stream(table) => {
                tokio::select! {
                    () = stream::serve(&table, stream) => {}
                    () = self.stop.cancelled() => {}
                }
                return;
            }
        };
        match table.scheme {
            Scheme::Http => self.serve_http(line, Box::new(stream), None).await,
            Scheme::Https => match accept(&table, stream).await {
                Ok(stream) => {
                    let server_name = stream.get_ref().1.server_name().map(Arc::from);
                    self.serve_http(line, Box::new(stream), server_name).await;
                }
                Err(error) => debug!(%error, "TLS handshake failed"),
            },
        }
    }

    async fn serve_http(
        self,
        line: &Arc<Line>,
        stream: Box<dyn Stream>,
        server_name: Option<Arc<str>>,
    ) {
        let Self { unrest, upstream, stop, .. } = self;
        let line = Arc::clone(line);
        let Some(table) = line.requests() else { return };
        // The server keeps the spelling of names to itself, and one fault is about it.
        let raw = table.faults.has(faults::HEADER_NAME_CASE_COMPARED).then(Heard::default);
        let stream = InspectReader::new(stream, hear(raw.clone()));
        let service = service_fn(move |request| {
            let is_unavailable =
                unrest.as_ref().is_some_and(|unrest| unrest.load().is_unavailable());
            let exchange = Exchange {
                table: line.requests().unwrap_or_else(|| Arc::clone(&table)),
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

/// Begins a TLS session as the table wants it.
async fn accept(table: &Arc<PortTable>, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    tls::acceptor(table).map_err(io::Error::other)?.accept(stream).await
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
