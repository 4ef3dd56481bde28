//! Typed view of `ListenerSet`s.

use serde::Deserialize;
use serde_json::Value;

use super::objects::Listener;
use super::route::ParentReference;

/// View of a `ListenerSet`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListenerSet {
    /// `spec`.
    pub spec: ListenerSetSpec,
    /// `status`, unparsed: what others wrote there must survive.
    pub status: Value,
}

/// `ListenerSet.spec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListenerSetSpec {
    /// The Gateway to whose listeners it adds.
    pub parent_ref: ParentReference,
    /// The listeners; their names are unique within it.
    pub listeners: Vec<Listener>,
}
