//! Typed view of `TimeoutPolicy`s: the policy of this implementation, attached as GEP-713 describes it.
//!
//! It is the example of the announcement of v1alpha2: how long a backend may take for its answer, as a default
//! that what is more specific may replace, or as an override that it may not.

use serde::Deserialize;
use serde_json::Value;

use super::object_reference::TargetReference;

/// View of a `TimeoutPolicy`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TimeoutPolicy {
    /// `spec`.
    pub spec: TimeoutPolicySpec,
    /// `status`, unparsed: what others wrote there must survive.
    pub status: Value,
}

/// `TimeoutPolicy.spec`; one of `defaults` and `overrides` is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TimeoutPolicySpec {
    /// What it is attached to: a `GatewayClass`, or in its own namespace a `Gateway`, a listener, an `HTTPRoute`,
    /// a rule or a `Service`.
    pub target_refs: Vec<TargetReference>,
    /// What counts unless something more specific says otherwise.
    pub defaults: Option<Setting>,
    /// What counts whatever is said at something more specific.
    pub overrides: Option<Setting>,
}

/// The part of a `TimeoutPolicy` that takes effect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Setting {
    /// How long a backend may take for an answer, as a GEP-2257 duration; zero means as long as it wants.
    pub backend_request: String,
}
