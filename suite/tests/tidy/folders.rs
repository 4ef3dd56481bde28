//! The folders of tests: which test is where.

use gateway_conformance::SUITE;

use crate::test_file::TestFile;

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
