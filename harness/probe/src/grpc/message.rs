//! Messages in a body, and what the one of an echo says.

use crate::{
    echo::Captured,
    grpc::protobuf::{Truncated, fields},
};

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
    read(message).map_err(|Truncated| "its message is not of an echo backend")
}

/// Reads an `EchoResponse`.
fn read(message: &[u8]) -> Result<Captured, Truncated> {
    let mut captured = Captured::default();
    for (_, assertions) in fields(message)?.into_iter().filter(|(number, _)| *number == 1) {
        for (number, value) in fields(assertions)? {
            match number {
                1 => captured.path = text(value),
                2 => {
                    let (name, value) = header(value)?;
                    captured.headers.entry(name).or_default().push(value);
                }
                3 => captured.host = text(value),
                4 => {
                    for (number, value) in fields(value)? {
                        match number {
                            1 => captured.namespace = text(value),
                            4 => captured.pod = text(value),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
    Ok(captured)
}

fn header(message: &[u8]) -> Result<(String, String), Truncated> {
    let mut header = (String::new(), String::new());
    for (number, value) in fields(message)? {
        match number {
            1 => header.0 = text(value),
            2 => header.1 = text(value),
            _ => {}
        }
    }
    Ok(header)
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
