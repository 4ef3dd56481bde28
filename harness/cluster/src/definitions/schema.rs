//! What a definition's schema has no place for.
//!
//! An API server leaves out fields that a schema does not name, and says so only if it is asked to be strict. A
//! validator of JSON Schema knows no such fields, and knows nothing of the extensions by which a schema keeps
//! them.

use serde_json::{Map, Value};

/// Whether everything in `value` has a place in `schema`, and everything that it wants is there.
///
/// # Errors
///
/// What is wrong, and where: `has no spec.rules[0].timeouts`.
pub(super) fn fits(schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return Err(format!("does not take {value} as {path}"));
    }
    match value {
        Value::Object(members) => members_fit(schema, members, path),
        Value::Array(items) => {
            if schema["maxItems"].as_u64().is_some_and(|most| items.len() as u64 > most) {
                let most = &schema["maxItems"];
                return Err(format!(
                    "takes at most {most} items as {path}, and not {}",
                    items.len()
                ));
            }
            // Only what takes anything has none.
            let Some(schema) = schema.get("items") else { return Ok(()) };
            let mut items = items.iter().enumerate();
            items.try_for_each(|(n, item)| fits(schema, item, &format!("{path}[{n}]")))
        }
        _ => Ok(()),
    }
}

fn members_fit(schema: &Value, members: &Map<String, Value>, path: &str) -> Result<(), String> {
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let keeps_others = schema["x-kubernetes-preserve-unknown-fields"] == true;
    for (name, value) in members {
        match (&schema["properties"][name], &schema["additionalProperties"]) {
            (Value::Null, Value::Null | Value::Bool(false)) if keeps_others => {}
            (Value::Null, Value::Null | Value::Bool(false)) => {
                return Err(format!("has no {}", at(name)));
            }
            (Value::Null, others) => fits(others, value, &at(name))?,
            (known, _) => fits(known, value, &at(name))?,
        }
    }
    let wanted = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    // What has a default is there before it is wanted.
    let mut wanted = wanted.filter(|name| schema["properties"][name]["default"].is_null());
    match wanted.find(|name| !members.contains_key(*name)) {
        Some(name) => Err(format!("wants {}", at(name))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        let schema = json!({ "properties": { "spec": {
            "required": ["class", "kind"],
            "properties": {
                "class": { "type": "string" },
                "kind": { "enum": ["A", "B"], "default": "A" },
                "labels": { "additionalProperties": { "type": "string" } },
                "ports": { "maxItems": 1, "items": { "properties": { "port": {} } } },
                "any": { "x-kubernetes-preserve-unknown-fields": true },
            },
        }}});
        let fits = |spec: Value| fits(&schema, &json!({ "spec": spec }), "");
        let all = json!({
            "class": "c", "kind": "B", "labels": { "a": "b" }, "ports": [{ "port": 1 }],
            "any": { "thing": [] },
        });
        assert_eq!(fits(all), Ok(()));
        for (spec, expected) in [
            (json!({ "class": "c", "new": 1 }), "has no spec.new"),
            (json!({ "class": "c", "ports": [{ "end": 1 }] }), "has no spec.ports[0].end"),
            (json!({ "class": "c", "kind": "C" }), "does not take \"C\" as spec.kind"),
            (
                json!({ "class": "c", "ports": [{}, {}] }),
                "takes at most 1 items as spec.ports, and not 2",
            ),
            (json!({ "kind": "A" }), "wants spec.class"),
        ] {
            assert_eq!(fits(spec), Err(expected.to_owned()));
        }
    }
}
