//! What the verbs do: the rules by which objects come, change and go.

mod base;
mod create;
mod delete;
mod target;
mod update;

use serde_json::json;

pub use self::base::Registry;
pub use self::delete::{DeleteOptions, Deleted};
pub use self::target::{Subresource, Target};
use crate::resources::by_plural;
use crate::served::Served;
use crate::{definitions, object};

impl Registry {
    /// A registry with what every cluster has: the system's namespaces, and the definitions.
    pub fn new(served: &Served, bundle_version: &str, channel: &str) -> Self {
        let registry = Self::default();
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
        let definitions = definitions::all(served, bundle_version, channel)
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
                    let name = object::name(created.value());
                    registry.update(&target, name, value)
                }
            });
            debug_assert!(created.is_ok(), "{created:?}");
        }
        registry
    }
}
