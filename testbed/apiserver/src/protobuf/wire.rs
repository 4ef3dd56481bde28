//! The protobuf wire format: numbered fields, one after the other.

use super::error::Error;

/// The content of a field.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'b> {
    Varint(u64),
    Bytes(&'b [u8]),
    /// A number of fixed width; none of the known fields is one.
    Fixed,
}

/// An iterator over the fields of a message: their numbers and contents. It ends after an error.
#[derive(Debug)]
pub struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub fn new(message: &'b [u8]) -> Self {
        Self { rest: message }
    }

    fn field(&mut self) -> Option<(u64, Payload<'b>)> {
        let tag = self.varint()?;
        let payload = match tag & 7 {
            0 => Payload::Varint(self.varint()?),
            1 => self.take(8).map(|_| Payload::Fixed)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Payload::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Payload::Fixed)?,
            _ => return None,
        };
        Some((tag >> 3, payload))
    }

    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

impl<'b> Iterator for Reader<'b> {
    type Item = Result<(u64, Payload<'b>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.rest = &[];
        }
        Some(field.ok_or(Error::Malformed))
    }
}
