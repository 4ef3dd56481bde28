//! The four patch formats.

pub mod apply;
mod strategic;

use serde_json::Value;

use crate::fields::schema::Schema;
use crate::resources::Resource;
use crate::status_error::StatusError;

/// A patch as it was sent.
#[derive(Debug)]
pub enum Patch {
    /// RFC 6902.
    Json(json_patch::Patch),
    /// RFC 7386.
    Merge(Value),
    /// Merge with lists joined by their keys; built-in kinds only.
    Strategic(Value),
    /// Server-side apply.
    Apply(Value),
}

impl Patch {
    /// The media type of a server-side apply.
    pub const APPLY: &str = "application/apply-patch+yaml";

    /// Reads a patch by its `Content-Type`.
    pub fn parse(
        content_type: &str,
        body: &[u8],
        resource: &Resource,
    ) -> Result<Self, StatusError> {
        let unreadable = |error: &dyn std::fmt::Display| {
            StatusError::bad_request(format!("the patch could not be read: {error}"))
        };
        let json = || -> Result<Value, StatusError> {
            serde_json::from_slice(body).map_err(|error| unreadable(&error))
        };
        match content_type {
            "application/json-patch+json" => {
                let operations =
                    serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
                Ok(Self::Json(operations))
            }
            "application/merge-patch+json" => Ok(Self::Merge(json()?)),
            "application/strategic-merge-patch+json" if !resource.is_custom() => {
                Ok(Self::Strategic(json()?))
            }
            Self::APPLY => {
                let text = std::str::from_utf8(body).map_err(|error| unreadable(&error))?;
                serde_yaml::from_str(text).map(Self::Apply).map_err(|error| unreadable(&error))
            }
            other => {
                let strategic = if resource.is_custom() {
                    ""
                } else {
                    ", application/strategic-merge-patch+json"
                };
                Err(StatusError::unsupported_media_type(format!(
                    "the body of the request was in an unknown format ({other}) - accepted media \
                     types include: application/json-patch+json, application/merge-patch+json, \
                     application/apply-patch+yaml{strategic}"
                )))
            }
        }
    }
}

/// Applies any patch but a server-side apply.
pub fn patched(resource: &Resource, current: &Value, patch: &Patch) -> Result<Value, StatusError> {
    let mut value = current.clone();
    match patch {
        Patch::Json(operations) => {
            json_patch::patch(&mut value, operations).map_err(StatusError::unprocessable_patch)?;
        }
        Patch::Merge(patch) => json_patch::merge(&mut value, patch),
        Patch::Strategic(patch) => strategic::merge(&mut value, patch, Schema::of(resource)),
        Patch::Apply(_) => unreachable!("applies are merged with their managers"),
    }
    if !value.is_object() {
        return Err(StatusError::unprocessable_patch("the result of the patch is not an object"));
    }
    Ok(value)
}
