//! The Gateway API's definitions, from the files of a release.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use futures::future::try_join_all;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, GroupVersionKind, ListParams, PostParams, TypeMeta},
    core::Status,
};
use serde::Deserialize;
use testbed_apiserver::Channel;
use thiserror::Error;

use super::pause::pause;

/// Where a definition tells the version of its release.
const BUNDLE_VERSION: &str = "gateway.networking.k8s.io/bundle-version";

/// The last releases whose definitions do not tell it.
const UNTOLD: &str = "v0.4.";

/// The definition of the reference's own policy.
const TIMEOUT_POLICY: &str = include_str!("timeout-policy.yaml");

/// Why the definitions are not there.
#[derive(Debug, Error)]
pub enum DefinitionsError {
    /// A file or folder cannot be read.
    #[error("cannot read the definitions in {path}: {source}; GATEWAY_API_CRDS must be a folder with a folder for each channel, standard and experimental", path = .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file is no definition.
    #[error("{path} is not a definition: {source}", path = .path.display())]
    Parse {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        source: serde_yaml::Error,
    },
    /// There is none, or they are of another version.
    #[error("the definitions in {folder} are of {found}, not of {wanted}; GATEWAY_API_CRDS must be of the version that --bundle-version names", folder = .folder.display())]
    Version {
        /// Where.
        folder: PathBuf,
        /// Of which version they are.
        found: String,
        /// Of which they should be.
        wanted: String,
    },
    /// The API server refuses them.
    #[error("the API server refuses the definition {name}: {source}")]
    Create {
        /// Which.
        name: String,
        /// Why.
        source: Box<kube::Error>,
    },
    /// The API server does not serve one.
    #[error("the API server does not serve the definition {name}: {source}")]
    Serve {
        /// Which.
        name: String,
        /// What it answers.
        source: Box<kube::Error>,
    },
}

/// Reads the definitions of a channel, which must all be of `version`, and adds that of the reference's own
/// policy.
pub(super) fn read(
    folder: &Path,
    version: &str,
    channel: Channel,
) -> Result<Vec<DynamicObject>, DefinitionsError> {
    let folder = folder.join(channel.as_str());
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| DefinitionsError::Read { path, source }
    };
    let mut definitions = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable(&folder))? {
        let path = entry.map_err(unreadable(&folder))?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            for document in serde_yaml::Deserializer::from_str(&text) {
                let definition = Option::<DynamicObject>::deserialize(document)
                    .map_err(|source| DefinitionsError::Parse { path: path.clone(), source })?;
                // The project keeps a kustomization beside them, which has no kind.
                definitions.extend(definition.filter(|definition| definition.types.is_some()));
            }
        }
    }
    let wrong = match definitions.as_slice() {
        [] => Some("no version, since there is none"),
        _ if version.starts_with(UNTOLD) => None,
        some => some.iter().map(version_of).find(|found| *found != version),
    };
    match wrong {
        None => {
            let source_name = || PathBuf::from("timeout-policy.yaml");
            let own = serde_yaml::from_str(TIMEOUT_POLICY)
                .map_err(|source| DefinitionsError::Parse { path: source_name(), source })?;
            definitions.push(own);
            Ok(definitions)
        }
        Some(found) => {
            let (found, wanted) = (found.to_owned(), version.to_owned());
            Err(DefinitionsError::Version { folder, found, wanted })
        }
    }
}

fn version_of(definition: &DynamicObject) -> &str {
    let annotations = definition.metadata.annotations.as_ref();
    annotations.and_then(|all| all.get(BUNDLE_VERSION)).map_or("no version", String::as_str)
}

/// Gives them to an API server that has none yet, and waits until it serves them. Waits for ever if
/// it never does.
pub(super) async fn create(
    client: &Client,
    definitions: &[DynamicObject],
) -> Result<(), DefinitionsError> {
    try_join_all(definitions.iter().map(|definition| create_one(client, definition)))
        .await
        .map(drop)
}

