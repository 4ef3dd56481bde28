//! Messages in a body, and what the one of an echo says.

use prost::Message;

use crate::echo::Captured;

/// Before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// An empty message, as it is sent.
pub(crate) const EMPTY: [u8; PREFIX] = [0; PREFIX];

/// What an echo backend captured, in a body with one message.
///
/// # Errors
///
/// Why the body is not of an echo backend.
pub(crate) fn captured(body: &[u8]) -> Result<Captured, &'static str> {
    let (prefix, message) = body.split_at_checked(PREFIX).ok_or("it has no message")?;
    let length = prefix[1..].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    if prefix[0] != 0 {
        return Err("its message is compressed, which nobody asked for");
    }
    if message.len() != length {
        return Err("its body is not one whole message");
    }
    let echo =
        EchoResponse::decode(message).map_err(|_| "its message is not of an echo backend")?;
    let Assertions { method, headers, authority, context } = echo.assertions.unwrap_or_default();
    let Context { namespace, pod } = context.unwrap_or_default();
    let mut captured =
        Captured { path: method, host: authority, namespace, pod, ..Captured::default() };
    for Header { key, value } in headers {
        captured.headers.entry(key).or_default().push(value);
    }
    Ok(captured)
}

/// What the echo service answers, as far as it counts here.
#[derive(Clone, PartialEq, Message)]
struct EchoResponse {
    #[prost(message, tag = "1")]
    assertions: Option<Assertions>,
}

#[derive(Clone, PartialEq, Message)]
struct Assertions {
    #[prost(string, tag = "1")]
    method: String,
    #[prost(message, repeated, tag = "2")]
    headers: Vec<Header>,
    #[prost(string, tag = "3")]
    authority: String,
    #[prost(message, tag = "4")]
    context: Option<Context>,
}

#[derive(Clone, PartialEq, Message)]
struct Header {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct Context {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "4")]
    pod: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_no_message_is_refused_or_read(message: Vec<u8>) {
            let length = (message.len() as u32).to_be_bytes();
            let _ = captured(&[&[0], &length[..], &message].concat());
        }
    }
}
