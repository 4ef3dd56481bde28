//! The TCP mode: a welcome, then lines of commands, in plain text and within TLS.

use std::sync::Arc;

use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    task::JoinSet,
};

use super::{
    Error, Identity,
    identity::socket,
    stream::{self, BoxStream},
    tls,
};
use crate::process::Process;

const WELCOME: &[u8] = b"Gateway API Test TCP Server\n";

struct Server {
    identity: Identity,
    tcp_port: String,
    tls_port: String,
}

/// The answer to `TEST`.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    identity: &'a Identity,
    tcpport: &'a str,
    tlsport: &'a str,
    #[serde(rename = "isTLS")]
    is_tls: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<&'a tls::Session>,
}

pub(super) async fn start(process: &Process, tasks: &mut JoinSet<()>) -> Result<(), Error> {
    let plain = socket(process, "TCP_PORT", 3000)?;
    let secure = socket(process, "TLS_PORT", 8443)?;
    let server = Arc::new(Server {
        identity: Identity::of(process),
        tcp_port: plain.port().to_string(),
        tls_port: secure.port().to_string(),
    });
    let acceptor = tls::acceptor(process, "TLS_SERVER_PRIV_KEY", &[])?;
    let mut ports = vec![(stream::listen(plain).await?, None)];
    if acceptor.is_some() {
        ports.push((stream::listen(secure).await?, acceptor));
    }
    for (listener, acceptor) in ports {
        let server = Arc::clone(&server);
        let serve: stream::Serve = Box::new(move |stream, _| {
            let (server, acceptor) = (Arc::clone(&server), acceptor.clone());
            Box::pin(async move {
                if let Ok((stream, session)) = tls::open(acceptor.as_ref(), stream).await {
                    converse(&server, session, stream).await;
                }
            })
        });
        tasks.spawn(stream::accept(listener, serve));
    }
    Ok(())
}

/// Answers until the peer closes or cannot be written to.
async fn converse(server: &Server, tls: Option<tls::Session>, stream: BoxStream) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let mut answer = WELCOME.to_vec();
    loop {
        if stream.write_all(&answer).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        line.clear();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
            return;
        }
        answer = server.answer(line.trim(), tls.as_ref());
    }
}

impl Server {
    /// One line, or nothing for what is no command.
    fn answer(&self, command: &str, tls: Option<&tls::Session>) -> Vec<u8> {
        let mut answer = match command {
            "PING" => b"PONG".to_vec(),
            "IS_TLS" => tls.is_some().to_string().into_bytes(),
            "TEST" => {
                let report = Report {
                    identity: &self.identity,
                    tcpport: &self.tcp_port,
                    tlsport: &self.tls_port,
                    is_tls: tls.is_some(),
                    tls,
                };
                serde_json::to_vec(&report).unwrap_or_default()
            }
            _ => return Vec::new(),
        };
        answer.push(b'\n');
        answer
    }
}
