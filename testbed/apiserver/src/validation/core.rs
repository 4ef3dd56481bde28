//! The built-in kinds.

use serde_json::Value;

use super::members::{elements, require};
use crate::object::text;
use crate::status_error::Cause;

pub fn check(kind: &str, value: &Value, causes: &mut Vec<Cause>) {
    match kind {
        "Pod" => check_containers(value, "spec.containers", causes),
        "Deployment" | "ReplicaSet" => {
            check_containers(value, "spec.template.spec.containers", causes);
            check_selector(value, causes);
        }
        "Service" => check_service(value, causes),
        "EndpointSlice" => require(value, "", &["addressType"], causes),
        _ => {}
    }
}

fn check_containers(value: &Value, path: &str, causes: &mut Vec<Cause>) {
    if elements(value, path).next().is_none() {
        causes.push(Cause::required(path, ""));
    }
    let mut names = Vec::new();
    for (place, container) in elements(value, path) {
        require(container, &place, &["name", "image"], causes);
        if names.contains(&&container["name"]) {
            causes.push(Cause::duplicate(format!("{place}.name"), &container["name"]));
        }
        names.push(&container["name"]);
    }
}

fn check_selector(value: &Value, causes: &mut Vec<Cause>) {
    let selector = &value["spec"]["selector"];
    if selector.is_null() {
        causes.push(Cause::required("spec.selector", ""));
        return;
    }
    let labels = &value["spec"]["template"]["metadata"]["labels"];
    let wanted = selector["matchLabels"].as_object();
    if wanted.into_iter().flatten().any(|(key, value)| labels.get(key) != Some(value)) {
        let message = "`selector` does not match template `labels`";
        causes.push(Cause::invalid("spec.template.metadata.labels", labels, message));
    }
}

fn check_service(value: &Value, causes: &mut Vec<Cause>) {
    let external = text(value, "/spec/type") == "ExternalName";
    let headless = text(value, "/spec/clusterIP") == "None";
    let mut ports = Vec::new();
    for (place, port) in elements(value, "spec.ports") {
        require(port, &place, &["port"], causes);
        let key = (&port["port"], &port["protocol"]);
        if ports.contains(&key) {
            causes.push(Cause::duplicate(place, port));
        }
        ports.push(key);
    }
    if ports.is_empty() && !(external || headless) {
        causes.push(Cause::required("spec.ports", ""));
    }
    if ports.len() > 1 {
        for (place, port) in elements(value, "spec.ports") {
            require(port, &place, &["name"], causes);
        }
    }
}
