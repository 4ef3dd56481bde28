//! What has listeners: a Gateway, or a ListenerSet that adds some to those of a Gateway.

use std::fmt;

use serde_json::Value;

use super::StatusKind;
use super::listener_set::ListenerSet;
use super::objects::{Gateway, Key, Metadata, Object};

/// What has listeners.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// `Gateway` or `ListenerSet`.
    pub kind: StatusKind,
    /// Its metadata.
    pub metadata: &'a Metadata,
    /// Its status, unparsed.
    pub status: &'a Value,
}

impl Holder<'_> {
    /// Kind, namespace and name.
    pub fn id(&self) -> (StatusKind, Key) {
        (self.kind, Key::new(&self.metadata.namespace, &self.metadata.name))
    }

    /// Its kind, as manifests and grants have it.
    pub fn kind_name(&self) -> &'static str {
        if self.kind == StatusKind::ListenerSet { "ListenerSet" } else { "Gateway" }
    }
}

impl<'a> From<&'a Object<Gateway>> for Holder<'a> {
    fn from(Object { metadata, body }: &'a Object<Gateway>) -> Self {
        Self { kind: StatusKind::Gateway, metadata, status: &body.status }
    }
}

impl<'a> From<&'a Object<ListenerSet>> for Holder<'a> {
    fn from(Object { metadata, body }: &'a Object<ListenerSet>) -> Self {
        Self { kind: StatusKind::ListenerSet, metadata, status: &body.status }
    }
}

impl fmt::Display for Holder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind_name(), self.id().1)
    }
}
