//! The arrows between the crates.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::packages;

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
    let arrows = BTreeMap::from(ARROWS);
    let packages = packages();
    let names: BTreeSet<_> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, arrows.keys().copied().collect(), "every crate is in the table");
    for package in &packages {
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
