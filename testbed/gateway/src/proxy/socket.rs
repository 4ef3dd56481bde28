//! Sockets at the addresses of a Gateway, and connections.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, UdpSocket};

use crate::core::port::Transport;

/// A connection, in plain text or within TLS: HTTP is then compiled once for both.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A socket of either transport.
pub enum Socket {
    /// Takes connections.
    Streams(TcpListener),
    /// Takes datagrams.
    Datagrams(UdpSocket),
}

impl Socket {
    /// A socket at an address.
    pub fn bind(transport: Transport, address: SocketAddr) -> io::Result<Self> {
        match transport {
            Transport::Tcp => listen(address).map(Self::Streams),
            Transport::Udp => datagrams(address).map(Self::Datagrams),
        }
    }

    /// Where it is.
    pub fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Streams(listener) => listener.local_addr(),
            Self::Datagrams(socket) => socket.local_addr(),
        }
    }
}

/// A socket that takes connections.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    const BACKLOG: u32 = 1024;
    let socket = TcpSocket::new_v4()?;
    // A port that was closed a moment ago can be opened again.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn datagrams(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}
