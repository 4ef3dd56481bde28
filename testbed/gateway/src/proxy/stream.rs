//! Streams that are handed on, whatever is in them: TCP, and TLS that ends at the backend or here.

use std::io;
use std::time::Duration;

use rustls::server::Acceptor;
use tokio::io::{AsyncReadExt, copy_bidirectional, join};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tracing::debug;

use super::backend_session::Session;
use super::socket::Stream;
use super::tls;
use super::upstream::CONNECT_TIMEOUT;
use crate::core::streams::{Handed, StreamTable};
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
    let Some(Handed { certificate, endpoints }) = table.hand_on(server_name.as_deref()) else {
        if table.faults.has(faults::STREAM_WITHOUT_BACKEND_KEPT_OPEN) {
            std::future::pending::<()>().await;
        }
        return Ok(());
    };
    let certificate = certificate.filter(|_| !table.faults.has(faults::TERMINATED_TLS_PASSED_ON));
    if table.faults.has(faults::CLIENT_HELLO_NOT_PASSED_ON) && certificate.is_none() {
        bytes.clear();
    }
    // What was read for its server name comes first, to whomever it goes.
    let (reader, writer) = client.split();
    let client = join(bytes.as_slice().chain(reader), writer);
    let Some(endpoint) = endpoints.next() else { return Ok(()) };
    let backend = timeout(CONNECT_TIMEOUT, TcpStream::connect(endpoint)).await??;
    backend.set_nodelay(true)?;
    let Some(certificate) = certificate else { return copy(client, backend).await };
    let client = tls::terminator(certificate).accept(client).await?;
    match &endpoints.tls {
        None => copy(client, backend).await,
        Some(tls) => {
            let certificate = table.client_certificate.as_ref();
            let server_name = tls.server_name.clone();
            let session = Session { tls, server_name, certificate };
            copy(client, session.over(backend, &[]).await?).await
        }
    }
}

async fn copy(mut client: impl Stream, mut backend: impl Stream) -> io::Result<()> {
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
