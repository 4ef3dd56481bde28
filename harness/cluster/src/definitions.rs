//! The Gateway API's definitions in a cluster: which version and channel they are of.

use kube::{Client, api::ListParams, core::ObjectMeta};
use model::names::{BUNDLE_VERSION_ANNOTATION, CHANNEL_ANNOTATION};
use thiserror::Error;

use crate::{object::Kind, refusal::Refusal};

/// Version and channel of the definitions that a cluster has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definitions {
    /// The bundle's version: `v1.7.0`.
    pub version: String,
    /// `standard` or `experimental`.
    pub channel: String,
}

/// Why version and channel of the definitions are not known.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DefinitionsError {
    /// None has the annotations.
    #[error(
        "the cluster has no definitions of the Gateway API (none with the annotations {BUNDLE_VERSION_ANNOTATION} and {CHANNEL_ANNOTATION}); install them from a release's standard-install.yaml or experimental-install.yaml"
    )]
    Absent,
    /// One has only one of the two annotations.
    #[error(
        "the definition {definition} lacks the annotation {annotation}; install the definitions from a release"
    )]
    Unannotated {
        /// Its name.
        definition: String,
        /// What it lacks.
        annotation: &'static str,
    },
    /// Not all are of one version or channel.
    #[error(
        "the definitions are of more than one {what}: {first_value} ({first}) and {second_value} ({second}); install all of them from one release"
    )]
    Mixed {
        /// `version` or `channel`.
        what: &'static str,
        /// The name of the first definition.
        first: String,
        /// Its version or channel.
        first_value: String,
        /// The name of the first that differs from it.
        second: String,
        /// Its version or channel.
        second_value: String,
    },
    /// They may not be listed.
    #[error(
        "not allowed to list the definitions: {0}; grant the verb list on customresourcedefinitions.apiextensions.k8s.io"
    )]
    Forbidden(String),
    /// No answer, or one that is none of the above.
    #[error("cannot list the definitions: {0}")]
    Failed(String),
}

/// The version and channel of the definitions, from the annotations that a release gives them.
/// Definitions with neither annotation are not the Gateway API's and do not count.
///
/// # Errors
///
/// When there are none, when they differ, and when they cannot be listed.
pub async fn definitions(client: &Client) -> Result<Definitions, DefinitionsError> {
    let listed = Kind::CustomResourceDefinition
        .api(client, None)
        .list_metadata(&ListParams::default())
        .await
        .map_err(|error| match Refusal::of(&error) {
            Refusal::Forbidden(message) => DefinitionsError::Forbidden(message),
            other => DefinitionsError::Failed(other.to_string()),
        })?;
    agreed(listed.items.iter().map(|definition| &definition.metadata))
}

/// What all annotated definitions agree on.
fn agreed<'a>(
    definitions: impl IntoIterator<Item = &'a ObjectMeta>,
) -> Result<Definitions, DefinitionsError> {
    let mut found: Option<(String, Definitions)> = None;
    for metadata in definitions {
        let name = metadata.name.clone().unwrap_or_default();
        let annotation = |key| metadata.annotations.as_ref().and_then(|all| all.get(key)).cloned();
        let lacks =
            |annotation| DefinitionsError::Unannotated { definition: name.clone(), annotation };
        let this = match (annotation(BUNDLE_VERSION_ANNOTATION), annotation(CHANNEL_ANNOTATION)) {
            (None, None) => continue,
            (Some(version), Some(channel)) => Definitions { version, channel },
            (None, Some(_)) => return Err(lacks(BUNDLE_VERSION_ANNOTATION)),
            (Some(_), None) => return Err(lacks(CHANNEL_ANNOTATION)),
        };
        let Some((first, known)) = &found else {
            found = Some((name, this));
            continue;
        };
        let pairs = [
            ("version", &known.version, &this.version),
            ("channel", &known.channel, &this.channel),
        ];
        if let Some((what, first_value, second_value)) =
            pairs.into_iter().find(|(_, first, second)| first != second)
        {
            return Err(DefinitionsError::Mixed {
                what,
                first: first.clone(),
                first_value: first_value.clone(),
                second: name,
                second_value: second_value.clone(),
            });
        }
    }
    found.map(|(_, definitions)| definitions).ok_or(DefinitionsError::Absent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(name: &str, version: Option<&str>, channel: Option<&str>) -> ObjectMeta {
        let annotations = [(BUNDLE_VERSION_ANNOTATION, version), (CHANNEL_ANNOTATION, channel)];
        ObjectMeta {
            name: Some(name.to_owned()),
            annotations: Some(
                annotations
                    .into_iter()
                    .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
                    .collect(),
            ),
            ..ObjectMeta::default()
        }
    }

    #[test]
    fn annotated_definitions_agree_and_others_do_not_count() {
        let all = [
            definition("widgets.example.org", None, None),
            definition("gateways", Some("v1.7.0"), Some("standard")),
            definition("httproutes", Some("v1.7.0"), Some("standard")),
        ];
        let expected = Definitions { version: "v1.7.0".into(), channel: "standard".into() };
        assert_eq!(agreed(&all), Ok(expected));
        assert_eq!(agreed(&all[..1]), Err(DefinitionsError::Absent));
    }

    #[test]
    fn differences_name_both_sides() {
        let all = [
            definition("gateways", Some("v1.7.0"), Some("standard")),
            definition("httproutes", Some("v1.6.3"), Some("standard")),
        ];
        let text = agreed(&all).unwrap_err().to_string();
        assert!(text.contains("v1.7.0 (gateways) and v1.6.3 (httproutes)"), "{text}");
        let half = [definition("gateways", Some("v1.7.0"), None)];
        assert!(agreed(&half).unwrap_err().to_string().contains(CHANNEL_ANNOTATION));
    }
}
