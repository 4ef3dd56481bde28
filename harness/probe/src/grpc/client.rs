//! One call, one connection, one answer.

use bytes::Bytes;

use crate::{
    grpc::{answer::Answer, message::EMPTY, outgoing::Outgoing},
    wire::{dialer::Dialer, error::ProbeError, http2, target::Target},
};

/// Makes a call with an empty message and reads the answer to its end, however long that takes.
pub(crate) async fn send(
    dialer: &Dialer,
    target: &Target,
    outgoing: &Outgoing,
) -> Result<Answer, ProbeError> {
    let stream = dialer.connect(&target.host, target.port).await?;
    let message = Bytes::from_static(&EMPTY);
    let received = http2::exchange(stream, outgoing.request(), Some(message)).await?;
    Ok(Answer {
        status: received.head.status,
        headers: received.head.headers,
        body: received.body,
        trailers: received.trailers,
    })
}
