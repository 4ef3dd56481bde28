//! Tests of the user's own: declared in files, run beside those of the suite and reported in a section of their own.
//!
//! A folder has a `profile.yaml` and a file for each test, whose first document is the test and whose others are the
//! objects that are applied for it; `docs/own-tests.md` tells how they are written.

mod kept;
mod sending;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use self::sending::is_one;
pub use self::{kept::kept, sending::Sending};
use crate::{
    extension::Extension, feature::Feature, names::INFRA, profile::Profile, version::SuiteVersion,
};

/// What the tests of a folder have in common, its `profile.yaml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnProfile {
    /// How the section of the tests is called in reports: `EXAMPLE-RATE-LIMITS`.
    pub profile: String,
    /// The kinds that they apply or look at beside those of Kubernetes and the Gateway API.
    #[serde(default)]
    pub kinds: Vec<OwnKind>,
}

/// A kind as its definition in the cluster has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnKind {
    /// Group and version: `example.com/v1`.
    pub api_version: String,
    /// `RateLimit`.
    pub kind: String,
    /// As in paths and in RBAC rules: `ratelimits`.
    pub plural: String,
    /// Whether its objects are in namespaces; they are if nothing is said.
    #[serde(default = "yes")]
    pub namespaced: bool,
}

fn yes() -> bool {
    true
}

/// A test, the first document of its file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnTest {
    /// Its name, of letters and digits.
    pub test: String,
    /// The rule that it checks; printed when it is broken.
    pub requirement: String,
    /// Where the rule is written.
    pub spec: String,
    /// What an implementation must support for it to be run: features of the Gateway API, and others by names such as
    /// `example.com/RateLimit`.
    #[serde(default)]
    #[schemars(with = "BTreeSet<String>")]
    pub features: BTreeSet<Feature>,
    /// The first version of the suite with which it is run; all if nothing is said.
    #[serde(default = "oldest")]
    #[schemars(with = "Option<String>")]
    pub since: SuiteVersion,
    /// Whether no other test may run beside it, since what it applies changes more than what it brings itself.
    #[serde(default)]
    pub alone: bool,
    /// What is done once its objects are applied, one step after the other.
    pub steps: Vec<OwnStep>,
}

fn oldest() -> SuiteVersion {
    SuiteVersion::ALL[0]
}

/// A step of a test: one of these.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnStep {
    /// An object must come to be so, and be so at the end of the test.
    pub expect: Option<Expect>,
    /// Requests must be answered as they say, three times in a row.
    pub send: Option<Sending>,
    /// These objects are applied, all at once.
    pub apply: Option<Vec<Map<String, Value>>>,
    /// An object is changed.
    pub patch: Option<Patch>,
    /// An object is deleted.
    pub delete: Option<Named>,
}

/// Which object.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Named {
    /// Its kind, of Kubernetes, the Gateway API or the profile.
    pub kind: String,
    /// Its namespace; `gateway-conformance-infra` if nothing is said.
    #[serde(default = "infra")]
    pub namespace: String,
    /// Its name.
    pub name: String,
}

fn infra() -> String {
    INFRA.to_owned()
}

/// How an object must come to be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Which.
    pub object: Named,
    /// Fields that it must have. A list must have an item for each that is named here, in any order. A condition
    /// of an older generation does not count, nor does an entry of another controller.
    pub has: Map<String, Value>,
}

/// How an object is changed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Which.
    pub object: Named,
    /// A JSON merge patch.
    pub merge: Map<String, Value>,
}

/// The longest name that a label can hold.
const LONGEST: usize = 63;

impl OwnProfile {
    /// Reads a `profile.yaml`.
    ///
    /// # Errors
    ///
    /// What is wrong, with line and column where it has a place.
    pub fn read(text: &str) -> Result<Self, String> {
        let profile: Self = read(serde_yaml::Deserializer::from_str(text))?;
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        if profile.profile.is_empty() || !profile.profile.chars().all(is_part) {
            return Err(format!(
                "profile \"{}\": a name is of capital letters, digits and -",
                profile.profile
            ));
        }
        let name = profile.profile.as_str();
        if name.parse::<Extension>().is_ok() || name.parse::<Profile>().is_ok() {
            return Err(format!("profile \"{name}\" is one of the suite: choose another name"));
        }
        for kind in &profile.kinds {
            let parts = kind.api_version.split_once('/');
            if parts.is_none_or(|(group, version)| group.is_empty() || version.is_empty()) {
                let OwnKind { api_version, kind, .. } = kind;
                return Err(format!("kind {kind}: \"{api_version}\" is no group with a version"));
            }
        }
        Ok(profile)
    }
}

