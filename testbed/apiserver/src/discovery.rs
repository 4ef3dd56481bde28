//! What is served, as clients ask for it before anything else.

use serde_json::{Value, json};

use crate::resources::{Resource, api_version};
use crate::served::Served;

/// The answer at `/version`.
pub fn version() -> Value {
    json!({
        "major": "1",
        "minor": "36",
        "gitVersion": "v1.36.0-testbed",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "rustc",
        "platform": "linux/amd64",
    })
}

/// The answer at `/api`.
pub fn core_versions() -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
}

/// The answer at `/apis`.
pub fn groups(served: &Served) -> Value {
    let groups: Vec<Value> =
        names(served).into_iter().filter_map(|name| group(served, name)).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// The answer at `/apis/GROUP`, where the group is served. The core group has none.
pub fn group(served: &Served, name: &str) -> Option<Value> {
    let versions: Vec<Value> = versions(served, name)
        .into_iter()
        .map(|version| json!({"groupVersion": api_version(name, version), "version": version}))
        .collect();
    let preferred = versions.first().filter(|_| !name.is_empty())?.clone();
    Some(json!({
        "kind": "APIGroup",
        "apiVersion": "v1",
        "name": name,
        "versions": versions,
        "preferredVersion": preferred,
    }))
}

/// The answer at `/api/v1` or `/apis/GROUP/VERSION`, where that is served.
pub fn resources(served: &Served, group: &str, version: &str) -> Option<Value> {
    let resources = served.in_version(group, version)?.into_iter().flat_map(entries);
    let resources: Vec<Value> = resources.collect();
    Some(json!({
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": api_version(group, version),
        "resources": resources,
    }))
}

/// Everything below `/api` (`core`) or `/apis` in one answer: aggregated discovery.
pub fn aggregated(served: &Served, core: bool) -> Value {
    let names = names(served).into_iter().filter(|name| name.is_empty() == core);
    let items: Vec<Value> = names
        .map(|name| {
            let versions = served.group_versions().into_iter().filter(|(group, ..)| *group == name);
            let versions: Vec<Value> = versions
                .map(|(_, version, resources)| aggregated_version(name, version, resources))
                .collect();
            json!({"metadata": {"name": name, "creationTimestamp": null}, "versions": versions})
        })
        .collect();
    json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    })
}

fn names(served: &Served) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for resource in served.iter() {
        if !names.contains(&resource.group) {
            names.push(resource.group);
        }
    }
    names
}

fn versions(served: &Served, group: &str) -> Vec<&'static str> {
    let all = served.group_versions().into_iter();
    all.filter(|(name, _, _)| *name == group).map(|(_, version, _)| version).collect()
}

fn categories(resource: &Resource) -> &'static [&'static str] {
    if resource.is_custom() {
        return &["gateway-api"];
    }
    match resource.plural {
        "pods" | "services" | "deployments" | "replicasets" => &["all"],
        _ => &[],
    }
}

fn subresource_verbs(name: &str) -> &'static [&'static str] {
    match name {
        "log" => &["get"],
        "exec" => &["create", "get"],
        "finalize" => &["update"],
        _ => &["get", "patch", "update"],
    }
}

fn entries(resource: &Resource) -> Vec<Value> {
    let mut entry = json!({
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": resource.verbs(),
    });
    if !resource.short_names.is_empty() {
        entry["shortNames"] = resource.short_names.into();
    }
    if !categories(resource).is_empty() {
        entry["categories"] = categories(resource).into();
    }
    let subresources = resource.subresources().iter().map(|name| {
        json!({
            "name": format!("{}/{name}", resource.plural),
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": subresource_verbs(name),
        })
    });
    std::iter::once(entry).chain(subresources).collect()
}

fn aggregated_version(group: &str, version: &str, resources: Vec<&Resource>) -> Value {
    let resources: Vec<Value> = resources
        .into_iter()
        .map(|resource| {
            let kind = json!({"group": group, "version": version, "kind": resource.kind});
            let subresources: Vec<Value> = resource
                .subresources()
                .iter()
                .map(|name| {
                    json!({
                        "subresource": name,
                        "responseKind": kind,
                        "verbs": subresource_verbs(name),
                    })
                })
                .collect();
            json!({
                "resource": resource.plural,
                "responseKind": kind,
                "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
                "singularResource": resource.singular,
                "shortNames": resource.short_names,
                "categories": categories(resource),
                "verbs": resource.verbs(),
                "subresources": subresources,
            })
        })
        .collect();
    json!({"version": version, "resources": resources, "freshness": "Current"})
}