async fn create_one(client: &Client, definition: &DynamicObject) -> Result<(), DefinitionsError> {
    let Some(types) = &definition.types else { return Ok(()) };
    let objects: Api<DynamicObject> = Api::all_with(client.clone(), &resource(types));
    let name = || definition.metadata.name.clone().unwrap_or_default();
    objects
        .create(&PostParams::default(), definition)
        .await
        .map_err(|source| DefinitionsError::Create { name: name(), source: Box::new(source) })?;
    // Beside the definitions there is a policy for them, which makes no kind.
    let Ok(definition) = definition.clone().try_parse::<CustomResourceDefinition>() else {
        return Ok(());
    };
    served(client, &definition)
        .await
        .map_err(|source| DefinitionsError::Serve { name: name(), source: Box::new(source) })
}

fn resource(types: &TypeMeta) -> ApiResource {
    let (group, version) = types.api_version.split_once('/').unwrap_or(("", &types.api_version));
    ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &types.kind))
}

/// Returns when objects of a definition can be listed. The condition `Established` comes earlier: it
/// is what makes the server add the paths.
async fn served(client: &Client, definition: &CustomResourceDefinition) -> Result<(), kube::Error> {
    let spec = &definition.spec;
    for version in spec.versions.iter().filter(|version| version.served) {
        let kind = GroupVersionKind::gvk(&spec.group, &version.name, &spec.names.kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, &spec.names.plural);
        let objects: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        while let Err(error) = objects.list(&ListParams::default().limit(1)).await {
            match error {
                kube::Error::Api(status) if is_early(&status) => pause().await,
                error => return Err(error),
            }
        }
    }
    Ok(())
}

/// Whether an answer is what a server says of a kind that it does not serve yet.
fn is_early(status: &Status) -> bool {
    matches!(status.code, 404 | 429 | 503)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: &str = "v1.7.0";

    /// A release with `files` as its standard channel.
    fn release(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let channel = folder.path().join("standard");
        fs::create_dir(&channel).unwrap();
        for (name, text) in files {
            fs::write(channel.join(name), text).unwrap();
        }
        folder
    }

    fn definition(name: &str, version: &str) -> String {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
             metadata: {{name: {name}, annotations: {{{BUNDLE_VERSION}: {version}}}}}\n"
        )
    }

    #[test]
    fn every_document_is_read_but_the_kustomization() {
        let two = format!("---\n{}---\n{}", definition("a", VERSION), definition("b", VERSION));
        let release = release(&[
            ("install.yaml", &two),
            ("c.yaml", &definition("c", VERSION)),
            ("kustomization.yaml", "resources: [c.yaml]"),
            ("README.md", "no YAML: ["),
        ]);
        let read = read(release.path(), VERSION, Channel::Standard).unwrap();
        let mut names: Vec<_> =
            read.iter().filter_map(|definition| definition.metadata.name.as_deref()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "b", "c", "timeoutpolicies.testbed.gateway-conformance.dev"]);
    }

    #[test]
    fn definitions_that_are_not_all_of_the_version_are_refused() {
        let right = definition("a", VERSION);
        let wrong = definition("b", "v1.6.3");
        let without = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";
        for (files, found) in [
            (vec![("a.yaml", &*right), ("b.yaml", &*wrong)], "are of v1.6.3, not of v1.7.0"),
            (vec![("a.yaml", &*right), ("c.yaml", without)], "are of no version, not of v1.7.0"),
            (vec![], "are of no version, since there is none, not of v1.7.0"),
        ] {
            let release = release(&files);
            let refused = read(release.path(), VERSION, Channel::Standard).unwrap_err();
            assert!(refused.to_string().contains(found), "{refused}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let release = release(&[("a.yaml", "kind: [")]);
        let parse = read(release.path(), VERSION, Channel::Standard).unwrap_err();
        assert!(parse.to_string().contains("standard/a.yaml is not a definition"), "{parse}");
        let absent = read(release.path(), VERSION, Channel::Experimental).unwrap_err();
        assert!(absent.to_string().contains("/experimental: "), "{absent}");
    }
}
