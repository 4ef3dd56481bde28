//! Accepting connections, and dropping one with a reset.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::Error;

/// Binds `address`.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|source| Error::Bind { port: address.port(), source })
}

/// What serves a connection.
pub(super) type Serve = Box<dyn Fn(Stream, SocketAddr) -> BoxFuture<'static, ()> + Send + Sync>;

/// Serves each connection of `listener` in a task of its own. Dropping the future ends them all.
pub(super) async fn accept(listener: TcpListener, serve: Serve) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => {
                    // Without it an answer of two segments waits for the peer's delayed
                    // acknowledgement.
                    let _ = socket.set_nodelay(true);
                    connections.spawn(serve(Stream::new(socket), peer));
                }
                // Out of file descriptors, or the peer is gone already: the listener is still good.
                Err(error) => {
                    tracing::debug!(%error, "a backend could not accept a connection");
                    tokio::task::yield_now().await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection, in plain text or within TLS.
pub(super) type BoxStream = Box<dyn Io>;

/// Both directions of a connection.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// The first five bytes of the methods that a server of TLS knows by sight.
const REQUESTS: [&[u8; 5]; 5] = [b"GET /", b"HEAD ", b"POST ", b"PUT /", b"OPTIO"];

/// A TCP connection that can be told to end with a reset in place of an orderly close.
pub(super) struct Stream {
    socket: TcpStream,
    reset: Reset,
}

/// Asks for the reset of the connection it came from, to be done when the connection is dropped.
#[derive(Clone, Debug, Default)]
pub(super) struct Reset(Arc<AtomicBool>);

impl Reset {
    pub(super) fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Stream {
    fn new(socket: TcpStream) -> Self {
        Self { socket, reset: Reset::default() }
    }

    pub(super) fn reset(&self) -> Reset {
        self.reset.clone()
    }

    /// Whether it begins as a request in plain text does.
    pub(super) async fn begins_with_request(&self) -> io::Result<bool> {
        let mut begin = [0; 5];
        let length = self.socket.peek(&mut begin).await?;
        Ok(REQUESTS.iter().any(|request| begin[..length] == **request))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.reset.0.load(Ordering::Relaxed) {
            // Fails only for a socket that is closed already.
            let _ = self.socket.set_zero_linger();
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}
