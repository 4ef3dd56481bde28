//! The manifests of a suite.

use std::borrow::Cow;

use cluster::{Kind, Object, manifest};
use model::{
    delegation::hands_on, described::Described, description::Description, names::NEEDS,
    version::SuiteVersion,
};

use crate::error::Error;

/// What the text of a file describes.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn described<T: Description>(text: &str) -> Result<T, String> {
    let described: T = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    described.validate().map(|()| described)
}

/// Whether a manifest's object is one that the implementation knows, as it is described.
///
/// # Errors
///
/// What it does not know.
pub(crate) fn can_be_said(object: &Object, described: &Described) -> Result<(), String> {
    let spec = &object.data["spec"];
    let needed = object.metadata.annotations.as_ref().and_then(|all| all.get(NEEDS));
    let needed = needed.map(String::as_str).unwrap_or_default();
    match Kind::of(object) {
        Some(Kind::Policy) => {
            let policy = described.policy.as_ref().ok_or("no policy is described")?;
            policy.takes(spec)?;
            policy.has(needed)
        }
        Some(Kind::HttpRoute) if hands_on(spec) => {
            let delegation = described.delegation.as_ref();
            delegation.ok_or("it is not described how requests are handed on")?.has(needed)
        }
        _ => Ok(()),
    }
}

/// The manifests of a suite, and those of tests of the user's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manifests {
    pub(crate) of_suite: fn(path: &str, version: SuiteVersion) -> Option<Cow<'static, str>>,
    pub(crate) own: &'static [OwnFile],
}

/// The file of a test of the user's own.
#[derive(Clone, Copy, Debug)]
pub struct OwnFile {
    /// Its path.
    pub path: &'static str,
    /// What stands for the path of what the test applies later.
    pub later_path: &'static str,
    /// The test.
    pub declared: &'static str,
    /// The objects that are applied before its steps.
    pub objects: &'static str,
    /// Those that its steps apply.
    pub later: &'static str,
}

impl Manifests {
    /// The text of a manifest as a version of the suite has it.
    pub(crate) fn text(self, path: &str, version: SuiteVersion) -> Option<Cow<'static, str>> {
        let own = self.own.iter().find_map(|file| match path {
            _ if path == file.path => Some(file.objects),
            _ if path == file.later_path => Some(file.later),
            _ => None,
        });
        own.map(Cow::Borrowed).or_else(|| (self.of_suite)(path, version))
    }
}

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
    let text = manifests.text(path, version).ok_or_else(|| Error::NoManifest(path.to_owned()))?;
    Ok(manifest::parse(path, &text)?)
}
