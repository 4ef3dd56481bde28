//! `--tests`: folders with tests of the user's own.

use std::{fs, io, path::Path};

use clap::Args;
use harness::OwnTests;

use super::values::files;

/// The file of a folder that is no test.
const PROFILE: &str = "profile.yaml";

/// Tests of the user's own.
#[derive(Clone, Debug, Default, Args)]
pub struct TestsArgs {
    /// A folder with tests of your own, which are run with those of the suite and reported in a section of their own
    /// (docs/own-tests.md); repeatable.
    #[arg(long, value_name = "DIR", value_parser = read)]
    pub tests: Vec<OwnTests>,
}

/// The tests of a folder and of those in it.
fn read(folder: &str) -> Result<OwnTests, String> {
    let of = |path: &Path| fs::read_to_string(path).map(|text| (path.display().to_string(), text));
    let told = |path: &Path, error: &io::Error| format!("{}: {error}", path.display());
    let folder = Path::new(folder);
    let profile = folder.join(PROFILE);
    let paths = files(folder).map_err(|error| told(folder, &error))?;
    let is_yaml = |path: &Path| path.extension().is_some_and(|it| it == "yaml" || it == "yml");
    let tests = paths.iter().filter(|path| **path != profile && is_yaml(path));
    let tests = tests.map(|path| of(path).map_err(|error| told(path, &error)));
    let tests = tests.collect::<Result<Vec<_>, _>>()?;
    let profile = of(&profile).map_err(|error| told(&profile, &error))?;
    OwnTests::read(&profile, &tests)
}
