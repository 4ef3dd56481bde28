//! The datagram that an echo backend answers.

use std::time::Duration;

use tokio::{net::UdpSocket, time::timeout};

use crate::{stream::report::Report, wire::error::ProbeError};

/// What is sent.
const PAYLOAD: &str = "gateway-api-conformance-udp-echo";

/// How long an answer is waited for before the datagram counts as lost, and is sent again.
const LOST: Duration = Duration::from_secs(1);

/// The longest answer that is read, in bytes.
const LONGEST: usize = 4096;

/// Sends a datagram until it is answered: that one is lost on the way is nobody's fault.
///
/// # Errors
///
/// Why it cannot be sent, or that the answer is none of an echo backend.
pub(crate) async fn ask(socket: &UdpSocket, log: &mut String) -> Result<Report, ProbeError> {
    let mut buffer = vec![0; LONGEST];
    loop {
        log.extend(["> ", PAYLOAD, "\n"]);
        socket.send(PAYLOAD.as_bytes()).await.map_err(|error| ProbeError::io(&error))?;
        if let Ok(received) = timeout(LOST, socket.recv(&mut buffer)).await {
            let length = received.map_err(|error| ProbeError::io(&error))?;
            let answer = &buffer[..length];
            log.extend(["< ", String::from_utf8_lossy(answer).trim_end(), "\n"]);
            return Report::parse(answer);
        }
    }
}
