//! Defaults as data: a place and the value that it has when it is absent.

use serde_json::Value;

/// One default. It applies where the parent is present and the member is not.
#[derive(Debug)]
pub struct Rule {
    path: Vec<Segment>,
    value: Value,
}

#[derive(Debug)]
struct Segment {
    name: &'static str,
    /// Whether to go on into each element of a list.
    each: bool,
}

impl Rule {
    /// A default at a path such as `spec.listeners[].protocol`.
    pub fn new(path: &'static str, value: Value) -> Self {
        let segments = path.split('.').map(|segment| match segment.strip_suffix("[]") {
            Some(name) => Segment { name, each: true },
            None => Segment { name: segment, each: false },
        });
        Self { path: segments.collect(), value }
    }

    pub fn apply(&self, object: &mut Value) {
        self.descend(&self.path, object);
    }

    fn descend(&self, path: &[Segment], value: &mut Value) {
        let (Some(map), [segment, rest @ ..]) = (value.as_object_mut(), path) else { return };
        if rest.is_empty() && !segment.each {
            let member = map.entry(segment.name).or_insert(Value::Null);
            if member.is_null() {
                member.clone_from(&self.value);
            }
            return;
        }
        let Some(member) = map.get_mut(segment.name) else { return };
        if segment.each {
            for element in member.as_array_mut().into_iter().flatten() {
                self.descend(rest, element);
            }
        } else {
            self.descend(rest, member);
        }
    }
}
