//! Strategic merge patches: merge patches that join lists by the keys of their elements.

use serde_json::{Map, Value};

use crate::fields::schema::{Merge, Schema};

const DIRECTIVE: &str = "$patch";
const DELETE_FROM_SET: &str = "$deleteFromPrimitiveList/";
const ORDER: &str = "$setElementOrder/";
const RETAIN_KEYS: &str = "$retainKeys";

/// Merges a patch into a value.
pub fn merge(value: &mut Value, patch: &Value, schema: &Schema) {
    let Value::Object(patch) = patch else {
        value.clone_from(patch);
        return;
    };
    if patch.get(DIRECTIVE).and_then(Value::as_str) == Some("replace") {
        *value = Value::Object(without_directives(patch));
        return;
    }
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Value::Object(map) = value else { unreachable!("made an object above") };
    if let Some(Value::Array(kept)) = patch.get(RETAIN_KEYS) {
        map.retain(|name, _| kept.iter().any(|key| key.as_str() == Some(name)));
    }
    for (name, wanted) in patch {
        if let Some(name) = name.strip_prefix(DELETE_FROM_SET) {
            remove_scalars(map, name, wanted);
        }
    }
    for (name, wanted) in patch.iter().filter(|(name, _)| !name.starts_with('$')) {
        merge_member(map, name, wanted, schema.field(name));
    }
    for (name, order) in patch {
        if let Some(name) = name.strip_prefix(ORDER) {
            reorder(map.get_mut(name), order, schema.field(name).list());
        }
    }
}

fn merge_member(map: &mut Map<String, Value>, name: &str, wanted: &Value, schema: &Schema) {
    let deleted = wanted.get(DIRECTIVE).and_then(Value::as_str) == Some("delete");
    if wanted.is_null() || deleted {
        map.remove(name);
        return;
    }
    let value = map.entry(name.to_owned()).or_insert(Value::Null);
    match (wanted, schema.list()) {
        (Value::Array(wanted), Merge::ByKeys(keys)) => merge_by_key(value, wanted, keys[0], schema),
        (Value::Array(wanted), Merge::Set) => {
            let mut list = value.as_array().cloned().unwrap_or_default();
            for element in wanted.iter().filter(|element| !value_in(value, element)) {
                list.push(element.clone());
            }
            *value = list.into();
        }
        (Value::Object(_), _) if schema.is_atomic_map() => value.clone_from(wanted),
        (Value::Object(_), _) => merge(value, wanted, schema),
        _ => value.clone_from(wanted),
    }
}

fn value_in(list: &Value, element: &Value) -> bool {
    list.as_array().is_some_and(|list| list.contains(element))
}

fn merge_by_key(value: &mut Value, wanted: &[Value], key: &str, schema: &Schema) {
    let directive =
        |element: &Value| element.get(DIRECTIVE).and_then(Value::as_str).map(str::to_owned);
    let mut list = value.as_array().cloned().unwrap_or_default();
    if wanted.iter().any(|element| directive(element).as_deref() == Some("replace")) {
        list.clear();
    }
    for element in wanted {
        let Some(id) = element.get(key) else { continue };
        let place = list.iter().position(|present| present.get(key) == Some(id));
        match (directive(element).as_deref(), place) {
            (Some("delete"), Some(place)) => {
                list.remove(place);
            }
            (Some("delete"), None) => {}
            (_, Some(place)) => merge(&mut list[place], element, schema.items()),
            (_, None) => {
                let mut new = Value::Null;
                merge(&mut new, element, schema.items());
                list.push(new);
            }
        }
    }
    *value = list.into();
}

fn remove_scalars(map: &mut Map<String, Value>, name: &str, gone: &Value) {
    if let Some(Value::Array(list)) = map.get_mut(name) {
        list.retain(|element| !value_in(gone, element));
    }
}

/// Sorts the named elements in the given order; others keep their places behind them.
fn reorder(value: Option<&mut Value>, order: &Value, merge: Merge) {
    let (Some(Value::Array(list)), Some(order)) = (value, order.as_array()) else { return };
    let place = |element: &Value| {
        let found = order.iter().position(|wanted| match merge {
            Merge::ByKeys(keys) => wanted.get(keys[0]) == element.get(keys[0]),
            _ => wanted == element,
        });
        found.unwrap_or(usize::MAX)
    };
    list.sort_by_key(place);
}

fn without_directives(patch: &Map<String, Value>) -> Map<String, Value> {
    let members = patch.iter().filter(|(name, _)| !name.starts_with('$'));
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::by_plural;

    #[test]
    fn lists_are_joined_by_key() {
        let schema = Schema::of(by_plural("deployments"));
        let mut value = json!({"spec": {"template": {"spec": {"containers": [
            {"name": "a", "image": "one", "env": [{"name": "X", "value": "1"}]},
            {"name": "b", "image": "two"},
        ]}}}});
        let patch = json!({"spec": {"template": {"spec": {
            "$setElementOrder/containers": [{"name": "c"}, {"name": "a"}],
            "containers": [
                {"name": "a", "env": [{"name": "Y", "value": "2"}]},
                {"name": "b", "$patch": "delete"},
                {"name": "c", "image": "three"},
            ],
        }}}});
        merge(&mut value, &patch, schema);
        let expected = json!([
            {"name": "c", "image": "three"},
            {
                "name": "a",
                "image": "one",
                "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}],
            },
        ]);
        assert_eq!(value["spec"]["template"]["spec"]["containers"], expected);
    }

    #[test]
    fn scalars_maps_and_directives() {
        let schema = Schema::of(by_plural("services"));
        let mut value = json!({
            "metadata": {"labels": {"a": "1", "b": "2"}, "finalizers": ["x", "y"]},
            "spec": {"selector": {"app": "old"}},
        });
        let patch = json!({
            "metadata": {
                "labels": {"a": null, "c": "3"},
                "finalizers": ["z"],
                "$deleteFromPrimitiveList/finalizers": ["x"],
            },
            "spec": {"$patch": "replace", "type": "ExternalName"},
        });
        merge(&mut value, &patch, schema);
        let expected = json!({
            "metadata": {"labels": {"b": "2", "c": "3"}, "finalizers": ["y", "z"]},
            "spec": {"type": "ExternalName"},
        });
        assert_eq!(value, expected);
    }
}
