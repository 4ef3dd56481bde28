//! Sets of fields, and their text form `fieldsV1`.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::schema::{Merge, Schema, key_default};

/// One step from an object to a part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A member of a map.
    Field(String),
    /// An element of a list by its keys: canonical JSON text of an object.
    Key(String),
    /// An element of a set: JSON text.
    Value(String),
}

/// A set of paths, as a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet {
    /// Whether the path that ends here belongs to the set.
    member: bool,
    below: BTreeMap<Step, FieldSet>,
}

impl Step {
    fn parse(text: &str) -> Option<Self> {
        let (tag, rest) = text.split_once(':')?;
        let rest = rest.to_owned();
        match tag {
            "f" => Some(Self::Field(rest)),
            // Read and written again so that spacing and order are ours.
            "k" => Some(Self::Key(serde_json::from_str::<Value>(&rest).ok()?.to_string())),
            "v" => Some(Self::Value(serde_json::from_str::<Value>(&rest).ok()?.to_string())),
            _ => None,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, "f:{name}"),
            Self::Key(keys) => write!(f, "k:{keys}"),
            Self::Value(value) => write!(f, "v:{value}"),
        }
    }
}

/// The step to an element of a list that merges element by element.
pub fn element_step(merge: Merge, element: &Value) -> Option<Step> {
    match merge {
        Merge::ByKeys(keys) => {
            let keys = keys.iter().filter_map(|key| {
                let value = element.get(key).cloned().or_else(|| key_default(key).map(Value::from));
                value.map(|value| ((*key).to_owned(), value))
            });
            let keys: Map<String, Value> = keys.collect();
            (!keys.is_empty()).then(|| Step::Key(Value::Object(keys).to_string()))
        }
        Merge::Set => Some(Step::Value(element.to_string())),
        Merge::Atomic => None,
    }
}

impl FieldSet {
    /// The fields that a value sets: its leaves, and the elements of its keyed lists.
    pub fn of(value: &Value, schema: &Schema) -> Self {
        let mut set = Self::default();
        match value {
            Value::Object(map) if !map.is_empty() && !schema.is_atomic_map() => {
                for (name, value) in map {
                    set.insert(Step::Field(name.clone()), Self::of(value, schema.field(name)));
                }
            }
            Value::Array(list) if !list.is_empty() && schema.list() != Merge::Atomic => {
                for element in list {
                    let Some(step) = element_step(schema.list(), element) else { continue };
                    set.below.insert(step, Self::of_element(element, schema));
                }
            }
            _ => set.member = true,
        }
        set
    }

    fn of_element(element: &Value, list: &Schema) -> Self {
        let below = match element {
            Value::Object(_) => Self::of(element, list.items()).below,
            _ => BTreeMap::new(),
        };
        Self { member: true, below }
    }

