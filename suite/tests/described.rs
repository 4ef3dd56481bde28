//! The descriptions of implementations that come with the suite: each is read, and it is told what can be judged of it.

use std::{fmt::Write as _, fs, sync::Arc};

use gateway_conformance::SUITE;
use harness::model::{
    delegation::Delegation, described::Described, description::Description,
    expectation::Expectations, extension::Extension, fixtures::Patches, policy,
    version::SuiteVersion,
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

/// What is wrong with a text as a file of this kind, if something is.
type Read = fn(&str) -> Option<String>;

/// A text of each kind of file that users write, and how it is read.
const WRITTEN: [(&str, Read); 4] = [
    (include_str!("../../manifests/policies/timeout-policy.yaml"), wrong::<policy::Description>),
    (include_str!("../../manifests/delegations/kgateway.yaml"), wrong::<Delegation>),
    (
        "- {test: HTTPRoute*/GET /a*, expect: xfail, reason: r, link: 'https://e.com', expires: 2027-01-31}\n",
        wrong::<Expectations>,
    ),
    (
        "- target: {kind: Deployment, name: a}\n  patch: [{op: add, path: /a, value: 1}]\n- {target: {}, patch: {a: b}}\n",
        wrong::<Patches>,
    ),
];

fn wrong<T: Description>(text: &str) -> Option<String> {
    harness::described::<T>(text).err()
}

proptest::proptest! {
    /// Whatever is in a file that users write, it is read or it is told what is wrong.
    #[test]
    fn no_file_is_too_odd(from in 0_usize..900, length in 0_usize..40, with in ".{0,12}") {
        for (text, read) in WRITTEN {
            let chars: Vec<_> = text.chars().collect();
            let from = from.min(chars.len());
            let to = (from + length).min(chars.len());
            let odd: String =
                chars[..from].iter().copied().chain(with.chars()).chain(chars[to..].iter().copied()).collect();
            if let Some(why) = read(&odd) {
                assert!(!why.is_empty(), "{odd}");
            }
        }
    }
}

#[test]
fn what_is_no_such_file_is_told_with_its_place() {
    let told = WRITTEN.map(|(text, read)| {
        assert_eq!(read(text), None);
        read(&format!("{text}\n&: [")).unwrap_or_default()
    });
    for why in told {
        assert!(why.contains("line ") && why.contains("column "), "{why}");
    }
}
