//! What users change of the fixtures, held against what the manifests have.

use std::collections::BTreeSet;

use cluster::Object;
use model::{
    fixtures::{Fixtures, ImageRule},
    suggest::{hint, nearest},
    version::SuiteVersion,
};
use thiserror::Error;

use crate::{error::Error, test::Suite};

/// A change of something that no manifest has.
#[derive(Debug, Error)]
pub enum UnknownFixture {
    /// An image.
    #[error("--image-map: no manifest has the image \"{image}\"{}", hint(.nearest.as_deref()))]
    Image {
        /// As it was named.
        image: String,
        /// The one that may be meant.
        nearest: Option<String>,
    },
    /// An object.
    #[error("--patch: no manifest has an object {0}")]
    Object(String),
    /// A manifest of our own is not what it should be.
    #[error(transparent)]
    Manifest(#[from] Error),
}

/// The images of all that a version of the suite applies.
///
/// # Errors
///
/// A manifest that is not there or cannot be read.
pub fn images(suite: &Suite, version: SuiteVersion) -> Result<BTreeSet<String>, Error> {
    Ok(images_of(&all_objects(suite, version)?))
}

fn images_of(objects: &[Object]) -> BTreeSet<String> {
    let containers = objects
        .iter()
        .filter_map(|object| object.data["spec"]["template"]["spec"]["containers"].as_array());
    containers.flatten().filter_map(|it| it["image"].as_str()).map(str::to_owned).collect()
}

/// Refuses changes that would change nothing, in any version of the suite.
///
/// # Errors
///
/// The first of them.
pub fn check_fixtures(suite: &Suite, fixtures: &Fixtures) -> Result<(), UnknownFixture> {
    let Fixtures { images: changed, patches, .. } = fixtures;
    if changed.map.is_empty() && patches.is_empty() {
        return Ok(());
    }
    let mut objects = Vec::new();
    for version in SuiteVersion::ALL {
        objects.extend(all_objects(suite, version)?);
    }
    let known = images_of(&objects);
    for rule in &changed.map {
        let ImageRule { from, .. } = rule;
        if !known.iter().any(|image| rule.is_of(image)) {
            let nearest = nearest(from, known.iter().map(String::as_str)).map(str::to_owned);
            return Err(UnknownFixture::Image { image: from.clone(), nearest });
        }
    }
    for patch in patches {
        let is_target = |object: &Object| {
            let kind = object.types.as_ref().map(|types| types.kind.as_str());
            let metadata = &object.metadata;
            let name = metadata.name.as_deref().unwrap_or_default();
            patch.target.is(kind.unwrap_or_default(), metadata.namespace.as_deref(), name)
        };
        if !objects.iter().any(is_target) {
            return Err(UnknownFixture::Object(patch.target.to_string()));
        }
    }
    Ok(())
}

/// The objects of the base environment and of all tests.
fn all_objects(suite: &Suite, version: SuiteVersion) -> Result<Vec<Object>, Error> {
    let tests = suite.tests.iter().filter(|test| test.since <= version);
    let paths: BTreeSet<_> = tests.flat_map(|test| test.all_manifests()).collect();
    let mut objects = suite.objects(Suite::BASE, version)?;
    for path in paths {
        objects.extend(suite.objects(path, version)?);
    }
    Ok(objects)
}
