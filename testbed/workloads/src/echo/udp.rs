//! The UDP mode: a JSON datagram for each datagram.

use serde::Serialize;
use tokio::{net::UdpSocket, task::JoinSet};

use super::{Error, Identity, identity::socket};
use crate::process::Process;

/// Longest datagram that is read, in bytes; the rest of a longer one is cut off.
const DATAGRAM: usize = 1024;

#[derive(Serialize)]
struct Echo<'a> {
    request: &'a str,
    #[serde(flatten)]
    identity: &'a Identity,
}

pub(super) async fn start(process: &Process, tasks: &mut JoinSet<()>) -> Result<(), Error> {
    let address = socket(process, "UDP_PORT", 8080)?;
    let udp = UdpSocket::bind(address)
        .await
        .map_err(|source| Error::Bind { port: address.port(), source })?;
    let identity = Identity::of(process);
    tasks.spawn(serve(udp, identity));
    Ok(())
}

async fn serve(socket: UdpSocket, identity: Identity) {
    let mut buffer = [0; DATAGRAM];
    loop {
        // An error here is the ICMP answer to an earlier datagram, whose sender is gone.
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let request = String::from_utf8_lossy(&buffer[..length]);
        let echo = Echo { request: &request, identity: &identity };
        if let Ok(answer) = serde_json::to_vec(&echo) {
            let _ = socket.send_to(&answer, peer).await;
        }
    }
}
