//! A test as a file below `suite/src`.

use std::fmt;

use gateway_conformance::SUITE;
use harness::Test;

use crate::disk::{files, read, suite};

/// A file that declares a test: the folders on the way to it, and its stem.
pub struct TestFile {
    /// From the outermost on.
    pub folders: Vec<String>,
    /// Its name without the ending.
    pub stem: String,
}

impl TestFile {
    /// Those of all tests, sorted by their paths. A file beside the folder of the same name lists what
    /// is in that; every other file in a folder is a test.
    pub fn all() -> impl Iterator<Item = Self> {
        let source = suite().join("src");
        let files = files(&source, "rs").into_iter();
        files.filter_map(move |file| {
            let path = file.strip_suffix(".rs")?;
            let (folders, stem) = path.rsplit_once('/')?;
            let is_test = !source.join(path).is_dir();
            is_test.then(|| Self {
                folders: folders.split('/').map(str::to_owned).collect(),
                stem: stem.to_owned(),
            })
        })
    }

    /// The folders on the way to it, as they are written.
    pub fn folder(&self) -> String {
        self.folders.join("/")
    }

    /// Where its module is in the crate.
    pub fn module(&self) -> String {
        format!("{}::{}", self.folders.join("::"), self.stem)
    }

    /// What it says.
    pub fn source(&self) -> String {
        read(&suite().join("src").join(self.to_string()))
    }

    /// The name of the test that it declares, whether or not that is in the suite yet.
    pub fn declared(&self) -> String {
        let source = self.source();
        let name = source.split_once("    name: \"").and_then(|(_, rest)| rest.split_once('"'));
        name.unwrap_or_else(|| panic!("{self}: declares no test by its name")).0.to_owned()
    }

    /// The test of the suite that it declares.
    pub fn test(&self) -> &'static Test {
        let manifest = self.to_string().replace('_', "-").replace(".rs", ".yaml");
        let mut tests = SUITE.tests.iter();
        let found = tests.find(|test| test.manifests.first() == Some(&manifest.as_str()));
        found.unwrap_or_else(|| panic!("{self}: its first manifest must be {manifest}"))
    }
}

/// The path below `suite/src`.
impl fmt::Display for TestFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}.rs", self.folder(), self.stem)
    }
}