impl OwnTest {
    /// Reads the test in the first document of a file.
    ///
    /// # Errors
    ///
    /// What is wrong, with line and column where it has a place.
    pub fn read(text: &str) -> Result<Self, String> {
        let document = serde_yaml::Deserializer::from_str(text).next();
        let own: Self = read(document.ok_or("it is empty")?)?;
        let name = &own.test;
        if name.is_empty() || name.len() > LONGEST {
            return Err(format!("test \"{name}\": a name has 1 to {LONGEST} characters"));
        }
        if !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(format!("test \"{name}\": a name is of letters and digits"));
        }
        for (field, text) in [("requirement", &own.requirement), ("spec", &own.spec)] {
            if text.trim().is_empty() {
                return Err(format!("{field} is empty"));
            }
        }
        if own.steps.is_empty() {
            return Err("steps is empty: it would pass whatever happens".to_owned());
        }
        for (step, number) in own.steps.iter().zip(1..) {
            step.check().map_err(|why| format!("step {number}: {why}"))?;
        }
        if !own.steps.iter().any(OwnStep::judges) {
            return Err("no step expects or sends anything: it would pass whatever happens".into());
        }
        Ok(own)
    }
}

impl OwnStep {
    fn check(&self) -> Result<(), String> {
        let Self { expect, send, apply, patch, delete } = self;
        let changes = [apply.is_some(), patch.is_some(), delete.is_some()];
        if !is_one(changes.into_iter().chain([expect.is_some(), send.is_some()])) {
            return Err("it has one of expect, send, apply, patch and delete".to_owned());
        }
        match self {
            Self { expect: Some(expect), .. } if expect.has.is_empty() => {
                Err("expect.has names no field".to_owned())
            }
            Self { patch: Some(patch), .. } if patch.merge.is_empty() => {
                Err("patch.merge names no field".to_owned())
            }
            Self { apply: Some(objects), .. } if objects.is_empty() => {
                Err("apply has no object".to_owned())
            }
            Self { send: Some(sending), .. } => sending.check(),
            _ => Ok(()),
        }
    }

    /// Whether it can fail the subject.
    fn judges(&self) -> bool {
        self.expect.is_some() || self.send.is_some()
    }
}

fn read<T: DeserializeOwned>(document: serde_yaml::Deserializer<'_>) -> Result<T, String> {
    T::deserialize(document).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: &str = "test: A
requirement: r
spec: s
features: [HTTPRoute, example.com/Limit]
steps:
- expect: {object: {kind: HTTPRoute, name: a}, has: {status: {parents: [{name: b}]}}}
- send:
    gateway: same-namespace
    requests:
    - {path: /, host: a.com, answer: {backend: {name: b, namespace: n}, sees: {path: /c}}}
    - {path: /, method: PUT, answer: {status: [200, 204], own: true, headers: {x: y}}}
    - {path: /, answer: {redirect: {status: 302, port: 8080}}}
    - {path: /, http2: true, answer: {refused: true}}
- send:
    gateway: same-namespace
    calls: [{service: a.B, method: C, metadata: {d: e}, status: UNAVAILABLE}]
- send:
    gateway: tls
    listener: l
    trust: secret
    streams:
    - {listener: l, protocol: TLS, serverName: a.com, backend: b, terminated: true}
    - {listener: l, protocol: TCP}
    - {listener: l, protocol: UDP}
- delete: {kind: HTTPRoute, name: a}
";

    #[test]
    fn what_is_sent_is_what_the_suites_tests_say() {
        let test = OwnTest::read(TEST).unwrap();
        let sends = test.steps.iter().filter_map(|step| step.send.as_ref());
        let told = sends.map(|sending| {
            let through = sending.through();
            let http = through.exchanges.http().iter();
            let http = http.map(|it| format!("{} must give {}\n", it.request, it.expectation()));
            let grpc = through.exchanges.grpc().iter();
            let grpc = grpc.map(|it| format!("{} must give {}\n", it.invocation, it.outcome));
            let streams = through.exchanges.streams().iter();
            let streams = streams.map(|it| format!("{} must give {}\n", it.opening, it.ending));
            http.chain(grpc).chain(streams).collect::<String>()
        });
        insta::assert_snapshot!(told.collect::<String>());
    }

    #[test]
    fn a_profile_has_a_name_of_its_own_and_kinds_with_a_group() {
        let read = |text: &str| OwnProfile::read(text).map(|it| it.profile);
        let kind = "profile: A-1\nkinds: [{apiVersion: a.com/v1, kind: B, plural: bs}]";
        assert_eq!(read(kind), Ok("A-1".to_owned()));
        for (text, told) in [
            ("profile: a", "capital letters"),
            ("profile: ''", "capital letters"),
            ("profile: GATEWAY-HTTP", "is one of the suite"),
            ("profile: ROUTE-DELEGATION", "is one of the suite"),
            (&kind.replace("a.com/v1", "v1"), "no group with a version"),
            (&kind.replace("plural", "plurals"), "unknown field `plurals`"),
            ("profiles: A", "unknown field `profiles`"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(told), "{text}: {why}");
        }
    }

    proptest::proptest! {
        /// Whatever is in a file, it is a test or an error that says what is wrong.
        #[test]
        fn no_file_is_too_odd(from in 0..TEST.len(), length in 0..40_usize, with in ".{0,12}") {
            let to = (from + length).min(TEST.len());
            let text = format!("{}{with}{}", &TEST[..from], &TEST[to..]);
            match OwnTest::read(&text) {
                Ok(test) => for sending in test.steps.iter().filter_map(|it| it.send.as_ref()) {
                    sending.through();
                },
                Err(why) => assert!(!why.is_empty()),
            }
        }
    }
}
