//! References to objects, as most fields that refer have them.

use serde::Deserialize;

/// A reference to an object, such as a certificate's Secret.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ObjectReference {
    /// The group; the core group when absent.
    pub group: Option<String>,
    /// The kind; what it is when absent depends on the field.
    pub kind: Option<String>,
    /// The namespace; the referrer's when absent.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

/// An entry of a policy's `spec.targetRefs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetReference {
    /// To which object.
    #[serde(flatten)]
    pub object: ObjectReference,
    /// The name of a part of it; absent means all.
    pub section_name: Option<String>,
}
