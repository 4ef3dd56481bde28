//! The folders of tests: which test is where, and how many there are in each.

use std::collections::BTreeMap;

use gateway_conformance::SUITE;

use crate::{
    disk::{read, root},
    test_file::TestFile,
};

/// More are not taken in at a glance. A folder that would hold more is split by what its tests judge.
const MOST: usize = 25;

#[test]
fn a_folder_holds_no_more_tests_than_can_be_taken_in_at_a_glance() {
    let mut tests: BTreeMap<String, usize> = BTreeMap::new();
    for file in TestFile::all() {
        *tests.entry(file.folder()).or_default() += 1;
    }
    tests.retain(|_, count| *count > MOST);
    assert!(tests.is_empty(), "more than {MOST} tests; split: {tests:?}");
}

/// Its name begins with those of the folders that it is in, or it does not.
#[test]
fn a_test_is_named_after_its_file() {
    for file in TestFile::all() {
        let test = file.test().name.to_lowercase();
        let names = (0..=file.folders.len())
            .map(|outer| format!("{}{}", file.folders[..outer].concat(), file.stem));
        let mut names = names.map(|name| name.replace('_', ""));
        assert!(names.any(|name| name == test), "{file}: declares {test}, which is not its name");
    }
    assert_eq!(TestFile::all().count(), SUITE.tests.len());
}

/// The table has places for tests that are to come, so that nobody has to look for them twice.
#[test]
fn a_test_is_where_the_table_of_folders_has_it() {
    let table = read(&root().join("docs/design/folders.md"));
    let mut places = BTreeMap::new();
    for row in table.lines().filter_map(|line| line.strip_prefix("| `")) {
        let (folder, tests) = row.trim_end_matches(" |").split_once("/` | ").unwrap();
        for test in tests.split(", ") {
            assert_eq!(places.insert(test, folder), None, "{test} is in the table twice");
        }
    }
    for file in TestFile::all() {
        let place = places.get(file.test().name).copied();
        assert_eq!(place, Some(&*file.folder()), "{file}: docs/design/folders.md has it elsewhere");
    }
}
