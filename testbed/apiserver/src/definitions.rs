//! The `CustomResourceDefinition`s of the Gateway API, as far as clients read them.
//!
//! Their schemas accept everything: the rules that matter are in `validation` and `defaults`.

use serde_json::{Value, json};

use crate::resources::{Column, ColumnKind, GATEWAY_API, Release, Resource};
use crate::served::Served;

/// The definition of every Gateway API kind, with the annotations that tell which release and
/// channel is installed, where that release had them.
pub fn all(served: &Served, bundle_version: &str, channel: &str) -> Vec<Value> {
    let annotations = if Release::of(bundle_version) < Release::FIRST_ANNOTATED {
        json!({})
    } else {
        json!({
            "gateway.networking.k8s.io/bundle-version": bundle_version,
            "gateway.networking.k8s.io/channel": channel,
        })
    };
    let kinds = served.iter().filter(|resource| resource.is_custom());
    let none = json!({});
    let kinds = kinds.map(|resource| {
        let is_of_release = resource.group == GATEWAY_API;
        definition(resource, if is_of_release { &annotations } else { &none })
    });
    kinds.collect()
}

fn definition(resource: &Resource, annotations: &Value) -> Value {
    let name = resource.qualified_name();
    let names = json!({
        "plural": resource.plural,
        "singular": resource.singular,
        "kind": resource.kind,
        "listKind": format!("{}List", resource.kind),
        "shortNames": resource.short_names,
        "categories": ["gateway-api"],
    });
    let versions: Vec<Value> = resource
        .versions
        .iter()
        .map(|version| definition_version(resource, version, *version == resource.versions[0]))
        .collect();
    let condition = |condition_type: &str, reason: &str, message: &str| {
        json!({
            "type": condition_type,
            "status": "True",
            "reason": reason,
            "message": message,
            "lastTransitionTime": "1970-01-01T00:00:00Z",
        })
    };
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": name, "annotations": annotations },
        "spec": {
            "group": resource.group,
            "names": names,
            "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
            "versions": versions,
            "conversion": {"strategy": "None"},
        },
        "status": {
            "acceptedNames": names,
            "conditions": [
                condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                condition(
                    "Established",
                    "InitialNamesAccepted",
                    "the initial names have been accepted",
                ),
            ],
            "storedVersions": [resource.versions[0]],
        },
    })
}

fn definition_version(resource: &Resource, version: &str, stored: bool) -> Value {
    let columns: Vec<Value> = resource.columns.iter().filter_map(printer_column).collect();
    let subresources = if resource.status { json!({"status": {}}) } else { json!({}) };
    json!({
        "name": version,
        "served": true,
        "storage": stored,
        "subresources": subresources,
        "additionalPrinterColumns": columns,
        "schema": {"openAPIV3Schema": {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": true,
        }},
    })
}

fn printer_column(column: &Column) -> Option<Value> {
    let (path, column_type) = match column.kind {
        ColumnKind::Path(path) => (format!(".{path}"), "string"),
        ColumnKind::Condition(condition) => {
            (format!(".status.conditions[?(@.type==\"{condition}\")].status"), "string")
        }
        ColumnKind::Age(path) => (format!(".{path}"), "date"),
        _ => return None,
    };
    let priority = i32::from(column.wide);
    Some(json!({
        "name": column.name,
        "type": column_type,
        "jsonPath": path,
        "priority": priority,
    }))
}
