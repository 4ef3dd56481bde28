//! Where published reports are.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The two numbers of a release by which its folder is called: 1 and 5 of `v1.5`.
pub type Release = (u64, u64);

/// A report's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
    /// The README beside it.
    pub readme: Option<String>,
}

impl Published {
    /// The release whose folder it is in, if it is in one.
    pub fn release(&self) -> Option<Release> {
        let folders = self.path.iter().rev().skip(1).filter_map(|folder| folder.to_str());
        folders.filter(|folder| folder.starts_with('v')).find_map(release_of)
    }

    /// The name of the file.
    pub fn file_name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }
}

/// The release of a version: of `v1.5.0`, of `1.5` and of `1.5.0-rc.1` the same.
pub(super) fn release_of(version: &str) -> Option<Release> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let mut numbers = version.split(['.', '-', '+']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The reports at a path, in the order of their paths: the file that it is, or all YAML files below it.
///
/// # Errors
///
/// What cannot be read.
pub fn files(path: &Path) -> Result<Vec<Published>, (PathBuf, io::Error)> {
    let mut paths = Vec::new();
    for entry in walkdir::WalkDir::new(path).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let at = error.path().unwrap_or(path).to_owned();
            (at, error.into())
        })?;
        let is_named = entry.depth() == 0 || has_extension(entry.path());
        if entry.file_type().is_file() && is_named {
            paths.push(entry.into_path());
        }
    }
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).map_err(|error| (path.clone(), error))?;
            let readme = fs::read_to_string(path.with_file_name("README.md")).ok();
            Ok(Published { path, text, readme })
        })
        .collect()
}

fn has_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
