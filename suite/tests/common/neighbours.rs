//! Which tests meet in the cluster, told by their manifests.

use std::collections::BTreeSet;

use gateway_conformance::SUITE;
use harness::{Test, model::version::SuiteVersion};
use serde::Deserialize;
use serde_json::Value;

/// These tests, and those that apply an object that one of them applies, or attach routes to a
/// Gateway to which one of them does.
pub fn neighbours(tests: &BTreeSet<&'static str>) -> BTreeSet<&'static str> {
    let all: Vec<_> = SUITE.tests.iter().map(|test| (test.name, touched(test))).collect();
    let of_tests: BTreeSet<_> = all
        .iter()
        .filter(|(name, _)| tests.contains(name))
        .flat_map(|(_, touched)| touched)
        .collect();
    let meets = |touched: &BTreeSet<Name>| touched.iter().any(|name| of_tests.contains(name));
    all.iter()
        .filter(|(_, touched)| meets(touched))
        .map(|(name, _)| *name)
        .chain(tests.iter().copied())
        .collect()
}

/// An object's kind, namespace and name.
type Name = (String, String, String);

/// The objects that a test applies, and the Gateways to which it attaches routes.
fn touched(test: &Test) -> BTreeSet<Name> {
    let mut touched = BTreeSet::new();
    for path in test.all_manifests() {
        let manifest = (SUITE.manifest)(path, SuiteVersion::NEWEST).unwrap_or_default();
        for document in serde_yaml::Deserializer::from_str(&manifest) {
            let object = Value::deserialize(document).unwrap();
            let namespace = text_of(&object["metadata"]["namespace"]);
            touched.insert((
                text_of(&object["kind"]),
                namespace.clone(),
                text_of(&object["metadata"]["name"]),
            ));
            for parent in object["spec"]["parentRefs"].as_array().into_iter().flatten() {
                let namespace = parent.get("namespace").map_or(namespace.clone(), text_of);
                touched.insert(("Gateway".into(), namespace, text_of(&parent["name"])));
            }
        }
    }
    touched
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
