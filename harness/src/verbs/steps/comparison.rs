//! Whether an object has some fields.

use cluster::Object;
use serde_json::{Map, Value};

/// Who wrote an entry of a status.
const CONTROLLER: &str = "controllerName";
/// The fields by which items of a list are told apart.
const NAMES: [&str; 5] = ["ancestorRef", CONTROLLER, "name", "parentRef", "type"];

/// The fields that an object must have.
pub(super) struct Wanted {
    pub(super) fields: Value,
    /// The controller under test: what another one says counts only where it is named.
    pub(super) controller: String,
}

/// What an object is compared with.
struct Comparison<'w> {
    controller: &'w str,
    /// The object's.
    generation: i64,
}

/// How far an object is from what is wanted.
struct Distance {
    /// How many values are as wanted.
    met: usize,
    /// The first that is not.
    lacks: Option<String>,
}

impl Wanted {
    /// Whether an object has them.
    ///
    /// # Errors
    ///
    /// The first that it does not have, and what it has instead.
    pub(super) fn is_met_by(&self, object: &Object) -> Result<(), String> {
        let generation = object.metadata.generation.unwrap_or_default();
        let comparison = Comparison { controller: &self.controller, generation };
        let found = serde_json::to_value(object).map_err(|error| error.to_string())?;
        comparison.distance(&self.fields, &found, "").lacks.map_or(Ok(()), Err)
    }
}

impl Comparison<'_> {
    fn distance(&self, wanted: &Value, found: &Value, path: &str) -> Distance {
        let parts: Vec<_> = match (wanted, found) {
            (Value::Object(wanted), Value::Object(found)) => {
                let fields = wanted.iter().map(|(name, wanted)| {
                    let path = if path.is_empty() { name } else { &format!("{path}.{name}") };
                    self.distance(wanted, found.get(name).unwrap_or(&Value::Null), path)
                });
                fields.collect()
            }
            (Value::Array(wanted), Value::Array(found)) => {
                wanted.iter().map(|wanted| self.nearest(wanted, found, path)).collect()
            }
            _ if wanted == found => return Distance { met: 1, lacks: None },
            (_, Value::Null) => return Distance::far(format!("there is no {path}")),
            _ => return Distance::far(format!("{path} is {found}")),
        };
        Distance {
            met: parts.iter().map(|part| part.met).sum(),
            lacks: parts.into_iter().find_map(|part| part.lacks),
        }
    }

    /// The distance of the item that is nearest: which is called as it should be, and then has most of the rest.
    fn nearest(&self, wanted: &Value, items: &[Value], path: &str) -> Distance {
        let names = self.names(wanted, items);
        let ranked = items.iter().enumerate().map(|(index, item)| {
            let path = format!("{path}[{index}]");
            let mut distance = self.distance(wanted, item, &path);
            if let Some(why) = self.disqualified(wanted, item) {
                distance.lacks = Some(format!("{path} {why}"));
            }
            let is_met = |field: &str, name| self.distance(name, &item[field], "").lacks.is_none();
            let alike = names.iter().filter(|(field, name)| is_met(field, name)).count();
            ((distance.lacks.is_none(), alike, distance.met), distance)
        });
        // Of equals the first.
        let nearest = ranked.reduce(|best, next| if next.0 > best.0 { next } else { best });
        let none = |what: String| Distance::far(format!("no item of {path} is {what}"));
        match nearest {
            None => Distance::far(format!("{path} is empty")),
            Some(((false, 0, _), _)) if !wanted.is_object() => none(wanted.to_string()),
            Some(((false, 0, _), _)) if !names.is_empty() => none(Value::Object(names).to_string()),
            Some((_, distance)) => distance,
        }
    }

    /// The fields by which an item is told apart from the others.
    fn names(&self, wanted: &Value, items: &[Value]) -> Map<String, Value> {
        let name = |field: &str| match &wanted[field] {
            Value::Null => {
                let has_controllers = items.iter().any(|item| item[CONTROLLER].is_string());
                (field == CONTROLLER && has_controllers).then(|| self.controller.into())
            }
            name => Some(name.clone()),
        };
        NAMES.iter().filter_map(|field| Some(((*field).to_owned(), name(field)?))).collect()
    }

    /// Why an item does not count, whatever it has.
    fn disqualified(&self, wanted: &Value, item: &Value) -> Option<String> {
        let is_asked_for = |field: &str| !wanted[field].is_null();
        let controller = item[CONTROLLER].as_str().filter(|it| *it != self.controller);
        if let Some(other) = controller.filter(|_| !is_asked_for(CONTROLLER)) {
            return Some(format!("is of the controller {other}"));
        }
        let seen = item["observedGeneration"].as_i64().filter(|it| *it != self.generation);
        let seen =
            seen.filter(|_| item["type"].is_string() && !is_asked_for("observedGeneration"))?;
        Some(format!("is of generation {seen}, and the object is at {}", self.generation))
    }
}

