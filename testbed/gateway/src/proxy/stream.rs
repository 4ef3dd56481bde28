//! Streams that are handed on as they are: TCP, and TLS that ends at the backend.

use std::io;
use std::time::Duration;

use rustls::server::Acceptor;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tracing::debug;

use super::upstream::CONNECT_TIMEOUT;
use crate::core::streams::StreamTable;
use crate::faults;

/// How long a client may take to say which server it wants.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// Hands a connection on until one of the two ends it; where there is no backend it is closed at once.
pub async fn serve(table: &StreamTable, client: TcpStream) {
    if let Err(error) = hand_on(table, client).await {
        debug!(%error, "a stream ended early");
    }
}

async fn hand_on(table: &StreamTable, mut client: TcpStream) -> io::Result<()> {
    let Hello { mut bytes, server_name } = if table.reads_server_name {
        timeout(HELLO_TIMEOUT, Hello::read(&mut client)).await??
    } else {
        Hello::default()
    };
    let Some(endpoint) = table.endpoint(server_name.as_deref()) else { return Ok(()) };
    let mut backend = timeout(CONNECT_TIMEOUT, TcpStream::connect(endpoint)).await??;
    backend.set_nodelay(true)?;
    if table.faults.has(faults::CLIENT_HELLO_NOT_PASSED_ON) {
        bytes.clear();
    }
    backend.write_all(&bytes).await?;
    copy_bidirectional(&mut client, &mut backend).await.map(drop)
}

/// What a client sent of a TLS handshake until it was known whom it wants.
#[derive(Default)]
struct Hello {
    bytes: Vec<u8>,
    server_name: Option<String>,
}

impl Hello {
    async fn read(client: &mut TcpStream) -> io::Result<Self> {
        let (mut acceptor, mut bytes) = (Acceptor::default(), Vec::new());
        loop {
            let before = bytes.len();
            if client.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let mut unread = &bytes[before..];
            while !unread.is_empty() {
                acceptor.read_tls(&mut unread)?;
            }
            let accepted =
                acceptor.accept().map_err(|(error, _)| io::Error::other(error.to_string()))?;
            if let Some(accepted) = accepted {
                let server_name = accepted.client_hello().server_name().map(str::to_owned);
                return Ok(Self { bytes, server_name });
            }
        }
    }
}
