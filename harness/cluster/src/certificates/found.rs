//! What is found of the certificates in the cluster.

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use model::names::RUN_LABEL;
use x509_parser::pem::parse_x509_pem;

use crate::object::{Key, Kind, Object};

/// What is valid for so long from the beginning of a run is so until its end.
const LONGEST_RUN: SignedDuration = SignedDuration::from_hours(24);

/// An entry of a ConfigMap, or of a Secret, where it is encoded.
pub fn entry(kind: Kind, object: &Object, name: &str) -> Option<String> {
    let text = object.data["data"][name].as_str()?;
    match kind {
        Kind::Secret => String::from_utf8(STANDARD.decode(text).ok()?).ok(),
        _ => Some(text.to_owned()),
    }
}

/// The run that made all of these, each of which has these entries; see
/// [`Materials::maker`](super::Materials::maker).
pub(super) fn maker(
    wanted: impl Iterator<Item = (Key, &'static [&'static str])>,
    found: &[Object],
    now: Timestamp,
) -> Option<&str> {
    let mut maker = None;
    for (key, entries) in wanted {
        let object = found.iter().find(|object| Key::of(object).as_ref() == Some(&key))?;
        let run = object.metadata.labels.as_ref()?.get(RUN_LABEL)?.as_str();
        let lasts = |name: &&str| {
            entry(key.kind, object, name).is_some_and(|pem| is_usable(&pem, now + LONGEST_RUN))
        };
        if *maker.get_or_insert(run) != run || !entries.iter().all(lasts) {
            return None;
        }
    }
    maker
}

/// Whether this is a key, or a certificate that is valid until then.
fn is_usable(pem: &str, until: Timestamp) -> bool {
    let Ok((_, pem)) = parse_x509_pem(pem.as_bytes()) else { return false };
    pem.label != "CERTIFICATE"
        || pem.parse_x509().is_ok_and(|it| it.validity().not_after.timestamp() >= until.as_second())
}
