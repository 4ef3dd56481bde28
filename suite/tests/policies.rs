//! The descriptions of policies that come with the suite: each is read, and it is told what can be judged of it.

use std::fmt::Write as _;

use gateway_conformance::SUITE;
use harness::model::{extension::Extension, policy::Description, version::SuiteVersion};
use serde::Deserialize;
use serde_json::Value;

/// Why a policy cannot say what the test's manifests have, if so.
fn refused(policy: &Description, manifest: &str) -> Option<String> {
    let text = (SUITE.manifest)(manifest, SuiteVersion::NEWEST).unwrap();
    let objects = serde_yaml::Deserializer::from_str(&text);
    let objects = objects.map(|document| Value::deserialize(document).unwrap());
    let mut policies = objects.filter(|object| object["kind"] == "Policy");
    policies.find_map(|object| policy.takes(&object["spec"]).err())
}

#[test]
fn each_description_is_read_and_planned() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../manifests/policies");
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let is_of_extension = |it: &&&harness::Test| it.extension == Some(Extension::PolicyAttachment);
    let mut plan = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let policy =
            harness::described(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        writeln!(plan, "{} {}", policy.kind, policy.group).unwrap();
        for test in SUITE.tests.iter().filter(is_of_extension) {
            let why = test.all_manifests().find_map(|path| refused(&policy, path));
            writeln!(plan, "  {}: {}", test.name, why.unwrap_or_else(|| "run".into())).unwrap();
        }
    }
    insta::assert_snapshot!(plan);
}
