//! Protobuf as far as an echo needs it: fields that are strings or messages.

/// A message that ends within a field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Truncated;

/// The strings and messages in a message, with the numbers of their fields. Fields of other types are
/// passed over.
pub(crate) fn fields(message: &[u8]) -> Result<Vec<(u64, &[u8])>, Truncated> {
    let (mut rest, mut found) = (message, Vec::new());
    while !rest.is_empty() {
        let key = varint(&mut rest)?;
        let length = match key & 7 {
            0 => {
                varint(&mut rest)?;
                continue;
            }
            1 => 8,
            2 => varint(&mut rest)?,
            5 => 4,
            // A group, which nobody writes any more, or what is no protobuf.
            _ => return Err(Truncated),
        };
        let length = usize::try_from(length).map_err(|_| Truncated)?;
        let (value, after) = rest.split_at_checked(length).ok_or(Truncated)?;
        if key & 7 == 2 {
            found.push((key >> 3, value));
        }
        rest = after;
    }
    Ok(found)
}

fn varint(rest: &mut &[u8]) -> Result<u64, Truncated> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or(Truncated)?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(Truncated)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strings_are_found_among_other_fields() {
        // 1: "hi", 2: the number 300, 3: a fixed64, 4: a fixed32, 5: "".
        let mut message = vec![0x0a, 2, b'h', b'i', 0x10, 0xac, 0x02, 0x19];
        message.extend([0; 8]);
        message.push(0x25);
        message.extend([0; 4]);
        message.extend([0x2a, 0]);
        assert_eq!(fields(&message), Ok(vec![(1, &b"hi"[..]), (5, &b""[..])]));
    }

    proptest! {
        #[test]
        fn what_is_no_message_is_refused_or_read(bytes: Vec<u8>) {
            let _ = fields(&bytes);
        }
    }
}
