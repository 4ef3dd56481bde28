//! The Gateway API's definitions in a cluster: of which release they are, and what they let be said.

use futures::future::try_join_all;
use kube::{Client, api::ListParams, core::ObjectMeta};
use model::names::{BUNDLE_VERSION_ANNOTATION, CHANNEL_ANNOTATION, GROUP};
use thiserror::Error;

use crate::{
    object::{Kind, Object},
    refusal::Refusal,
};

mod schema;
mod served;
mod translation;

pub use served::Served;

/// The group of v1alpha1, which came before all others.
const FIRST_GROUP: &str = "networking.x-k8s.io";

/// The definitions that a cluster has.
#[derive(Clone, Debug)]
pub struct Definitions {
    /// Of which release they say to be.
    pub release: Result<Release, DefinitionsError>,
    /// What they define.
    pub served: Served,
}

/// A release's definitions, as the annotations of each tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The bundle's version: `v1.7.0`.
    pub version: String,
    /// `standard` or `experimental`.
    pub channel: String,
}

/// Why definitions, or their version and channel, are not known.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DefinitionsError {
    /// There are none.
    #[error(
        "the cluster has no definitions of the Gateway API (none of the group {GROUP}); install them from a release's standard-install.yaml or experimental-install.yaml"
    )]
    Absent,
    /// There are only those of v1alpha1.
    #[error(
        "the cluster has definitions of the Gateway API in v1alpha1 alone; their group is another one, {FIRST_GROUP} and not {GROUP}, and nothing converts between the two: install the definitions of a release since v0.4.0, and an implementation that reads them"
    )]
    FirstGroup,
    /// They are there, and none has the annotations.
    #[error(
        "the definitions do not say of which release they are (none has the annotations {BUNDLE_VERSION_ANNOTATION} and {CHANNEL_ANNOTATION}), as before v0.5.0; install those of a newer one, or add --allow-crds-mismatch"
    )]
    Untold,
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
    /// They may not be read.
    #[error(
        "not allowed to read the definitions: {0}; grant the verbs get and list on customresourcedefinitions.apiextensions.k8s.io"
    )]
    Forbidden(String),
    /// No answer, or one that is none of the above.
    #[error("cannot read the definitions: {0}")]
    Failed(String),
}

/// Reads the definitions.
///
/// # Errors
///
/// When there are none of the group, and when they cannot be read. What is wrong with what they say of
/// their release is no error here.
pub async fn definitions(client: &Client) -> Result<Definitions, DefinitionsError> {
    let unread = |error: kube::Error| match Refusal::of(&error) {
        Refusal::Forbidden(message) => DefinitionsError::Forbidden(message),
        other => DefinitionsError::Failed(other.to_string()),
    };
    let api = Kind::CustomResourceDefinition.api(client, None);
    // In a cluster there may be hundreds of others, and each may be large.
    let listed = api.list_metadata(&ListParams::default()).await.map_err(unread)?;
    let of_group = |group: &str| {
        let names = listed.items.iter().filter_map(|it| it.metadata.name.as_deref());
        let names = names.filter(|name| name.split_once('.').is_some_and(|(_, it)| it == group));
        names.collect::<Vec<_>>()
    };
    let names = of_group(GROUP);
    if names.is_empty() {
        let is_first = !of_group(FIRST_GROUP).is_empty();
        return Err(if is_first { DefinitionsError::FirstGroup } else { DefinitionsError::Absent });
    }
    let defined = names.iter().map(|name| api.get_opt(name));
    let defined: Vec<Option<Object>> = try_join_all(defined).await.map_err(unread)?;
    Ok(Definitions {
        release: release(listed.items.iter().map(|definition| &definition.metadata)),
        served: Served::of(defined.iter().flatten()),
    })
}

/// What all annotated definitions agree on. Those with neither annotation are not the Gateway API's and do not
/// count.
fn release<'a>(
    definitions: impl IntoIterator<Item = &'a ObjectMeta>,
) -> Result<Release, DefinitionsError> {
    let mut found: Option<(String, Release)> = None;
    for metadata in definitions {
        let name = metadata.name.clone().unwrap_or_default();
        let annotation = |key| metadata.annotations.as_ref().and_then(|all| all.get(key)).cloned();
        let lacks =
            |annotation| DefinitionsError::Unannotated { definition: name.clone(), annotation };
        let this = match (annotation(BUNDLE_VERSION_ANNOTATION), annotation(CHANNEL_ANNOTATION)) {
            (None, None) => continue,
            (Some(version), Some(channel)) => Release { version, channel },
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
    found.map(|(_, release)| release).ok_or(DefinitionsError::Untold)
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
        let expected = Release { version: "v1.7.0".into(), channel: "standard".into() };
        assert_eq!(release(&all), Ok(expected));
        assert_eq!(release(&all[..1]), Err(DefinitionsError::Untold));
    }

    #[test]
    fn differences_name_both_sides() {
        let all = [
            definition("gateways", Some("v1.7.0"), Some("standard")),
            definition("httproutes", Some("v1.6.3"), Some("standard")),
        ];
        let text = release(&all).unwrap_err().to_string();
        assert!(text.contains("v1.7.0 (gateways) and v1.6.3 (httproutes)"), "{text}");
        let half = [definition("gateways", Some("v1.7.0"), None)];
        assert!(release(&half).unwrap_err().to_string().contains(CHANNEL_ANNOTATION));
    }
}
