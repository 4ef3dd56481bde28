//! What all verbs stand on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::target::Target;
use crate::admission::Webhook;
use crate::object::Object;
use crate::status_error::StatusError;
use crate::store::Store;

/// The objects with the rules that guard them.
#[derive(Debug, Default)]
pub struct Registry {
    pub store: Store,
    /// How many Service addresses were given out.
    addresses: AtomicU32,
    /// Who is asked before objects are created or changed.
    pub webhook: OnceLock<Webhook>,
}

impl Registry {
    pub fn get(&self, target: &Target, name: &str) -> Result<Arc<Object>, StatusError> {
        let found = self.store.lock().get(target.resource, &target.key(name));
        found.ok_or_else(|| StatusError::not_found(target.resource, name))
    }

    /// Gives a Service its address, unless it has or wants none. The addresses are text only.
    pub(super) fn allocate_address(&self, service: &mut Value) {
        let spec = &mut service["spec"];
        if spec["type"] == "ExternalName" {
            return;
        }
        if spec["clusterIP"].as_str().is_none_or(str::is_empty) {
            // 10.96.0.1 is the API server's own, as in most clusters.
            let number = self.addresses.fetch_add(1, Ordering::Relaxed) % 0xfff0 + 2;
            spec["clusterIP"] = format!("10.96.{}.{}", number >> 8, number & 0xff).into();
        }
        let address = spec["clusterIP"].clone();
        let defaults = [
            ("clusterIPs", json!([address])),
            ("ipFamilies", json!(["IPv4"])),
            ("ipFamilyPolicy", json!("SingleStack")),
        ];
        for (name, value) in defaults {
            if spec[name].is_null() {
                spec[name] = value;
            }
        }
    }
}
