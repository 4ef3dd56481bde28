//! Stored objects: immutable JSON, shared by lists, watches and the history.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::{Map, Value};

/// One version of one object, in the form that it is stored in.
#[derive(Debug)]
pub struct Object {
    value: Value,
    version: u64,
    json: OnceLock<Bytes>,
}

impl Object {
    pub fn new(value: Value, version: u64) -> Self {
        Self { value, version, json: OnceLock::new() }
    }

    pub fn value(&self) -> &Value {
        &self.value
    }

    /// `metadata.resourceVersion` as a number.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The object as JSON text, made once however many watches send it.
    pub fn json(&self) -> Bytes {
        self.json.get_or_init(|| Bytes::from(self.value.to_string())).clone()
    }
}

/// A string at a JSON pointer, or `""`.
pub fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub fn name(value: &Value) -> &str {
    text(value, "/metadata/name")
}

pub fn namespace(value: &Value) -> &str {
    text(value, "/metadata/namespace")
}

/// Whether deletion has begun.
pub fn is_terminating(value: &Value) -> bool {
    value.pointer("/metadata/deletionTimestamp").is_some()
}

/// Whether anything still holds the object back from being removed.
pub fn has_finalizers(value: &Value) -> bool {
    ["/metadata/finalizers", "/spec/finalizers"].iter().any(|pointer| {
        value.pointer(pointer).and_then(Value::as_array).is_some_and(|list| !list.is_empty())
    })
}

/// A member that must be an object, made where it is absent or of another type.
pub fn member<'v>(value: &'v mut Value, key: &str) -> &'v mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Value::Object(map) = value else { unreachable!("made an object above") };
    let entry = map.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !entry.is_object() {
        *entry = Value::Object(Map::new());
    }
    let Value::Object(entry) = entry else { unreachable!("made an object above") };
    entry
}

pub fn metadata(value: &mut Value) -> &mut Map<String, Value> {
    member(value, "metadata")
}
