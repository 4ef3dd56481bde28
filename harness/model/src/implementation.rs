//! Who made the implementation under test: the `implementation` field of a report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

/// The fields that name an implementation in a `ConformanceReport`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Implementation {
    /// Where to reach its maintainers: e-mail addresses, handles or links.
    pub contact: Vec<String>,
    /// Who develops it.
    pub organization: String,
    /// Its name.
    pub project: String,
    /// Its home, an absolute http or https URL.
    pub url: String,
    /// The version that was tested: a snapshot, never a branch.
    pub version: String,
}

/// Why a report may not be written for an implementation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidImplementation {
    /// Fields without a value.
    #[error("a report names the implementation, but {} {} empty; add {}",
        list(.0, ""), if .0.len() == 1 { "is" } else { "are" }, list(.0, "--"))]
    Missing(Vec<&'static str>),
    /// Not an absolute http or https URL.
    #[error("--url \"{0}\" is not an absolute http or https URL with a host")]
    Url(String),
}

fn list(fields: &[&str], prefix: &str) -> String {
    fields.iter().map(|field| format!("{prefix}{field}")).collect::<Vec<_>>().join(", ")
}

impl Implementation {
    /// Whether no field is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks that a report can be written: no field empty, the URL absolute.
    pub fn validate(&self) -> Result<(), InvalidImplementation> {
        let fields = [
            ("organization", self.organization.is_empty()),
            ("project", self.project.is_empty()),
            ("url", self.url.is_empty()),
            ("version", self.version.is_empty()),
            ("contact", self.contact.iter().all(String::is_empty)),
        ];
        let missing: Vec<_> =
            fields.iter().filter(|(_, empty)| *empty).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            return Err(InvalidImplementation::Missing(missing));
        }
        if !self.has_absolute_url() {
            return Err(InvalidImplementation::Url(self.url.clone()));
        }
        Ok(())
    }

    /// Whether the URL can be followed: it is an absolute http or https one, with a host.
    pub fn has_absolute_url(&self) -> bool {
        let is_of_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        Url::parse(&self.url).is_ok_and(is_of_web)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Implementation {
        Implementation {
            contact: vec!["@maintainers".into()],
            organization: "org".into(),
            project: "project".into(),
            url: "https://example.com".into(),
            version: "v1.0.0".into(),
        }
    }

    #[test]
    fn empty_fields_are_all_named() {
        let implementation = Implementation { url: String::new(), contact: vec![], ..complete() };
        assert_eq!(
            implementation.validate().unwrap_err().to_string(),
            "a report names the implementation, but url, contact are empty; add --url, --contact"
        );
    }

    #[test]
    fn the_url_is_absolute() {
        assert_eq!(complete().validate(), Ok(()));
        let relative = Implementation { url: "example.com".into(), ..complete() };
        assert!(matches!(relative.validate(), Err(InvalidImplementation::Url(_))));
    }
}
