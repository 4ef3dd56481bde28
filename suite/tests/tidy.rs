//! Keeps what the compiler does not: lists that follow folders, tests and manifests that belong
//! together, and the arrows between the crates.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use gateway_conformance::SUITE;
use harness::{Test, model::version::SuiteVersion};
use serde_json::Value;

/// The folders of tests.
const FOLDERS: [&str; 3] = ["gateway", "gateway_class", "http_route"];

fn suite() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn manifests() -> PathBuf {
    suite().join("../manifests")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The paths of the files below a folder that end like this, relative to it and sorted.
fn files(folder: &Path, extension: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

/// The tests' files, by folder and stem.
fn test_files() -> impl Iterator<Item = (&'static str, String)> {
    FOLDERS.into_iter().flat_map(|folder| {
        let files = files(&suite().join("src").join(folder), "rs").into_iter();
        files.map(move |file| (folder, file.trim_end_matches(".rs").to_owned()))
    })
}

fn source(folder: &str, stem: &str) -> String {
    read(&suite().join(format!("src/{folder}/{stem}.rs")))
}

/// The manifest of a test's file.
fn manifest_of(folder: &str, stem: &str) -> String {
    format!("{folder}/{stem}.yaml").replace('_', "-")
}

/// The test whose file this is.
fn test_of(folder: &str, stem: &str) -> &'static Test {
    let manifest = manifest_of(folder, stem);
    let found = SUITE.tests.iter().find(|test| test.manifests.first() == Some(&manifest.as_str()));
    found.unwrap_or_else(|| panic!("{folder}/{stem}.rs: its first manifest must be {manifest}"))
}

/// Writes a file, and says so, if it is not as it should be.
fn refresh(path: &Path, wanted: &str) -> Option<String> {
    (read(path) != wanted).then(|| {
        fs::write(path, wanted).unwrap();
        path.display().to_string()
    })
}

#[test]
fn the_lists_of_tests_follow_the_folders() {
    let mut modules: BTreeMap<&str, String> = BTreeMap::new();
    let mut tests = String::new();
    for (folder, stem) in test_files() {
        writeln!(modules.entry(folder).or_default(), "pub(crate) mod {stem};").unwrap();
        writeln!(tests, "    &crate::{folder}::{stem}::TEST,").unwrap();
    }
    let registry = format!(
        "//! Every test, sorted by its file. `tests/tidy.rs` keeps this list.\n\n\
         use harness::Test;\n\n\
         pub(crate) static TESTS: &[&Test] = &[\n{tests}];\n"
    );

    let mut rewritten: Vec<_> =
        refresh(&suite().join("src/registry.rs"), &registry).into_iter().collect();
    for (folder, list) in modules {
        let path = suite().join(format!("src/{folder}.rs"));
        let text = read(&path);
        let docs: Vec<_> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        rewritten.extend(refresh(&path, &format!("{}\n\n{list}", docs.join("\n"))));
    }
    assert!(rewritten.is_empty(), "was stale and is written; run again: {}", rewritten.join(", "));
}

#[test]
fn a_test_is_named_after_its_file() {
    for (folder, stem) in test_files() {
        let test = test_of(folder, &stem);
        let wanted = format!("{folder}{stem}").replace('_', "");
        assert_eq!(test.name.to_lowercase(), wanted, "{folder}/{stem}.rs");
    }
    assert_eq!(test_files().count(), SUITE.tests.len());
}

#[test]
fn every_manifest_is_of_a_test_and_every_test_has_its_own() {
    let mut there = files(&manifests(), "yaml");
    for version in SuiteVersion::ALL {
        let folder = format!("{version}/");
        let of_version: Vec<_> =
            there.iter().filter_map(|path| path.strip_prefix(&folder)).map(str::to_owned).collect();
        for path in of_version {
            let newest = read(&manifests().join(&path));
            let own = read(&manifests().join(&folder).join(&path));
            assert_ne!(newest, own, "{folder}{path} is the same as the newest: remove it");
            there.remove(&format!("{folder}{path}"));
        }
    }
    let used = SUITE.tests.iter().flat_map(|test| test.manifests.iter().copied());
    let used: BTreeSet<_> = used.chain([harness::Suite::BASE]).map(str::to_owned).collect();
    assert_eq!(there, used);

    for test in SUITE.tests {
        for version in SuiteVersion::ALL.into_iter().filter(|version| *version >= test.since) {
            for path in test.manifests {
                let text = (SUITE.manifest)(path, version).unwrap_or_default();
                assert!(!text.is_empty(), "{}: {path} of {version} is not embedded", test.name);
            }
        }
    }
}

/// Names, features, first versions and marks decide who runs a test and how a report counts it, so
/// that a change of any of them must be seen.
#[test]
fn what_reports_depend_on_stays() {
    let mut table = String::new();
    for test in SUITE.tests {
        let features: Vec<_> = test.features.iter().map(|feature| feature.name()).collect();
        let provisional = if test.provisional { ", provisional" } else { "" };
        let (name, since) = (test.name, test.since);
        writeln!(table, "{name}: since {since}{provisional}; {}", features.join(", ")).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_test_says_what_it_judges_and_where_that_is_written() {
    for test in SUITE.tests {
        let name = test.name;
        assert!(test.requirement.ends_with('.'), "{name}: the requirement is a sentence");
        let place = test.spec.strip_prefix("apis/v1/").and_then(|rest| rest.split_once(".go#"));
        let (file, item) = place.unwrap_or_else(|| panic!("{name}: spec {}", test.spec));
        assert!(file.ends_with("_types"), "{name}: spec {}", test.spec);
        assert!(item.starts_with(char::is_uppercase), "{name}: spec {}", test.spec);
    }
}

#[test]
fn a_test_is_short_and_knows_the_prelude_alone() {
    for (folder, stem) in test_files() {
        let source = source(folder, &stem);
        let file = format!("{folder}/{stem}.rs");
        assert!(source.starts_with("//! "), "{file}: begins with what its fixture is to catch");

        let uses: Vec<_> = source.lines().filter(|line| line.contains("use ")).collect();
        let uses: Vec<_> = uses.into_iter().filter(|line| !line.starts_with("//")).collect();
        assert_eq!(uses, ["use harness::prelude::*;"], "{file}");
        for path in ["crate::", "super::", "std::", "tokio::", "cluster::", "probe::", "model::"] {
            assert!(!source.contains(path), "{file}: {path} lacks a verb in the prelude");
        }

        let lines = lines_outside_tables(&source);
        assert!(lines <= 60, "{file}: {lines} lines outside of docs and tables are too many");
    }
}

/// Lines of code that are not a row of a constant table.
fn lines_outside_tables(source: &str) -> usize {
    let mut in_table = false;
    let code = source.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
    code.filter(|line| {
        let begins = line.starts_with("const ") && line.ends_with('[');
        let ends = in_table && *line == "];";
        let is_row = in_table && !ends;
        in_table = (in_table || begins) && !ends;
        !is_row
    })
    .count()
}

#[test]
fn no_test_is_ignored() {
    let ignored = concat!("#[", "ignore");
    let root = suite().join("..");
    for folder in ["harness", "reports", "suite", "testbed"] {
        for file in files(&root.join(folder), "rs") {
            let text = read(&root.join(folder).join(&file));
            assert!(!text.contains(ignored), "{folder}/{file}: fix the test or remove it");
        }
    }
}

/// Which of our crates each of them may use.
const ARROWS: [(&str, &[&str]); 11] = [
    ("gateway-conformance", &["cli", "harness", "reports", "testbed"]),
    ("cli", &["harness", "reports", "testbed"]),
    ("harness", &["cluster", "model", "probe"]),
    ("cluster", &["model"]),
    ("probe", &["model"]),
    ("reports", &["model"]),
    ("model", &[]),
    ("testbed", &["testbed-apiserver", "testbed-gateway", "testbed-workloads"]),
    ("testbed-apiserver", &[]),
    ("testbed-gateway", &[]),
    ("testbed-workloads", &[]),
];

#[test]
fn the_crates_use_each_other_along_the_arrows_only() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(suite())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();

    let arrows = BTreeMap::from(ARROWS);
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<_> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, arrows.keys().copied().collect(), "every crate is in the table");
    for package in packages {
        let name = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            // The tests of one part of the testbed may run on another.
            let in_tests = dependency["kind"] == "dev"
                && [name, other].iter().all(|name| name.starts_with("testbed"));
            assert!(
                !arrows.contains_key(other) || in_tests || arrows[name].contains(&other),
                "{name} must not use {other}"
            );
        }
    }
}
