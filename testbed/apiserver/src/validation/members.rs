//! What objects have in them.

use serde_json::Value;

use crate::status_error::Cause;

/// The elements of a list in an object, with the path of each.
pub fn elements<'v>(
    value: &'v Value,
    path: &'v str,
) -> impl Iterator<Item = (String, &'v Value)> + use<'v> {
    let pointer = format!("/{}", path.replace('.', "/"));
    let list = value.pointer(&pointer).and_then(Value::as_array);
    list.into_iter().flatten().enumerate().map(move |(i, v)| (format!("{path}[{i}]"), v))
}

/// Notes each member that is absent or empty.
pub fn require(value: &Value, path: &str, members: &[&str], causes: &mut Vec<Cause>) {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
    for member in members {
        let absent = match &value[*member] {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        if absent {
            causes.push(Cause::required(format!("{prefix}{member}"), ""));
        }
    }
}
