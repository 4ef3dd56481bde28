//! What was there when a test failed, before anything of it was removed.

mod redaction;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::redaction::{redacted, redacted_value};

/// What was there when a test failed. It has no private key, no token and nothing of a Secret but certificates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dossier {
    /// The test.
    pub test: String,
    /// The test's objects, as they were applied.
    pub applied: Vec<Value>,
    /// What the API server had of them, and of what they need: the class, base Gateways, workloads, Pods.
    pub live: Vec<Live>,
    /// What the cluster told of their namespaces, oldest first.
    pub happenings: Vec<Happening>,
    /// What containers printed since the test began.
    pub logs: Vec<Log>,
    /// What could not be looked at, and why.
    pub missing: Vec<String>,
}

/// An object at the moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Live {
    /// Which: `HTTPRoute gateway-conformance-infra/matching`.
    pub what: String,
    /// With status and generation, without the fields that only tell who wrote which; none if it was not there.
    pub object: Option<Value>,
}

/// A Kubernetes Event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Happening {
    /// When it happened last, if that is told.
    pub at: Option<Timestamp>,
    /// With what.
    pub about: String,
    /// In a word: `BackOff`.
    pub reason: String,
    /// In a sentence.
    pub message: String,
}

/// The last lines of a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// The namespace of its Pod.
    pub namespace: String,
    /// Its Pod.
    pub pod: String,
    /// Its name.
    pub container: String,
    /// What it printed.
    pub text: String,
}

/// Pods whose logs belong into a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSource {
    /// Their namespace.
    pub namespace: String,
    /// A label selector: `app=controller`.
    pub selector: String,
}

impl std::str::FromStr for LogSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            Some((namespace, selector)) if !namespace.is_empty() && !selector.is_empty() => {
                Ok(Self { namespace: namespace.to_owned(), selector: selector.to_owned() })
            }
            _ => Err("write NAMESPACE/SELECTOR, such as traefik/app=traefik".to_owned()),
        }
    }
}
