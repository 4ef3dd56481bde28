//! What the verbs do: the rules by which objects come, change and go.

mod create;
mod delete;
mod update;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

pub use self::delete::{DeleteOptions, Deleted};
use crate::admission::Webhook;
use crate::definitions;
use crate::fields::managed::Manager;
use crate::object::Object;
use crate::resources::{Resource, api_version, by_plural};
use crate::status_error::StatusError;
use crate::store::{Key, Store};

/// The objects with the rules that guard them.
#[derive(Debug)]
pub struct Registry {
    pub store: Store,
    /// How many Service addresses were given out.
    addresses: AtomicU32,
    /// Who is asked before objects are created or changed.
    pub webhook: OnceLock<Webhook>,
}

/// What a request writes to, on whose behalf.
#[derive(Debug, Clone)]
pub struct Target {
    pub resource: &'static Resource,
    pub version: &'static str,
    pub namespace: String,
    pub subresource: Subresource,
    /// The field manager.
    pub manager: String,
    pub dry_run: bool,
}

/// Which part of an object a write is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subresource {
    /// Everything but what has a subresource of its own.
    Main,
    Status,
    /// The finalizers of a Namespace.
    Finalize,
}

impl Target {
    pub fn key(&self, name: &str) -> Key {
        Key::new(&self.namespace, name)
    }

    /// The part of an object that this write cannot set, though the server may.
    fn ignored(&self) -> Option<&'static str> {
        let whole = self.subresource == Subresource::Main && self.resource.status;
        whole.then_some("status")
    }

    fn manager(&self) -> Manager {
        Manager {
            name: self.manager.clone(),
            api_version: api_version(self.resource.group, self.version),
            subresource: (self.subresource == Subresource::Status).then_some("status"),
        }
    }
}

impl Registry {
    /// A registry with what every cluster has: the system's namespaces, and the definitions.
    pub fn new(bundle_version: &str, channel: &str) -> Self {
        let registry = Self {
            store: Store::default(),
            addresses: AtomicU32::new(0),
            webhook: OnceLock::new(),
        };
        let target = |plural| Target {
            resource: by_plural(plural),
            version: "v1",
            namespace: String::new(),
            subresource: Subresource::Main,
            manager: "kube-apiserver".to_owned(),
            dry_run: false,
        };
        let namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"]
            .map(|name| (target("namespaces"), json!({"metadata": {"name": name}})));
        let definitions = definitions::all(bundle_version, channel)
            .into_iter()
            .map(|definition| (target("customresourcedefinitions"), definition));
        for (target, object) in namespaces.into_iter().chain(definitions) {
            let status = object.get("status").cloned();
            let created = registry.create(&target, object).and_then(|created| match status {
                None => Ok(created),
                Some(status) => {
                    let mut value = created.value().clone();
                    value["status"] = status;
                    let target = Target { subresource: Subresource::Status, ..target };
                    let name = crate::object::name(created.value());
                    registry.update(&target, name, value)
                }
            });
            debug_assert!(created.is_ok(), "{created:?}");
        }
        registry
    }

    pub fn get(&self, target: &Target, name: &str) -> Result<Arc<Object>, StatusError> {
        let found = self.store.lock().get(target.resource, &target.key(name));
        found.ok_or_else(|| StatusError::not_found(target.resource, name))
    }

    /// Gives a Service its address, unless it has or wants none. The addresses are text only.
    fn allocate_address(&self, service: &mut Value) {
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
