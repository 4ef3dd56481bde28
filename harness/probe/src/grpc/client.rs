//! One call, one connection, one answer.
//!
//! Nothing is spawned: the connection is driven here, so that dropping the future of a probe leaves
//! nothing behind.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use futures::future::{Either, select};
use h2::client::SendRequest;

use crate::{
    grpc::{answer::Answer, message::EMPTY, outgoing::Outgoing},
    wire::{
        dialer::Dialer,
        error::{LONGEST_BODY, ProbeError},
        target::Target,
    },
};

/// Makes a call with an empty message and reads the answer to its end, however long that takes.
pub(crate) async fn send(
    dialer: &Dialer,
    target: &Target,
    outgoing: &Outgoing,
) -> Result<Answer, ProbeError> {
    let stream = dialer.connect(&target.host, target.port).await?;
    let (client, connection) =
        h2::client::handshake(stream).await.map_err(|error| broken(&error))?;
    match select(pin!(exchange(client, outgoing)), pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        // All that came before the end is known to the answer, its error too.
        Either::Right((_, answer)) => answer.await,
    }
}

async fn exchange(client: SendRequest<Bytes>, outgoing: &Outgoing) -> Result<Answer, ProbeError> {
    let mut client = client.ready().await.map_err(|error| broken(&error))?;
    let (answer, mut sending) =
        client.send_request(outgoing.request(), false).map_err(|error| broken(&error))?;
    sending.send_data(Bytes::from_static(&EMPTY), true).map_err(|error| broken(&error))?;
    let (head, mut receiving) = answer.await.map_err(|error| broken(&error))?.into_parts();
    let mut body = BytesMut::new();
    while let Some(chunk) = receiving.data().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        receiving.flow_control().release_capacity(chunk.len()).map_err(|error| broken(&error))?;
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_BODY {
            return Err(ProbeError::too_long());
        }
    }
    let trailers = receiving.trailers().await.map_err(|error| broken(&error))?;
    Ok(Answer { status: head.status, headers: head.headers, body: body.freeze(), trailers })
}

/// What a broken connection or stream is.
fn broken(error: &h2::Error) -> ProbeError {
    let by = if error.is_remote() { "the Gateway" } else { "the connection" };
    match (error.get_io(), error.reason()) {
        (Some(error), _) => ProbeError::io(error),
        (None, Some(reason)) => {
            ProbeError::Connection(format!("{by} ended the call: {}", reason.description()))
        }
        (None, None) => ProbeError::Connection(error.to_string()),
    }
}
