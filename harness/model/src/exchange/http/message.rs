//! What is sent over a WebSocket.

use std::fmt;

/// A message on a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// In a text frame.
    Text(&'static str),
    /// In a binary frame.
    Binary(&'static [u8]),
}

impl Message {
    /// Its bytes, whatever the frame.
    pub const fn payload(self) -> &'static [u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "text {text:?}"),
            Self::Binary(bytes) => {
                f.write_str("binary")?;
                bytes.iter().try_for_each(|byte| write!(f, " {byte:02x}"))
            }
        }
    }
}
