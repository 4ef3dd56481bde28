//! The forms in which objects are answered: whole, as rows of a table, or metadata only.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::object;
use crate::resources::{Column, ColumnKind, Resource};

/// The form that a client asked for in its `Accept` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Whole,
    /// A `meta.k8s.io/v1` Table, which `kubectl get` prints.
    Table(RowObject),
    /// A `PartialObjectMetadata`.
    Metadata,
}

/// How much of its object each row of a table carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowObject {
    None,
    Metadata,
    Object,
}

/// The form that an `Accept` header asks for, or nothing where JSON would not be understood.
pub fn form(accept: &str, include_object: &str) -> Option<Form> {
    let row = match include_object {
        "None" => RowObject::None,
        "Object" => RowObject::Object,
        _ => RowObject::Metadata,
    };
    if accept.trim().is_empty() {
        return Some(Form::Whole);
    }
    accept.split(',').find_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        if !matches!(media_type, "application/json" | "application/*" | "*/*") {
            return None;
        }
        let parameters: Vec<&str> = parts.collect();
        let has = |parameter: &str| parameters.contains(&parameter);
        let wanted = parameters.iter().find_map(|parameter| parameter.strip_prefix("as="));
        match wanted {
            None => Some(Form::Whole),
            Some("Table") if has("v=v1") => Some(Form::Table(row)),
            Some("PartialObjectMetadata" | "PartialObjectMetadataList") if has("v=v1") => {
                Some(Form::Metadata)
            }
            Some(_) => None,
        }
    })
}

/// A table of objects, with its column definitions where they are wanted: a watch sends them once.
pub fn table(
    resource: &Resource,
    objects: &[&Value],
    row: RowObject,
    version: &str,
    with_columns: bool,
) -> Value {
    let rows: Vec<Value> = objects.iter().map(|object| table_row(resource, object, row)).collect();
    let columns = if with_columns { column_definitions(resource) } else { Vec::new() };
    json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": version},
        "columnDefinitions": columns,
        "rows": rows,
    })
}

/// The metadata of an object alone.
pub fn partial(value: &Value) -> Value {
    json!({
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": value["metadata"],
    })
}

fn column_definitions(resource: &Resource) -> Vec<Value> {
    let definition = |name: &str, format: &str, wide: bool| {
        json!({
            "name": name,
            "type": "string",
            "format": format,
            "description": "",
            "priority": i32::from(wide),
        })
    };
    let columns = resource.columns.iter().map(|column| definition(column.name, "", column.wide));
    std::iter::once(definition("Name", "name", false)).chain(columns).collect()
}

fn table_row(resource: &Resource, value: &Value, row: RowObject) -> Value {
    let cells = resource.columns.iter().map(|column| cell(column, value));
    let name = Value::from(object::name(value));
    let cells: Vec<Value> = std::iter::once(name).chain(cells).collect();
    match row {
        RowObject::None => json!({"cells": cells}),
        RowObject::Metadata => json!({"cells": cells, "object": partial(value)}),
        RowObject::Object => json!({"cells": cells, "object": value}),
    }
}

fn cell(column: &Column, value: &Value) -> Value {
    let text = match column.kind {
        ColumnKind::Path(path) => joined(value, path),
        ColumnKind::Condition(wanted) => condition(value, wanted),
        ColumnKind::Age(path) => age(&joined(value, path), Timestamp::now()),
        ColumnKind::Count(path) => {
            let counted = at(value, path).into_iter().next().unwrap_or(&Value::Null);
            let list = counted.as_array().map(Vec::len);
            list.or(counted.as_object().map(serde_json::Map::len)).unwrap_or(0).to_string()
        }
        ColumnKind::Ratio(some, all) => {
            let number = |path| at(value, path).first().and_then(|n| n.as_i64()).unwrap_or(0);
            format!("{}/{}", number(some), number(all))
        }
        ColumnKind::ServicePorts => service_ports(value),
        ColumnKind::ReadyContainers => {
            let ready = at(value, "status.containerStatuses.ready");
            let ready = ready.iter().filter(|ready| ***ready == true).count();
            format!("{ready}/{}", at(value, "spec.containers.name").len())
        }
        ColumnKind::PodStatus => pod_status(value),
    };
    if text.is_empty() && matches!(column.kind, ColumnKind::Path("status.loadBalancer.ingress.ip"))
    {
        return "<none>".into();
    }
    text.into()
}

