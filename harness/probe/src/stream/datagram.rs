//! Datagrams, which are sent until they are answered: that one is lost on the way is nobody's fault.

use std::time::Duration;

use tokio::{net::UdpSocket, time::timeout};

use crate::{stream::report::Report, wire::error::ProbeError};

/// What an echo backend is sent.
const PAYLOAD: &str = "gateway-api-conformance-udp-echo";

/// How long an answer is waited for before the datagram counts as lost, and is sent again.
const LOST: Duration = Duration::from_secs(1);

/// The longest answer that is read, in bytes.
const LONGEST: usize = 4096;

/// Asks an echo backend who it is.
///
/// # Errors
///
/// Why it cannot be asked, or that the answer is none of an echo backend.
pub(crate) async fn ask(socket: &UdpSocket, log: &mut String) -> Result<Report, ProbeError> {
    let answer = answered(socket, PAYLOAD.as_bytes(), PAYLOAD, log).await?;
    log.extend(["< ", String::from_utf8_lossy(&answer).trim_end(), "\n"]);
    Report::parse(&answer)
}

/// Sends a datagram, which `text` tells, until it is answered.
pub(super) async fn answered(
    socket: &UdpSocket,
    datagram: &[u8],
    text: &str,
    log: &mut String,
) -> Result<Vec<u8>, ProbeError> {
    let mut buffer = vec![0; LONGEST];
    loop {
        log.extend(["> ", text, "\n"]);
        socket.send(datagram).await.map_err(|error| ProbeError::io(&error))?;
        if let Ok(received) = timeout(LOST, socket.recv(&mut buffer)).await {
            let length = received.map_err(|error| ProbeError::io(&error))?;
            buffer.truncate(length);
            return Ok(buffer);
        }
    }
}
