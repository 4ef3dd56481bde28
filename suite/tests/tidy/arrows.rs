//! The arrows between the crates.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

use crate::disk::suite;

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
