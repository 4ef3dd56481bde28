//! Manifests: each is of a test, and each test has its own.

use std::collections::BTreeSet;

use gateway_conformance::SUITE;
use harness::{Suite, model::version::SuiteVersion};

use crate::disk::{files, read, root};

#[test]
fn every_manifest_is_of_a_test_and_every_test_has_its_own() {
    let manifests = root().join("manifests");
    let mut there = files(&manifests, "yaml");
    // These describe implementations.
    there.retain(|path| !["policies/", "delegations/"].iter().any(|it| path.starts_with(it)));
    for version in SuiteVersion::ALL {
        let folder = format!("{version}/");
        let of_version: Vec<_> =
            there.iter().filter_map(|path| path.strip_prefix(&folder)).map(str::to_owned).collect();
        for path in of_version {
            let newest = read(&manifests.join(&path));
            let own = read(&manifests.join(&folder).join(&path));
            assert_ne!(newest, own, "{folder}{path} is the same as the newest: remove it");
            there.remove(&format!("{folder}{path}"));
        }
    }
    let used = SUITE.tests.iter().flat_map(|test| test.all_manifests());
    let used: BTreeSet<_> = used.chain([Suite::BASE]).map(str::to_owned).collect();
    assert_eq!(there, used);

    for test in SUITE.tests {
        for version in SuiteVersion::ALL.into_iter().filter(|version| *version >= test.since) {
            for path in test.all_manifests() {
                let text = (SUITE.manifest)(path, version).unwrap_or_default();
                assert!(!text.is_empty(), "{}: {path} of {version} is not embedded", test.name);
            }
        }
    }
}
