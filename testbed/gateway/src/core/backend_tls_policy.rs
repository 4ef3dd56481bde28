//! Typed view of `BackendTLSPolicy`s.

use serde::Deserialize;
use serde_json::Value;

use super::object_reference::{ObjectReference, TargetReference};

/// View of a `BackendTLSPolicy`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BackendTlsPolicy {
    /// `spec`.
    pub spec: BackendTlsPolicySpec,
    /// `status`, unparsed: what others wrote there must survive.
    pub status: Value,
}

/// `BackendTLSPolicy.spec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BackendTlsPolicySpec {
    /// Which backends it is for, in its own namespace.
    pub target_refs: Vec<TargetReference>,
    /// How their certificates are validated.
    pub validation: BackendValidation,
}

/// `BackendTLSPolicy.spec.validation`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BackendValidation {
    /// The authorities that are trusted.
    pub ca_certificate_refs: Vec<ObjectReference>,
    /// Authorities of the system, which this implementation does not trust.
    #[serde(rename = "wellKnownCACertificates")]
    pub well_known_ca_certificates: Option<String>,
    /// The server name that is asked for, and that the certificate must have unless there are
    /// `subject_alt_names`.
    pub hostname: String,
    /// Names of which the certificate must have one.
    pub subject_alt_names: Vec<SubjectAltName>,
}

/// An entry of `BackendTLSPolicy.spec.validation.subjectAltNames`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SubjectAltName {
    /// `Hostname` or `URI`: which of the fields counts.
    pub r#type: String,
    /// Of type `Hostname`.
    pub hostname: String,
    /// Of type `URI`.
    pub uri: String,
}
