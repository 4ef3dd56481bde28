//! Bodies in Kubernetes' protobuf encoding, which client-go prefers for the built-in kinds.
//!
//! Such a body is a fixed prefix and an envelope that names the kind. The kinds that Go clients of
//! a Gateway testbed write this way are known; it becomes the same JSON that others send.

mod error;
mod messages;
mod wire;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value};

pub use self::error::Error;
use self::messages::{Field, Type};
use self::wire::{Payload, Reader};

/// The media type of such bodies.
pub const MEDIA_TYPE: &str = "application/vnd.kubernetes.protobuf";

const PREFIX: &[u8] = b"k8s\0";

/// Reads a body into the JSON form of its object.
pub fn decode(body: &[u8]) -> Result<Value, Error> {
    let envelope = body.strip_prefix(PREFIX).ok_or(Error::NoPrefix)?;
    let (mut api_version, mut kind, mut raw) = (String::new(), String::new(), &[][..]);
    for field in Reader::new(envelope) {
        match field? {
            (1, Payload::Bytes(type_meta)) => {
                for field in Reader::new(type_meta) {
                    match field? {
                        (1, Payload::Bytes(bytes)) => api_version = text(bytes)?,
                        (2, Payload::Bytes(bytes)) => kind = text(bytes)?,
                        _ => {}
                    }
                }
            }
            (2, Payload::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let Some(fields) = messages::of(&api_version, &kind) else {
        return Err(Error::UnknownKind { api_version, kind });
    };
    let mut members = message(raw, fields)?;
    members.insert("apiVersion".to_owned(), api_version.into());
    members.insert("kind".to_owned(), kind.into());
    Ok(Value::Object(members))
}

fn text(bytes: &[u8]) -> Result<String, Error> {
    String::from_utf8(bytes.to_vec()).map_err(|_| Error::Malformed)
}

fn message(bytes: &[u8], fields: &[Field]) -> Result<Map<String, Value>, Error> {
    let mut members = Map::new();
    for field in Reader::new(bytes) {
        let (number, payload) = field?;
        let Some(field) = fields.iter().find(|field| field.number == number) else { continue };
        match field.of {
            Type::List(of) => {
                if let Some(element) = value(payload, of)? {
                    push(&mut members, field.name, element);
                }
            }
            Type::Map(of) => {
                let Payload::Bytes(entry) = payload else { return Err(Error::Malformed) };
                let (key, element) = map_entry(entry, of)?;
                let map = members.entry(field.name).or_insert_with(|| Value::Object(Map::new()));
                map[key] = element;
            }
            of => {
                if let Some(value) = value(payload, &of)? {
                    members.insert(field.name.to_owned(), value);
                }
            }
        }
    }
    Ok(members)
}

fn push(members: &mut Map<String, Value>, name: &str, element: Value) {
    let list = members.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(element);
    }
}

fn map_entry(entry: &[u8], of: &Type) -> Result<(String, Value), Error> {
    let mut key = String::new();
    let mut element = Value::from("");
    for field in Reader::new(entry) {
        match field? {
            (1, Payload::Bytes(bytes)) => key = text(bytes)?,
            (2, payload) => element = value(payload, of)?.unwrap_or(element),
            _ => {}
        }
    }
    Ok((key, element))
}

/// One value, or nothing where Go writes a default that its JSON form would leave out.
fn value(payload: Payload, of: &Type) -> Result<Option<Value>, Error> {
    Ok(match (of, payload) {
        (Type::Text, Payload::Bytes(bytes)) => {
            Some(text(bytes)?).filter(|text| !text.is_empty()).map(Value::from)
        }
        (Type::Base64, Payload::Bytes(bytes)) => Some(STANDARD.encode(bytes).into()),
        // Negative numbers are written as their two's complement.
        (Type::Number, Payload::Varint(0)) => None,
        (Type::Number | Type::PresentNumber, Payload::Varint(number)) => {
            Some(number.cast_signed().into())
        }
        (Type::Bool, Payload::Varint(number)) => Some((number != 0).into()),
        (Type::Time, Payload::Bytes(bytes)) => time(bytes, "%Y-%m-%dT%H:%M:%SZ")?,
        (Type::MicroTime, Payload::Bytes(bytes)) => time(bytes, "%Y-%m-%dT%H:%M:%S.%6fZ")?,
        (Type::IntOrText, Payload::Bytes(bytes)) => Some(int_or_text(bytes)?),
        (Type::Message(fields), Payload::Bytes(bytes)) => {
            Some(Value::Object(message(bytes, fields)?))
        }
        _ => return Err(Error::Malformed),
    })
}

fn time(bytes: &[u8], format: &str) -> Result<Option<Value>, Error> {
    let (mut seconds, mut nanoseconds) = (None, 0);
    for field in Reader::new(bytes) {
        match field? {
            (1, Payload::Varint(number)) => seconds = Some(number.cast_signed()),
            (2, Payload::Varint(number)) => nanoseconds = number as i32,
            _ => {}
        }
    }
    let Some(seconds) = seconds else { return Ok(None) };
    let time = Timestamp::new(seconds, nanoseconds).map_err(|_| Error::Malformed)?;
    Ok(Some(time.strftime(format).to_string().into()))
}

fn int_or_text(bytes: &[u8]) -> Result<Value, Error> {
    let (mut is_text, mut number, mut name) = (false, 0, String::new());
    for field in Reader::new(bytes) {
        match field? {
            (1, Payload::Varint(kind)) => is_text = kind == 1,
            (2, Payload::Varint(value)) => number = value.cast_signed(),
            (3, Payload::Bytes(bytes)) => name = text(bytes)?,
            _ => {}
        }
    }
    Ok(if is_text { name.into() } else { number.into() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A length-delimited field.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap();
        assert!(length < 128, "one byte of length");
        [&[number << 3 | 2, length], content].concat()
    }

    fn body(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
        let type_meta = [field(1, api_version.as_bytes()), field(2, kind.as_bytes())].concat();
        [PREFIX.to_vec(), field(1, &type_meta), field(2, raw)].concat()
    }

    #[test]
    fn a_secret_is_read() {
        let label = [field(1, b"app"), field(2, b"web")].concat();
        let metadata =
            [field(1, b"s"), field(2, b""), field(3, b"n"), vec![7 << 3, 0], field(11, &label)];
        let data = [field(1, b"tls.crt"), field(2, b"\x01\x02")].concat();
        let raw = [field(1, &metadata.concat()), field(2, &data), field(3, b"Opaque")].concat();
        let expected = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "s", "namespace": "n", "labels": {"app": "web"}},
            "data": {"tls.crt": "AQI="},
            "type": "Opaque",
        });
        assert_eq!(decode(&body("v1", "Secret", &raw)), Ok(expected));
    }

    #[test]
    fn an_immediate_deletion_is_told_from_one_with_the_default_grace() {
        let options = decode(&body("v1", "DeleteOptions", &[1 << 3, 0])).unwrap();
        assert_eq!(options["gracePeriodSeconds"], 0);
        let options = decode(&body("v1", "DeleteOptions", &field(4, b"Background"))).unwrap();
        assert_eq!(options["gracePeriodSeconds"], Value::Null);
        assert_eq!(options["propagationPolicy"], "Background");
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        let error = decode(&body("apps/v1", "Deployment", &[])).unwrap_err();
        assert!(error.to_string().contains("Deployment of apps/v1"), "{error}");
        assert_eq!(decode(b"{}"), Err(Error::NoPrefix));
        let secret = body("v1", "Secret", &field(1, b"s"));
        assert_eq!(decode(&secret[..secret.len() - 1]), Err(Error::Malformed));
    }
}
