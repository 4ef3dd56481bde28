//! The values that objects get where their authors left them out.

mod core;
mod gateway_api;
mod rules;

use serde_json::Value;

use crate::patch::apply::drop_nulls;
use crate::resources::Resource;

/// Turns what may be written in two ways into the one that is kept. This is so before anything
/// else is done with what a client wrote.
pub fn normalize(resource: &Resource, object: &mut Value) {
    if resource.plural == "secrets" {
        core::encode_string_data(object);
    }
    // No field of the definitions may be null, and the Go suite writes some: a real server takes
    // such a field as left out.
    if resource.is_custom() {
        drop_nulls(object);
    }
}

/// Fills in what the API's definitions default, on every write.
pub fn fill(resource: &Resource, object: &mut Value) {
    core::compute(resource, object);
    for rule in gateway_api::rules(resource.kind).iter().chain(core::rules(resource.kind)) {
        rule.apply(object);
    }
}
