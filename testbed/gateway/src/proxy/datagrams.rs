//! Datagrams: handed on by the address of their client, and the answers the way back.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::line::Line;
use crate::core::tables::Table;
use crate::faults;

/// How long nothing may come back before a session is forgotten.
const IDLE: Duration = Duration::from_secs(5);

/// The longest datagram that there is.
const LONGEST: usize = 65_535;

/// Hands on what comes to a socket, until `stop` is cancelled.
pub async fn serve(socket: UdpSocket, replicas: Arc<[Arc<Line>]>, stop: CancellationToken) {
    let port = Port { socket: Arc::new(socket), replicas, turn: AtomicUsize::new(0) };
    tokio::select! {
        () = port.serve() => {}
        () = stop.cancelled() => {}
    }
}

struct Port {
    socket: Arc<UdpSocket>,
    replicas: Arc<[Arc<Line>]>,
    /// How many sessions there were: each is for the next replica.
    turn: AtomicUsize,
}

impl Port {
    async fn serve(&self) {
        // By client. They end with this.
        let (mut sessions, mut answers) = (HashMap::new(), JoinSet::new());
        let mut buffer = vec![0; LONGEST];
        loop {
            tokio::select! {
                Some(ended) = answers.join_next() => {
                    if let Ok(client) = ended {
                        sessions.remove(&client);
                    }
                }
                received = self.socket.recv_from(&mut buffer) => {
                    // An error here is the ICMP answer to an earlier datagram, whose client is gone.
                    let Ok((length, client)) = received else { continue };
                    let known = sessions.get(&client).cloned();
                    let backend = match known {
                        Some(backend) => backend,
                        None => match self.open().await {
                            Ok(Some(Session { backend, back })) => {
                                answers.spawn(answer(client, Arc::clone(&backend), back));
                                sessions.insert(client, Arc::clone(&backend));
                                backend
                            }
                            Ok(None) => continue,
                            Err(error) => {
                                debug!(%error, "failed to open a session");
                                continue;
                            }
                        },
                    };
                    if let Err(error) = backend.send(&buffer[..length]).await {
                        debug!(%error, "failed to hand on a datagram");
                    }
                }
            }
        }
    }

    /// A session with the backend whose turn it is; none where there is no backend.
    async fn open(&self) -> io::Result<Option<Session>> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let replica = self.replicas.get(turn % self.replicas.len().max(1));
        let Some(Table::Stream(table)) = replica.and_then(|line| line.table()) else {
            return Ok(None);
        };
        let endpoint = table.hand_on(None).and_then(|handed| handed.endpoints.next());
        let Some(endpoint) = endpoint else { return Ok(None) };
        let backend = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        backend.connect(endpoint).await?;
        let back = if table.faults.has(faults::UDP_ANSWERS_FROM_ANOTHER_PORT) {
            let address = self.socket.local_addr()?.ip();
            Arc::new(UdpSocket::bind((address, 0)).await?)
        } else {
            Arc::clone(&self.socket)
        };
        Ok(Some(Session { backend: Arc::new(backend), back }))
    }
}

struct Session {
    /// Towards the backend.
    backend: Arc<UdpSocket>,
    /// From which its answers go to the client.
    back: Arc<UdpSocket>,
}

/// Hands the backend's answers to a client until none has come for a while; gives the client.
async fn answer(client: SocketAddr, backend: Arc<UdpSocket>, back: Arc<UdpSocket>) -> SocketAddr {
    let mut buffer = vec![0; LONGEST];
    while let Ok(Ok(length)) = timeout(IDLE, backend.recv(&mut buffer)).await {
        if let Err(error) = back.send_to(&buffer[..length], client).await {
            debug!(%error, "failed to hand back a datagram");
        }
    }
    client
}
