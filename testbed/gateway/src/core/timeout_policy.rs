//! Typed view of `TimeoutPolicy`s: the policy of this implementation, attached as GEP-713 describes it.
//!
//! It is the example of the announcement of v1alpha2: how long a backend may take for its answer, as a default
//! that what is more specific may replace, or as an override that it may not.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::duration;
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

/// What counts for the requests to a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effective {
    /// How long the backend may take; none means as long as it wants.
    pub timeout: Option<Duration>,
    /// Whether nothing more specific may say otherwise.
    pub overrides: bool,
}

impl Effective {
    /// What a policy wants; the error says why that cannot be told.
    pub fn of(spec: &TimeoutPolicySpec) -> Result<Self, String> {
        let (setting, overrides) = match (&spec.defaults, &spec.overrides) {
            (Some(defaults), None) => (defaults, false),
            (None, Some(overrides)) => (overrides, true),
            _ => return Err("one of spec.defaults and spec.overrides must be given".to_owned()),
        };
        let Setting { backend_request } = setting;
        let timeout = duration::parse(backend_request)?;
        Ok(Self { timeout: Some(timeout).filter(|it| !it.is_zero()), overrides })
    }

    /// Together with what a rule says itself, which is a default, and the most specific.
    pub fn with_own(self, own: Option<Duration>) -> Option<Duration> {
        if self.overrides { self.timeout } else { own.or(self.timeout) }
    }
}
