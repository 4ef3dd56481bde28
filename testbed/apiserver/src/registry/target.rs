//! What a write is directed at.

use crate::fields::managed::Manager;
use crate::resources::{Resource, api_version};
use crate::store::Key;

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
    pub(super) fn ignored(&self) -> Option<&'static str> {
        let whole = self.subresource == Subresource::Main && self.resource.status;
        whole.then_some("status")
    }

    pub(super) fn manager(&self) -> Manager {
        Manager {
            name: self.manager.clone(),
            api_version: api_version(self.resource.group, self.version),
            subresource: (self.subresource == Subresource::Status).then_some("status"),
        }
    }
}