    /// The fields that differ between two values, or are in one of them only.
    pub fn changed(old: &Value, new: &Value, schema: &Schema) -> Self {
        if old == new {
            return Self::default();
        }
        let mut set = Self::default();
        match (old, new) {
            (Value::Object(old), Value::Object(new))
                if !(schema.is_atomic_map() || old.is_empty() || new.is_empty()) =>
            {
                for (name, new) in new {
                    let schema = schema.field(name);
                    let changed = match old.get(name) {
                        Some(old) => Self::changed(old, new, schema),
                        None => Self::of(new, schema),
                    };
                    set.insert(Step::Field(name.clone()), changed);
                }
                for (name, old) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
                    set.insert(Step::Field(name.clone()), Self::of(old, schema.field(name)));
                }
            }
            (Value::Array(old), Value::Array(new)) if schema.list() != Merge::Atomic => {
                let merge = schema.list();
                let steps = |list: &[Value]| -> BTreeMap<Step, Value> {
                    let pairs =
                        list.iter().filter_map(|e| Some((element_step(merge, e)?, e.clone())));
                    pairs.collect()
                };
                let (old, new) = (steps(old), steps(new));
                for (step, new) in &new {
                    let changed = match old.get(step) {
                        Some(old) => Self::changed(old, new, schema.items()),
                        None => Self::of_element(new, schema),
                    };
                    set.insert(step.clone(), changed);
                }
                for (step, old) in old.iter().filter(|(step, _)| !new.contains_key(*step)) {
                    set.insert(step.clone(), Self::of_element(old, schema));
                }
            }
            _ => {
                set = Self::of(old, schema).union(&Self::of(new, schema));
            }
        }
        set
    }

    pub fn is_empty(&self) -> bool {
        !self.member && self.below.is_empty()
    }

    fn insert(&mut self, step: Step, below: FieldSet) {
        if !below.is_empty() {
            self.below.insert(step, below);
        }
    }

    /// Drops a path and everything below it.
    pub fn forget(&mut self, path: &[&str]) {
        let [first, rest @ ..] = path else { return };
        let step = Step::Field((*first).to_owned());
        if rest.is_empty() {
            self.below.remove(&step);
        } else if let Some(below) = self.below.get_mut(&step) {
            below.forget(rest);
            if below.is_empty() {
                self.below.remove(&step);
            }
        }
    }

    pub fn union(mut self, other: &FieldSet) -> Self {
        self.member |= other.member;
        for (step, theirs) in &other.below {
            let ours = self.below.remove(step).unwrap_or_default();
            self.below.insert(step.clone(), ours.union(theirs));
        }
        self
    }

    pub fn without(&self, other: &FieldSet) -> Self {
        let mut set = Self { member: self.member && !other.member, below: BTreeMap::new() };
        for (step, ours) in &self.below {
            let left = other.below.get(step).map_or_else(|| ours.clone(), |o| ours.without(o));
            set.insert(step.clone(), left);
        }
        set
    }

    pub fn intersection(&self, other: &FieldSet) -> Self {
        let mut set = Self { member: self.member && other.member, below: BTreeMap::new() };
        for (step, ours) in &self.below {
            if let Some(theirs) = other.below.get(step) {
                set.insert(step.clone(), ours.intersection(theirs));
            }
        }
        set
    }

    /// The paths of the set as people write them: `.spec.listeners[name="http"].port`.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect_paths(String::new(), &mut paths);
        paths
    }

    fn collect_paths(&self, path: String, paths: &mut Vec<String>) {
        for (step, below) in &self.below {
            let path = match step {
                Step::Field(name) => format!("{path}.{name}"),
                Step::Value(value) => format!("{path}[={value}]"),
                Step::Key(keys) => {
                    let keys: Map<String, Value> = serde_json::from_str(keys).unwrap_or_default();
                    let keys: Vec<String> = keys.iter().map(|(k, v)| format!("{k}={v}")).collect();
                    format!("{path}[{}]", keys.join(","))
                }
            };
            below.collect_paths(path, paths);
        }
        if self.member {
            paths.push(path);
        }
    }

    /// Takes the paths of this set out of a value, except what `kept` holds on to.
    pub fn remove_from(&self, value: &mut Value, schema: &Schema, kept: &FieldSet) {
        let nothing = FieldSet::default();
        match value {
            Value::Object(map) => {
                for (step, below) in &self.below {
                    let Step::Field(name) = step else { continue };
                    let Some(value) = map.get_mut(name) else { continue };
                    let kept = kept.below.get(step).unwrap_or(&nothing);
                    below.remove_from(value, schema.field(name), kept);
                    let emptied = !below.below.is_empty() && is_hollow(value);
                    if kept.is_empty() && (below.member || emptied) {
                        map.remove(name);
                    }
                }
            }
            Value::Array(list) => {
                let merge = schema.list();
                list.retain_mut(|element| {
                    let Some(step) = element_step(merge, element) else { return true };
                    let Some(below) = self.below.get(&step) else { return true };
                    let kept = kept.below.get(&step).unwrap_or(&nothing);
                    if below.member && kept.is_empty() {
                        return false;
                    }
                    below.remove_from(element, schema.items(), kept);
                    true
                });
            }
            _ => {}
        }
    }

    /// Reads `fieldsV1`; what cannot be read is left out.
    pub fn from_json(value: &Value) -> Self {
        let mut set = Self::default();
        let Some(map) = value.as_object() else { return set };
        for (key, below) in map {
            if key == "." {
                set.member = true;
            } else if let Some(step) = Step::parse(key) {
                let mut below = Self::from_json(below);
                below.member |= below.below.is_empty();
                set.below.insert(step, below);
            }
        }
        set
    }

    /// Writes `fieldsV1`.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        if self.member && !self.below.is_empty() {
            map.insert(".".to_owned(), Value::Object(Map::new()));
        }
        for (step, below) in &self.below {
            map.insert(step.to_string(), below.to_json());
        }
        Value::Object(map)
    }
}

fn is_hollow(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::by_plural;

    fn gateway() -> &'static Schema {
        Schema::of(by_plural("gateways"))
    }

    fn set(value: &Value) -> FieldSet {
        FieldSet::of(value, gateway())
    }

    #[test]
    fn keyed_lists_are_sets_of_their_elements_and_others_are_atomic() {
        let value = json!({
            "metadata": {"labels": {"a": "b"}, "finalizers": ["x"]},
            "spec": {
                "addresses": [{"value": "1.2.3.4"}],
                "listeners": [{"name": "http", "port": 80}],
            },
        });
        let fields = json!({
            "f:metadata": {"f:labels": {"f:a": {}}, "f:finalizers": {"v:\"x\"": {}}},
            "f:spec": {
                "f:addresses": {},
                "f:listeners": {"k:{\"name\":\"http\"}": {".": {}, "f:name": {}, "f:port": {}}},
            },
        });
        assert_eq!(set(&value).to_json(), fields);
        assert_eq!(FieldSet::from_json(&fields), set(&value));
    }

    #[test]
    fn changes_are_found_to_the_leaf() {
        let old = json!({"spec": {"listeners": [{"name": "a", "port": 80}, {"name": "b"}]}});
        let new = json!({"spec": {"listeners": [{"name": "a", "port": 81}]}});
        let paths = FieldSet::changed(&old, &new, gateway()).paths();
        let expected = [
            r#".spec.listeners[name="a"].port"#,
            r#".spec.listeners[name="b"].name"#,
            r#".spec.listeners[name="b"]"#,
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn removal_spares_what_others_own() {
        let mut value =
            json!({"spec": {"listeners": [{"name": "a", "port": 80, "hostname": "h"}]}});
        let mine = set(&value);
        let theirs = set(&json!({"spec": {"listeners": [{"name": "a", "port": 80}]}}));
        mine.without(&theirs).remove_from(&mut value, gateway(), &theirs);
        assert_eq!(value, json!({"spec": {"listeners": [{"name": "a", "port": 80}]}}));
        mine.remove_from(&mut value, gateway(), &FieldSet::default());
        assert_eq!(value, json!({}));
    }
}
