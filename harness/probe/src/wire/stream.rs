//! What is spoken over: a socket of ours, or the end of a tunnel.

use std::io;

use bytes::Bytes;
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::UdpSocket,
    sync::Mutex,
};
use tokio_util::codec::{Framed, LengthDelimitedCodec};

/// A connection in both directions.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// A connection, whatever carries it.
pub type Stream = Box<dyn Duplex>;

type Frames = Framed<Stream, LengthDelimitedCodec>;

/// Datagrams to and from one peer.
pub enum Datagrams {
    /// Of a socket that is connected to it.
    Socket(UdpSocket),
    /// Over a connection, each with its length before it.
    Framed {
        /// Those to the peer.
        out: Mutex<SplitSink<Frames, Bytes>>,
        /// Those from it.
        back: Mutex<SplitStream<Frames>>,
    },
}

impl Datagrams {
    /// Over a connection.
    pub(crate) fn framed(stream: Stream) -> Self {
        let (out, back) = frames(stream).split();
        Self::Framed { out: Mutex::new(out), back: Mutex::new(back) }
    }

    /// Sends one.
    ///
    /// # Errors
    ///
    /// As the socket, or the connection, says it.
    pub(crate) async fn send(&self, datagram: &[u8]) -> io::Result<()> {
        match self {
            Self::Socket(socket) => socket.send(datagram).await.map(|_| ()),
            Self::Framed { out, .. } => {
                out.lock().await.send(Bytes::copy_from_slice(datagram)).await
            }
        }
    }

    /// Waits for one, of this length at most. Nothing is lost if it is waited for no longer.
    ///
    /// # Errors
    ///
    /// As the socket, or the connection, says it.
    pub(crate) async fn receive(&self, longest: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::Socket(socket) => {
                let mut buffer = vec![0; longest];
                let length = socket.recv(&mut buffer).await?;
                buffer.truncate(length);
                Ok(buffer)
            }
            Self::Framed { back, .. } => match back.lock().await.next().await {
                Some(datagram) => datagram.map(|bytes| bytes.to_vec()),
                None => Err(io::ErrorKind::ConnectionReset.into()),
            },
        }
    }
}

/// How datagrams are told apart on a connection: two bytes with the length, and the datagram.
pub(crate) fn frames<S: AsyncRead + AsyncWrite>(stream: S) -> Framed<S, LengthDelimitedCodec> {
    LengthDelimitedCodec::builder().length_field_type::<u16>().new_framed(stream)
}
