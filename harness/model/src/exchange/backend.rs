//! Who answers behind a Gateway.

use std::fmt;

/// A backend of the base environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend {
    /// The name of its Service; its Pods' names begin with it. Empty: any backend.
    pub name: &'static str,
    /// Its namespace as the manifests call it.
    pub namespace: &'static str,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name.is_empty() { "any backend" } else { self.name };
        write!(f, "{name} in {}", self.namespace)
    }
}
