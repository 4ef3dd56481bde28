//! The manifests of a suite.

use std::borrow::Cow;

use cluster::{Object, manifest};
use model::{policy::Description, version::SuiteVersion};

use crate::error::Error;

/// A policy, from the text of the file that describes it.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn described(text: &str) -> Result<Description, String> {
    let described: Description = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    described.validate().map(|()| described)
}

/// The text of a manifest as a version of the suite has it.
pub(crate) type Manifests = fn(path: &str, version: SuiteVersion) -> Option<Cow<'static, str>>;

/// The objects of a manifest as a version of the suite has it, as they are written.
///
/// # Errors
///
/// A manifest that is not there or cannot be read.
pub(crate) fn objects(
    manifests: Manifests,
    path: &str,
    version: SuiteVersion,
) -> Result<Vec<Object>, Error> {
    let text = manifests(path, version).ok_or_else(|| Error::NoManifest(path.to_owned()))?;
    Ok(manifest::parse(path, &text)?)
}
