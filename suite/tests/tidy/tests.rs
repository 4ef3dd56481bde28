//! What a test says, and what its file may hold.

use std::fmt::Write as _;

use gateway_conformance::SUITE;
use harness::model::version::SuiteVersion;

use crate::{
    disk::{files, read, root},
    test_file::TestFile,
};

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
        if test.extension.is_some() && test.spec.starts_with("geps/gep-") {
            continue;
        }
        let place = test.spec.strip_prefix("apis/v1/").and_then(|rest| rest.split_once(".go#"));
        let (file, item) = place.unwrap_or_else(|| panic!("{name}: spec {}", test.spec));
        assert!(file.ends_with("_types"), "{name}: spec {}", test.spec);
        assert!(item.starts_with(char::is_uppercase), "{name}: spec {}", test.spec);
    }
}

/// A request that nothing of the test could answer would be a verdict on something else.
#[test]
fn each_request_has_a_route_that_could_answer_it_or_is_meant_to_have_none() {
    for test in SUITE.tests {
        for version in SuiteVersion::ALL.into_iter().filter(|version| *version >= test.since) {
            let orphans = harness::orphans(&SUITE, test, version).unwrap();
            assert!(orphans.is_empty(), "{}: no route for {}", test.name, orphans.join(", "));
        }
    }
}

#[test]
fn a_test_is_short_and_knows_the_prelude_alone() {
    for file in TestFile::all() {
        let source = file.source();
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
    let root = root();
    for folder in ["harness", "reports", "suite", "testbed"] {
        for file in files(&root.join(folder), "rs") {
            let text = read(&root.join(folder).join(&file));
            assert!(!text.contains(ignored), "{folder}/{file}: fix the test or remove it");
        }
    }
}
