//! The Gateway API's definitions, from the files of a release.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use futures::future::try_join_all;
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams},
    runtime::wait::await_condition,
};
use serde::Deserialize;
use testbed_apiserver::Channel;
use thiserror::Error;

/// Where a definition tells the version of its release.
const BUNDLE_VERSION: &str = "gateway.networking.k8s.io/bundle-version";

/// Why the definitions are not there.
#[derive(Debug, Error)]
pub enum DefinitionsError {
    /// A file or folder cannot be read.
    #[error("cannot read the definitions in {path}: {source}", path = .path.display())]
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
    Apply {
        /// Which.
        name: String,
        /// Why.
        source: Box<kube::Error>,
    },
    /// The API server does not serve one.
    #[error("the API server does not serve {name}: {source}")]
    Serve {
        /// Which.
        name: String,
        /// Why.
        source: Box<kube::runtime::wait::Error>,
    },
}

/// Reads the definitions of a channel; all must be of `version`.
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
                definitions.extend(definition);
            }
        }
    }
    let found = definitions.iter().map(|definition| {
        let annotations = definition.metadata.annotations.as_ref();
        annotations.and_then(|all| all.get(BUNDLE_VERSION)).map_or("no version", String::as_str)
    });
    match found.clone().find(|found| *found != version).or(found
        .clone()
        .next()
        .is_none()
        .then_some("no version"))
    {
        None => Ok(definitions),
        Some(found) => {
            let (found, wanted) = (found.to_owned(), version.to_owned());
            Err(DefinitionsError::Version { folder, found, wanted })
        }
    }
}

/// Applies them and waits until they are served.
pub(super) async fn apply(
    client: &Client,
    definitions: &[DynamicObject],
) -> Result<(), DefinitionsError> {
    let applied = definitions.iter().map(|definition| async move {
        let Some(types) = &definition.types else { return Ok(()) };
        let name = definition.metadata.name.clone().unwrap_or_default();
        let (group, version) =
            types.api_version.split_once('/').unwrap_or(("", &types.api_version));
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &types.kind));
        let objects: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        let parameters = PatchParams::apply("gateway-conformance-testbed").force();
        objects.patch(&name, &parameters, &Patch::Apply(definition)).await.map_err(|source| {
            DefinitionsError::Apply { name: name.clone(), source: Box::new(source) }
        })?;
        if types.kind != "CustomResourceDefinition" {
            return Ok(());
        }
        let served = await_condition(objects, &name, |object: Option<&DynamicObject>| {
            object.is_some_and(is_established)
        });
        served
            .await
            .map(drop)
            .map_err(|source| DefinitionsError::Serve { name, source: Box::new(source) })
    });
    try_join_all(applied).await.map(drop)
}

fn is_established(definition: &DynamicObject) -> bool {
    let conditions = definition.data["status"]["conditions"].as_array();
    conditions
        .into_iter()
        .flatten()
        .any(|condition| condition["type"] == "Established" && condition["status"] == "True")
}
