//! What is refused: the rules of the API that users and tests can break.

mod core;
mod gateway_api;
mod members;
mod names;

use serde_json::Value;

use self::names::{is_dns_label, is_dns_subdomain};
use crate::object;
use crate::resources::Resource;
use crate::status_error::{Cause, StatusError};

/// Checks an object with its defaults filled in.
///
/// # Errors
///
/// `Invalid`, with a cause for each field that breaks a rule.
pub fn check(resource: &Resource, value: &Value) -> Result<(), StatusError> {
    let mut causes = Vec::new();
    check_name(resource, value, &mut causes);
    check_labels(value, &mut causes);
    if resource.is_custom() {
        gateway_api::check(resource.kind, value, &mut causes);
    } else {
        core::check(resource.kind, value, &mut causes);
    }
    refuse(resource, value, &causes)
}

/// Checks that a change is one that may be made.
///
/// # Errors
///
/// `Invalid`, with a cause for each field that may not change.
pub fn check_transition(resource: &Resource, old: &Value, new: &Value) -> Result<(), StatusError> {
    let mut causes = Vec::new();
    if object::is_terminating(old) {
        let finalizers = |value: &Value| -> Vec<Value> {
            let list = value.pointer("/metadata/finalizers").and_then(Value::as_array);
            list.cloned().unwrap_or_default()
        };
        let before = finalizers(old);
        if finalizers(new).iter().any(|finalizer| !before.contains(finalizer)) {
            let message = "no new finalizers can be added if the object is being deleted";
            causes.push(Cause::forbidden("metadata.finalizers", message));
        }
    }
    let immutable = match resource.kind {
        "GatewayClass" => "/spec/controllerName",
        "Deployment" | "ReplicaSet" => "/spec/selector",
        "Secret" => "/type",
        _ => "",
    };
    if !immutable.is_empty() && old.pointer(immutable) != new.pointer(immutable) {
        let value = new.pointer(immutable).unwrap_or(&Value::Null);
        let field = immutable.trim_start_matches('/').replace('/', ".");
        causes.push(Cause::invalid(field, value, "field is immutable"));
    }
    refuse(resource, new, &causes)
}

fn refuse(resource: &Resource, value: &Value, causes: &[Cause]) -> Result<(), StatusError> {
    if causes.is_empty() {
        return Ok(());
    }
    Err(StatusError::invalid(resource, object::name(value), causes))
}

fn check_name(resource: &Resource, value: &Value, causes: &mut Vec<Cause>) {
    let name = object::name(value);
    let label = matches!(resource.plural, "namespaces" | "services");
    let valid = if label { is_dns_label(name) } else { is_dns_subdomain(name) };
    if !valid {
        let what = if label { "label" } else { "subdomain" };
        let message = format!(
            "a lowercase RFC 1123 {what} must consist of lower case alphanumeric characters{} or \
             '-', and must start and end with an alphanumeric character",
            if label { "" } else { ", '.'" }
        );
        causes.push(Cause::invalid("metadata.name", &value["metadata"]["name"], &message));
    }
}

fn check_labels(value: &Value, causes: &mut Vec<Cause>) {
    for member in ["labels", "annotations"] {
        let map = value.pointer(&format!("/metadata/{member}")).and_then(Value::as_object);
        for (key, value) in map.into_iter().flatten() {
            let field = format!("metadata.{member}");
            match value.as_str() {
                None => causes.push(Cause::invalid(field, value, "must be a string")),
                Some(text) if member == "labels" && text.len() > 63 => {
                    causes.push(Cause::invalid(field, value, "must be no more than 63 characters"));
                }
                Some(_) if key.is_empty() => {
                    causes.push(Cause::invalid(field, value, "the name part must be non-empty"));
                }
                Some(_) => {}
            }
        }
    }
}
