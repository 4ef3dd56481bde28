//! `metadata.managedFields`: reading it, and keeping it true through updates and applies.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::schema::Schema;
use super::set::FieldSet;
use crate::object;

/// Who writes, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manager {
    pub name: String,
    /// The `apiVersion` in which the manager wrote.
    pub api_version: String,
    /// `status` or nothing.
    pub subresource: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Apply,
    Update,
}

#[derive(Debug, Clone)]
struct Entry {
    manager: String,
    operation: Operation,
    api_version: String,
    subresource: String,
    time: Value,
    fields: FieldSet,
}

/// The owners of one object's fields.
#[derive(Debug, Clone, Default)]
pub struct ManagedFields(Vec<Entry>);

/// Fields that no manager can own.
const UNOWNED: &[&[&str]] = &[
    &["apiVersion"],
    &["kind"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "uid"],
    &["metadata", "generateName"],
    &["metadata", "resourceVersion"],
    &["metadata", "generation"],
    &["metadata", "creationTimestamp"],
    &["metadata", "deletionTimestamp"],
    &["metadata", "deletionGracePeriodSeconds"],
    &["metadata", "selfLink"],
    &["metadata", "managedFields"],
];

impl Entry {
    fn is(&self, manager: &Manager, operation: Operation) -> bool {
        self.manager == manager.name
            && self.operation == operation
            && self.subresource == manager.subresource.unwrap_or_default()
            && (operation == Operation::Apply || self.api_version == manager.api_version)
    }
}

/// The fields of a value that managers can own.
pub fn ownable(value: &Value, schema: &Schema) -> FieldSet {
    let mut set = FieldSet::of(value, schema);
    forget_unowned(&mut set);
    set
}

fn forget_unowned(set: &mut FieldSet) {
    for path in UNOWNED {
        set.forget(path);
    }
}

impl ManagedFields {
    pub fn read(object: &Value) -> Self {
        let entries = object.pointer("/metadata/managedFields").and_then(Value::as_array);
        Self(entries.into_iter().flatten().filter_map(read_entry).collect())
    }

    pub fn write(&self, object: &mut Value) {
        let entries: Vec<Value> = self.0.iter().map(write_entry).collect();
        let metadata = object::metadata(object);
        if entries.is_empty() {
            metadata.remove("managedFields");
        } else {
            metadata.insert("managedFields".to_owned(), entries.into());
        }
    }

    /// Notes what a create, an update or a patch has changed, without the member that is
    /// `ignored` because such a write cannot set it.
    pub fn updated(
        &mut self,
        manager: &Manager,
        old: &Value,
        new: &Value,
        schema: &Schema,
        ignored: Option<&str>,
    ) {
        let mut changed = FieldSet::changed(old, new, schema);
        forget_unowned(&mut changed);
        if let Some(ignored) = ignored {
            changed.forget(&[ignored]);
        }
        if changed.is_empty() {
            return;
        }
        let set = changed.intersection(&FieldSet::of(new, schema));
        for entry in &mut self.0 {
            entry.fields = entry.fields.without(&changed);
        }
        let before = self.fields_of(manager, Operation::Update);
        self.replace(manager, Operation::Update, before.union(&set));
    }

    /// Who else owns fields of this set, as `(manager, field)` in the words of conflict messages.
    pub fn conflicts(&self, manager: &Manager, changed: &FieldSet) -> Vec<(String, String)> {
        let mut conflicts = Vec::new();
        for entry in self.0.iter().filter(|entry| !entry.is(manager, Operation::Apply)) {
            let owner = describe(entry);
            let fields = entry.fields.intersection(changed).paths();
            conflicts.extend(fields.into_iter().map(|field| (owner.clone(), field)));
        }
        conflicts
    }

    /// Notes that a manager applied `fields`, which takes `changed` away from everyone else.
    pub fn applied(&mut self, manager: &Manager, fields: FieldSet, changed: &FieldSet) {
        for entry in &mut self.0 {
            if !entry.is(manager, Operation::Apply) {
                entry.fields = entry.fields.without(changed);
            }
        }
        self.replace(manager, Operation::Apply, fields);
    }

    /// What the manager applied last.
    pub fn last_applied(&self, manager: &Manager) -> FieldSet {
        self.fields_of(manager, Operation::Apply)
    }

    /// What everyone but the applying manager owns.
    pub fn of_others(&self, manager: &Manager) -> FieldSet {
        let others = self.0.iter().filter(|entry| !entry.is(manager, Operation::Apply));
        others.fold(FieldSet::default(), |all, entry| all.union(&entry.fields))
    }

    fn fields_of(&self, manager: &Manager, operation: Operation) -> FieldSet {
        let entry = self.0.iter().find(|entry| entry.is(manager, operation));
        entry.map(|entry| entry.fields.clone()).unwrap_or_default()
    }

    fn replace(&mut self, manager: &Manager, operation: Operation, fields: FieldSet) {
        match self.0.iter_mut().find(|entry| entry.is(manager, operation)) {
            Some(entry) if entry.fields == fields => {}
            Some(entry) => {
                entry.fields = fields;
                entry.time = now();
                entry.api_version.clone_from(&manager.api_version);
            }
            None => self.0.push(Entry {
                manager: manager.name.clone(),
                operation,
                api_version: manager.api_version.clone(),
                subresource: manager.subresource.unwrap_or_default().to_owned(),
                time: now(),
                fields,
            }),
        }
        self.0.retain(|entry| !entry.fields.is_empty());
    }
}

/// An owner as messages name it, such as `"kubectl" using apps/v1`.
fn describe(entry: &Entry) -> String {
    let subresource = match entry.subresource.as_str() {
        "" => String::new(),
        name => format!(" with subresource {name:?}"),
    };
    let update = match entry.operation {
        Operation::Apply => String::new(),
        Operation::Update => format!(" using {}", entry.api_version),
    };
    format!("{:?}{subresource}{update}", entry.manager)
}

/// The current time in the form of the API: UTC in whole seconds.
pub fn now() -> Value {
    Value::from(Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn read_entry(entry: &Value) -> Option<Entry> {
    let operation = match object::text(entry, "/operation") {
        "Apply" => Operation::Apply,
        "Update" => Operation::Update,
        _ => return None,
    };
    Some(Entry {
        manager: object::text(entry, "/manager").to_owned(),
        operation,
        api_version: object::text(entry, "/apiVersion").to_owned(),
        subresource: object::text(entry, "/subresource").to_owned(),
        time: entry.get("time").cloned().unwrap_or_default(),
        fields: FieldSet::from_json(entry.get("fieldsV1")?),
    })
}

fn write_entry(entry: &Entry) -> Value {
    let operation = match entry.operation {
        Operation::Apply => "Apply",
        Operation::Update => "Update",
    };
    let mut value = json!({
        "manager": entry.manager,
        "operation": operation,
        "apiVersion": entry.api_version,
        "time": entry.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": entry.fields.to_json(),
    });
    if !entry.subresource.is_empty() {
        value["subresource"] = entry.subresource.clone().into();
    }
    value
}
