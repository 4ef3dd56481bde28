//! Server-side apply: merging what one manager wants into what is there.

use serde_json::Value;

use crate::fields::managed::{ManagedFields, Manager, ownable};
use crate::fields::schema::{Merge, Schema};
use crate::fields::set::{FieldSet, element_step};
use crate::status_error::StatusError;

/// The object that results from an apply, and its new owners.
#[derive(Debug)]
pub struct Applied {
    pub value: Value,
    pub managers: ManagedFields,
}

/// Merges `wanted` into `live`: sets the manager's fields, and takes out those that it applied
/// before and no longer wants, where nobody else owns them.
///
/// # Errors
///
/// A conflict, unless `force`, if a field would change that another manager owns.
pub fn apply(
    live: &Value,
    wanted: &Value,
    schema: &Schema,
    manager: &Manager,
    force: bool,
) -> Result<Applied, StatusError> {
    let mut managers = ManagedFields::read(live);
    let fields = ownable(wanted, schema);
    let mut value = live.clone();
    merge(&mut value, wanted, schema)?;

    let changed = FieldSet::changed(live, &value, schema).intersection(&fields);
    let conflicts = managers.conflicts(manager, &changed);
    if !(force || conflicts.is_empty()) {
        return Err(StatusError::apply_conflict(&conflicts));
    }
    let others = managers.of_others(manager);
    let abandoned = managers.last_applied(manager).without(&fields);
    abandoned.remove_from(&mut value, schema, &others.union(&fields));
    managers.applied(manager, fields, &changed);
    Ok(Applied { value, managers })
}

/// Drops members that are null: in an applied configuration they say nothing.
pub fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn merge(live: &mut Value, wanted: &Value, schema: &Schema) -> Result<(), StatusError> {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) if !schema.is_atomic_map() => {
            for (name, wanted) in wanted {
                let live = live.entry(name.clone()).or_insert(Value::Null);
                merge(live, wanted, schema.field(name))?;
            }
        }
        (Value::Array(live), Value::Array(wanted)) if schema.list() != Merge::Atomic => {
            *live = merge_lists(live, wanted, schema)?;
        }
        (live, wanted) => {
            if let (Value::Array(list), false) = (wanted, schema.list() == Merge::Atomic) {
                merge_lists(&[], list, schema)?;
            }
            live.clone_from(wanted);
        }
    }
    Ok(())
}

/// The wanted elements in their order, and those that only others have where they were: before
/// the next wanted one.
fn merge_lists(
    live: &[Value],
    wanted: &[Value],
    schema: &Schema,
) -> Result<Vec<Value>, StatusError> {
    let step = |element: &Value| element_step(schema.list(), element);
    let is_wanted = |live: &Value| wanted.iter().any(|wanted| step(wanted) == step(live));
    let mut passed = 0;
    let mut merged: Vec<Value> = Vec::with_capacity(live.len().max(wanted.len()));
    for (index, element) in wanted.iter().enumerate() {
        let this = step(element);
        if this.is_some() && wanted[..index].iter().any(|earlier| step(earlier) == this) {
            let key = this.map(|step| step.to_string()).unwrap_or_default();
            let why = format!("the applied configuration has duplicate entries for key {key}");
            return Err(StatusError::unprocessable_patch(why));
        }
        let place = live.iter().position(|live| step(live) == this);
        if let Some(place) = place.filter(|place| *place >= passed) {
            merged.extend(live[passed..place].iter().filter(|live| !is_wanted(live)).cloned());
            passed = place + 1;
        }
        let mut value = place.map(|place| live[place].clone()).unwrap_or_default();
        merge(&mut value, element, schema.items())?;
        merged.push(value);
    }
    merged.extend(live[passed..].iter().filter(|live| !is_wanted(live)).cloned());
    Ok(merged)
}