impl Distance {
    fn far(lacks: String) -> Self {
        Self { met: 0, lacks: Some(lacks) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object() -> Object {
        let object = json!({
            "metadata": { "name": "a", "generation": 2, "labels": { "x": "y" } },
            "spec": { "hosts": ["b", "c"] },
            "status": { "parents": [
                { "controllerName": "other/one", "parentRef": { "name": "g" }, "conditions": [
                    { "type": "Accepted", "status": "True", "observedGeneration": 2 },
                ] },
                { "controllerName": "ours/one", "parentRef": { "name": "g" }, "conditions": [
                    { "type": "Accepted", "status": "False", "observedGeneration": 2 },
                    { "type": "ResolvedRefs", "status": "True", "observedGeneration": 1 },
                ] },
            ] },
        });
        serde_json::from_value(object).unwrap()
    }

    fn compare(fields: Value) -> String {
        let wanted = Wanted { fields, controller: "ours/one".to_owned() };
        wanted.is_met_by(&object()).err().unwrap_or_else(|| "met".to_owned())
    }

    fn condition(kind: &str, status: &str) -> Value {
        let condition = json!({ "type": kind, "status": status });
        json!({ "status": { "parents": [{
            "parentRef": { "name": "g" }, "conditions": [condition],
        }] } })
    }

    #[test]
    fn what_is_not_named_does_not_matter_nor_does_the_order_of_a_list() {
        assert_eq!(compare(json!({ "metadata": { "labels": { "x": "y" } } })), "met");
        assert_eq!(compare(json!({ "spec": { "hosts": ["c"] } })), "met");
        assert_eq!(compare(condition("Accepted", "False")), "met");
    }

    #[test]
    fn what_is_missing_is_told_of_the_item_that_is_nearest() {
        let told = [
            compare(json!({ "spec": { "hosts": ["b", "d"] } })),
            compare(json!({ "spec": { "ports": [1] } })),
            compare(json!({ "metadata": { "name": "b" } })),
            compare(condition("Accepted", "True")),
            compare(condition("ResolvedRefs", "True")),
            compare(condition("Programmed", "True")),
        ];
        insta::assert_snapshot!(told.join("\n"), @r#"
        no item of spec.hosts is "d"
        there is no spec.ports
        metadata.name is "a"
        status.parents[1].conditions[0].status is "False"
        status.parents[1].conditions[1] is of generation 1, and the object is at 2
        no item of status.parents[1].conditions is {"type":"Programmed"}
        "#);
    }

    #[test]
    fn another_controller_counts_where_it_is_named() {
        let of = |controller: &str| {
            compare(json!({ "status": { "parents": [{
                "controllerName": controller, "conditions": [{ "type": "Accepted", "status": "True" }],
            }] } }))
        };
        assert_eq!(of("other/one"), "met");
        assert_eq!(of("ours/one"), "status.parents[1].conditions[0].status is \"False\"");
    }
}
