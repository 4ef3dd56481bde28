//! The descriptions of implementations that come with the suite: each is read, and it is told what can be judged of it.

use std::{fmt::Write as _, fs, sync::Arc};

use gateway_conformance::SUITE;
use harness::model::{
    described::Described, description::Description, extension::Extension, version::SuiteVersion,
};

/// The descriptions in a folder, by the names of their files.
fn descriptions<T: Description>(folder: &str) -> Vec<(String, Arc<T>)> {
    let folder = format!("{}/../manifests/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let read =
        |text: String| harness::described(&text).unwrap_or_else(|error| panic!("{text}{error}"));
    files
        .into_iter()
        .map(|file| {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            (name, Arc::new(read(fs::read_to_string(&file).unwrap())))
        })
        .collect()
}

/// What is planned of an extension.
fn planned(name: &str, extension: Extension, described: &Described) -> String {
    let mut plan = format!("{name}\n");
    for test in SUITE.tests.iter().filter(|it| it.extension == Some(extension)) {
        let why = SUITE.cannot_be_said(test, SuiteVersion::NEWEST, described).unwrap();
        writeln!(plan, "  {}: {}", test.name, why.unwrap_or_else(|| "run".into())).unwrap();
    }
    plan
}

#[test]
fn each_policy_is_read_and_planned() {
    let plans = descriptions("policies").into_iter().map(|(name, policy)| {
        let described = Described { policy: Some(policy), ..Described::default() };
        planned(&name, Extension::PolicyAttachment, &described)
    });
    insta::assert_snapshot!(plans.collect::<String>());
}

#[test]
fn each_way_to_delegate_is_read_and_planned() {
    let plans = descriptions("delegations").into_iter().map(|(name, delegation)| {
        let described = Described { delegation: Some(delegation), ..Described::default() };
        planned(&name, Extension::RouteDelegation, &described)
    });
    insta::assert_snapshot!(plans.collect::<String>());
}
