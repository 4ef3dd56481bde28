//! Between the served versions of a kind and the one form in which it is stored.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::defaults;
use crate::object::{Object, text};
use crate::resources::{Resource, Storage, api_version};
use crate::status_error::StatusError;

/// Members of events: the core form, and that of `events.k8s.io`.
const EVENT_MEMBERS: &[(&str, &str)] = &[
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("reportingComponent", "reportingController"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
];

/// Turns what a client sent into the stored form.
///
/// # Errors
///
/// If it says to be of another kind or version than the request's address.
pub fn to_stored(resource: &Resource, version: &str, value: &mut Value) -> Result<(), StatusError> {
    let expected = api_version(resource.group, version);
    let (said_version, said_kind) = (text(value, "/apiVersion"), text(value, "/kind"));
    if !(said_version.is_empty() || said_version == expected) {
        return Err(StatusError::bad_request(format!(
            "the API version in the data ({said_version}) does not match the expected API version \
             ({expected})"
        )));
    }
    if !(said_kind.is_empty() || said_kind == resource.kind) {
        return Err(StatusError::bad_request(format!(
            "the kind in the data ({said_kind}) does not match the expected kind ({})",
            resource.kind
        )));
    }
    if resource.is_custom() && (said_version.is_empty() || said_kind.is_empty()) {
        return Err(StatusError::bad_request(format!(
            "the object provided is unrecognized (must be of type {}): apiVersion and kind must be \
             set",
            resource.kind
        )));
    }
    check_shape(value)?;
    let Some(members) = value.as_object_mut() else {
        return Err(StatusError::bad_request("the body is not an object"));
    };
    members.insert("apiVersion".to_owned(), resource.stored_api_version().into());
    members.insert("kind".to_owned(), resource.kind.into());
    if resource.storage == Storage::CoreEvents {
        rename(members, EVENT_MEMBERS.iter().map(|(core, new)| (*new, *core)));
    }
    defaults::normalize(resource, value);
    Ok(())
}

/// Checks that the parts which every kind has are maps, so that all else may take that as given.
fn check_shape(value: &Value) -> Result<(), StatusError> {
    let maps = ["/metadata", "/metadata/labels", "/metadata/annotations", "/spec", "/status"];
    let wrong = maps.iter().find(|map| {
        let part = value.pointer(map);
        part.is_some_and(|part| !(part.is_object() || part.is_null()))
    });
    let Some(wrong) = wrong else { return Ok(()) };
    let path = wrong.trim_start_matches('/').replace('/', ".");
    Err(StatusError::bad_request(format!("{path} is not a map; write it as one, or leave it out")))
}

/// The object in a served version.
pub fn to_version<'v>(resource: &Resource, version: &str, stored: &'v Value) -> Cow<'v, Value> {
    if is_stored_form(resource, version) {
        return Cow::Borrowed(stored);
    }
    let mut value = stored.clone();
    if let Some(members) = value.as_object_mut() {
        members.insert("apiVersion".to_owned(), api_version(resource.group, version).into());
        if resource.storage == Storage::CoreEvents {
            rename(members, EVENT_MEMBERS.iter().copied());
        }
    }
    Cow::Owned(value)
}

/// The object's JSON text in a served version.
pub fn to_json(resource: &Resource, version: &str, object: &Object) -> Bytes {
    if is_stored_form(resource, version) {
        return object.json();
    }
    Bytes::from(to_version(resource, version, object.value()).to_string())
}

fn is_stored_form(resource: &Resource, version: &str) -> bool {
    resource.storage == Storage::Own && resource.versions[0] == version
}

fn rename<'n>(members: &mut Map<String, Value>, names: impl Iterator<Item = (&'n str, &'n str)>) {
    for (from, to) in names {
        if let Some(value) = members.remove(from) {
            members.insert(to.to_owned(), value);
        }
    }
}
