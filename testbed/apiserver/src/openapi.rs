//! `OpenAPI` v3 documents, as far as `kubectl` reads them: which kinds and parameters there are.

use serde_json::{Map, Value, json};

use crate::resources::{Resource, Storage, api_version};
use crate::served::Served;

/// The answer at `/openapi/v3`.
pub fn index(served: &Served) -> Value {
    let paths: Map<String, Value> = served
        .group_versions()
        .into_iter()
        .map(|(group, version, _)| {
            let path = path(group, version);
            let url = format!("/openapi/v3/{path}?hash=testbed");
            (path, json!({"serverRelativeURL": url}))
        })
        .collect();
    json!({"paths": paths})
}

/// The answer at `/openapi/v3/api/v1` or `/openapi/v3/apis/GROUP/VERSION`.
pub fn document(served: &Served, group: &str, version: &str) -> Option<Value> {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for resource in served.in_version(group, version)? {
        let kind = json!({"group": group, "version": version, "kind": resource.kind});
        let name = schema_name(group, version, resource.kind);
        let scope = if resource.namespaced { "/namespaces/{namespace}" } else { "" };
        let collection = format!("/{}{scope}/{}", path(group, version), resource.plural);
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        paths.insert(format!("{collection}/{{name}}"), operations(resource, &kind, &reference));
        paths.insert(collection, collection_operations(&kind, &reference));
        schemas.insert(name, schema(&kind));
    }
    Some(json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.36.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }))
}

fn path(group: &str, version: &str) -> String {
    let root = if group.is_empty() { "api" } else { "apis" };
    format!("{root}/{}", api_version(group, version))
}

fn schema_name(group: &str, version: &str, kind: &str) -> String {
    let group = if group.is_empty() { "io.k8s.api.core" } else { group };
    format!("{group}.{version}.{kind}")
}

/// An object of which nothing more is told, so that clients leave checking to the server.
fn schema(kind: &Value) -> Value {
    json!({
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": true,
        "x-kubernetes-group-version-kind": [kind],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        },
    })
}

/// The query parameters of writes. `kubectl` looks for them before it uses them.
fn parameters() -> Value {
    let names = ["dryRun", "fieldManager", "fieldValidation"];
    let parameters = names.map(|name| {
        json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}})
    });
    Value::from(parameters.to_vec())
}

fn operation(action: &str, kind: &Value, reference: &Value) -> Value {
    json!({
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": kind,
        "parameters": parameters(),
        "responses": {"200": {
            "description": "OK",
            "content": {"application/json": {"schema": reference}},
        }},
    })
}

fn operations(resource: &Resource, kind: &Value, reference: &Value) -> Value {
    if resource.storage == Storage::Answer {
        return json!({});
    }
    // Strategic merge is not named although built-in kinds take it: kubectl would compute the
    // patch from these schemas, and knows the built-in kinds better by itself.
    let formats = ["application/json-patch+json", "application/merge-patch+json"];
    let formats = formats.into_iter().chain(["application/apply-patch+yaml"]);
    let content: Map<String, Value> =
        formats.map(|format| (format.to_owned(), json!({"schema": {"type": "object"}}))).collect();
    let mut patch = operation("patch", kind, reference);
    patch["requestBody"] = json!({"content": content, "required": true});
    json!({
        "get": operation("get", kind, reference),
        "put": operation("put", kind, reference),
        "patch": patch,
        "delete": operation("delete", kind, reference),
    })
}

fn collection_operations(kind: &Value, reference: &Value) -> Value {
    json!({
        "get": operation("list", kind, reference),
        "post": operation("post", kind, reference),
    })
}
