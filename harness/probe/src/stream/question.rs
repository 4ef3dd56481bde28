//! A question in DNS.

use hickory_proto::{
    op::{Message, MessageType, Query},
    rr::{Name, RecordType},
};

use crate::{
    stream::datagram::answered,
    wire::{error::ProbeError, stream::Datagrams},
};

/// Asks for the addresses of a name. Whether there are any does not matter.
///
/// # Errors
///
/// Why it cannot be asked, or that the answer is none to the question.
pub(crate) async fn ask(
    datagrams: &Datagrams,
    name: &str,
    log: &mut String,
) -> Result<(), ProbeError> {
    let unsendable =
        |reason: String| ProbeError::Unsendable(format!("a question for {name}: {reason}"));
    let query = Name::from_ascii(name).map_err(|error| unsendable(error.to_string()))?;
    let mut question = Message::query();
    question.add_query(Query::query(query, RecordType::A));
    let datagram = question.to_vec().map_err(|error| unsendable(error.to_string()))?;
    let answer = answered(datagrams, &datagram, &format!("A {name}"), log).await?;
    let answer = Message::from_vec(&answer)
        .map_err(|error| ProbeError::Malformed(format!("not an answer in DNS: {error}")))?;
    let (asked, told) = (&question.metadata, &answer.metadata);
    log.extend(["< ", &told.response_code.to_string(), "\n"]);
    if told.message_type != MessageType::Response || told.id != asked.id {
        return Err(ProbeError::Malformed("an answer in DNS to another question".to_owned()));
    }
    Ok(())
}