/// The values at a path of member names, through every element of the lists on the way.
fn at<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for name in path.split('.') {
        found = found
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(list) => list.iter().collect(),
                one => vec![one],
            })
            .filter_map(|value| value.get(name))
            .collect();
    }
    found
}

fn joined(value: &Value, path: &str) -> String {
    let texts: Vec<String> = at(value, path)
        .into_iter()
        .filter(|value| !value.is_null())
        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .collect();
    texts.join(",")
}

fn condition(value: &Value, wanted: &str) -> String {
    let conditions = value.pointer("/status/conditions").and_then(Value::as_array);
    let found = conditions.into_iter().flatten().find(|condition| condition["type"] == wanted);
    found.map(|condition| object::text(condition, "/status").to_owned()).unwrap_or_default()
}

fn service_ports(value: &Value) -> String {
    let ports = value.pointer("/spec/ports").and_then(Value::as_array);
    let ports = ports
        .into_iter()
        .flatten()
        .map(|port| format!("{}/{}", port["port"], port["protocol"].as_str().unwrap_or("TCP")));
    ports.collect::<Vec<_>>().join(",")
}

fn pod_status(value: &Value) -> String {
    if object::is_terminating(value) {
        return "Terminating".to_owned();
    }
    let waiting = joined(value, "status.containerStatuses.state.waiting.reason");
    if waiting.is_empty() { joined(value, "status.phase") } else { waiting }
}

/// How long ago a time was, in the two largest units that matter.
fn age(time: &str, now: Timestamp) -> String {
    let Ok(then) = time.parse::<Timestamp>() else { return "<unknown>".to_owned() };
    let seconds = now.duration_since(then).as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 if seconds % 60 > 0 => format!("{minutes}m{}s", seconds % 60),
        120..10_800 => format!("{minutes}m"),
        10_800..28_800 if minutes % 60 > 0 => format!("{hours}h{}m", minutes % 60),
        10_800..172_800 => format!("{hours}h"),
        _ => format!("{days}d"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::by_plural;

    #[test]
    fn the_accept_header_chooses_the_form() {
        let kubectl = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
        assert_eq!(form(kubectl, ""), Some(Form::Table(RowObject::Metadata)));
        let controller = "application/vnd.kubernetes.protobuf,application/json";
        assert_eq!(form(controller, ""), Some(Form::Whole));
        assert_eq!(form("application/vnd.kubernetes.protobuf", ""), None);
        let metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
        assert_eq!(form(metadata, ""), Some(Form::Metadata));
    }

    #[test]
    fn a_gateway_is_printed_with_its_class_address_and_condition() {
        let gateway = json!({
            "metadata": {"name": "g", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"gatewayClassName": "c"},
            "status": {
                "addresses": [{"value": "1.1.1.1"}, {"value": "2.2.2.2"}],
                "conditions": [{"type": "Programmed", "status": "True"}],
            },
        });
        let row = table_row(by_plural("gateways"), &gateway, RowObject::None);
        let cells = row["cells"].as_array().unwrap();
        assert_eq!(cells[..4], [json!("g"), json!("c"), json!("1.1.1.1,2.2.2.2"), json!("True")]);
    }

    #[test]
    fn ages() {
        let now: Timestamp = "2026-01-03T00:00:00Z".parse().unwrap();
        let ages = [
            ("2026-01-02T23:59:01Z", "59s"),
            ("2026-01-02T23:56:30Z", "3m30s"),
            ("2026-01-02T23:00:00Z", "60m"),
            ("2026-01-02T19:30:00Z", "4h30m"),
            ("2025-12-31T00:00:00Z", "3d"),
            ("", "<unknown>"),
        ];
        for (time, expected) in ages {
            assert_eq!(age(time, now), expected, "{time}");
        }
    }
}
