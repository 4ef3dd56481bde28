//! Datagrams, which are sent until they are answered: that one is lost on the way is nobody's fault.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    stream::report::Report,
    wire::{error::ProbeError, stream::Datagrams},
};

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
pub(crate) async fn ask(datagrams: &Datagrams, log: &mut String) -> Result<Report, ProbeError> {
    let answer = answered(datagrams, PAYLOAD.as_bytes(), PAYLOAD, log).await?;
    log.extend(["< ", String::from_utf8_lossy(&answer).trim_end(), "\n"]);
    Report::parse(&answer)
}

/// Sends a datagram, which `text` tells, until it is answered.
pub(super) async fn answered(
    datagrams: &Datagrams,
    datagram: &[u8],
    text: &str,
    log: &mut String,
) -> Result<Vec<u8>, ProbeError> {
    loop {
        log.extend(["> ", text, "\n"]);
        datagrams.send(datagram).await.map_err(|error| ProbeError::io(&error))?;
        if let Ok(received) = timeout(LOST, datagrams.receive(LONGEST)).await {
            return received.map_err(|error| ProbeError::io(&error));
        }
    }
}
