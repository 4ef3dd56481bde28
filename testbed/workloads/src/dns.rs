//! A DNS server that has no records: what the image `coredns` is used for is that it answers.

use std::net::SocketAddr;

use hickory_proto::op::Message;
use tokio::{net::UdpSocket, task::JoinSet};

use crate::process::Process;

const PORT: u16 = 53;

/// The longest question that is read, in bytes.
const LONGEST: usize = 4096;

/// Answers in tasks of `tasks`. Who may not bind the port is there and answers nothing: one test of an older
/// version asks it, and all of them want it to be ready.
pub(crate) async fn start(process: &Process, tasks: &mut JoinSet<()>) {
    match UdpSocket::bind(SocketAddr::from((process.address, PORT))).await {
        Ok(socket) => {
            tasks.spawn(serve(socket));
        }
        Err(error) => tracing::warn!(%error, "no DNS is served on port {PORT}"),
    }
}

async fn serve(socket: UdpSocket) {
    let mut buffer = [0; LONGEST];
    loop {
        // An error here is the ICMP answer to an earlier datagram, whose sender is gone.
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let Ok(question) = Message::from_vec(&buffer[..length]) else { continue };
        if let Ok(answer) = question.into_response().to_vec() {
            let _ = socket.send_to(&answer, peer).await;
        }
    }
}
