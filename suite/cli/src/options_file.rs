//! The Go suite's options file, read strictly: a key that means nothing is an error, with its place.

mod section;
mod value;

use std::{
    collections::BTreeMap,
    fmt::Display,
    path::{Path, PathBuf},
    str::FromStr,
};

use harness::model::{
    address::Address, feature::Feature, implementation::Implementation, profile::Profile,
};
use serde::de::MapAccess;

use self::{
    section::{Read, Section, section},
    value::{Limits, Names},
};

/// What an options file says. What it does not say is left to flags and defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptionsFile {
    /// The GatewayClass to judge; chooses a cluster.
    pub gateway_class_name: Option<String>,
    /// The mesh to judge.
    pub mesh_name: Option<String>,
    /// Whether every request and answer is shown.
    pub debug: Option<bool>,
    /// Whether the base environment is removed at the end.
    pub cleanup_base_resources: Option<bool>,
    /// Whether the objects of a test are removed after it.
    pub cleanup_test_resources: Option<bool>,
    /// What the implementation supports.
    pub supported_features: Option<Vec<Feature>>,
    /// What it does not.
    pub exempt_features: Option<Vec<Feature>>,
    /// Whether it supports everything but for that.
    pub all_features: Option<bool>,
    /// Labels for the namespaces of the fixtures.
    pub namespace_labels: Option<BTreeMap<String, String>>,
    /// Annotations for them.
    pub namespace_annotations: Option<BTreeMap<String, String>>,
    /// Tests to leave out.
    pub skip_tests: Option<Vec<String>>,
    /// The one test to run.
    pub run_test: Option<String>,
    /// The operating mode.
    pub mode: Option<String>,
    /// Whether definitions of another version are accepted.
    pub allow_crds_mismatch: Option<bool>,
    /// The profiles to report on.
    pub conformance_profiles: Option<Vec<Profile>>,
    /// Where the report goes.
    pub report_output_path: Option<PathBuf>,
    /// Who made the implementation.
    pub implementation: Implementation,
    /// Whether provisional tests are left out.
    pub skip_provisional_tests: Option<bool>,
    /// Whether tests run one after another.
    pub disable_parallel_tests: Option<bool>,
    /// Whether the run stops at the first failure.
    pub fail_fast: Option<bool>,
    /// Addresses that Gateways can be given.
    pub usable_network_addresses: Option<Vec<Address>>,
    /// Addresses that Gateways cannot be given.
    pub unusable_network_addresses: Option<Vec<Address>>,
    /// Limits that are known to be understood, by name.
    pub timeouts: Vec<(&'static str, String)>,
}

/// Why an options file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum OptionsFileError {
    /// It cannot be read.
    #[error("cannot read the options file {}: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It says something that has no meaning.
    #[error("{}:{line}:{column}: {message}", .path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

impl OptionsFile {
    /// Reads the file at this path.
    pub fn read(path: &Path) -> Result<Self, OptionsFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| OptionsFileError::Unreadable { path: path.into(), source })?;
        Self::parse(path, &text)
    }

    /// Reads a text; the path is for errors alone.
    pub fn parse(path: &Path, text: &str) -> Result<Self, OptionsFileError> {
        let read = serde_yaml::from_str::<Option<Read<Self>>>(text).map_err(|error| {
            let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
            let message = error.to_string();
            let place = format!(" at line {line} column {column}");
            let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
            OptionsFileError::Invalid { path: path.into(), line, column, message }
        })?;
        Ok(read.map_or_else(Self::default, |Read(options)| options))
    }
}

section!(OptionsFile {
    "allowCrdsMismatch" => allow_crds_mismatch: MapAccess::next_value,
    "cleanupBaseResources" => cleanup_base_resources: MapAccess::next_value,
    "cleanupTestResources" => cleanup_test_resources: MapAccess::next_value,
    "conformanceProfiles" => conformance_profiles: names,
    "debug" => debug: MapAccess::next_value,
    "disableParallelTests" => disable_parallel_tests: MapAccess::next_value,
    "enableAllSupportedFeatures" => all_features: MapAccess::next_value,
    "exemptFeatures" => exempt_features: names,
    "failFast" => fail_fast: MapAccess::next_value,
    "gatewayClassName" => gateway_class_name: MapAccess::next_value,
    "implementation" => implementation: section,
    "meshName" => mesh_name: MapAccess::next_value,
    "mode" => mode: MapAccess::next_value,
    "namespaceAnnotations" => namespace_annotations: MapAccess::next_value,
    "namespaceLabels" => namespace_labels: MapAccess::next_value,
    "reportOutputPath" => report_output_path: MapAccess::next_value,
    "runTest" => run_test: MapAccess::next_value,
    "skipProvisionalTests" => skip_provisional_tests: MapAccess::next_value,
    "skipTests" => skip_tests: names,
    "supportedFeatures" => supported_features: names,
    "timeoutConfig" => timeouts: limits,
    "unusableNetworkAddresses" => unusable_network_addresses: addresses,
    "usableNetworkAddresses" => usable_network_addresses: addresses,
});

section!(Implementation {
    "contact" => contact: or_none(names),
    "organization" => organization: or_none(MapAccess::next_value),
    "project" => project: or_none(MapAccess::next_value),
    "url" => url: or_none(MapAccess::next_value),
    "version" => version: or_none(MapAccess::next_value),
});

section!(Address {
    "type" => kind: or_none(MapAccess::next_value),
    "value" => value: or_none(MapAccess::next_value),
});

/// A value that may be left empty.
fn or_none<A, E, T: Default>(
    read: impl Fn(&mut A) -> Result<Option<T>, E>,
) -> impl Fn(&mut A) -> Result<T, E> {
    move |map| Ok(read(map)?.unwrap_or_default())
}

fn names<'de, T, A>(map: &mut A) -> Result<Option<Vec<T>>, A::Error>
where
    T: FromStr<Err: Display>,
    A: MapAccess<'de>,
{
    Ok(map.next_value::<Option<Names<T>>>()?.map(|Names(names)| names))
}

fn section<'de, S: Section, A: MapAccess<'de>>(map: &mut A) -> Result<S, A::Error> {
    Ok(map.next_value::<Option<Read<S>>>()?.map(|Read(section)| section).unwrap_or_default())
}

fn limits<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<(&'static str, String)>, A::Error> {
    section(map).map(|Limits(timeouts)| timeouts)
}

/// Addresses; one without a type is of the definitions' default.
fn addresses<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Vec<Address>>, A::Error> {
    let typed = |Read(mut address): Read<Address>| {
        if address.kind.is_empty() {
            address.kind = "IPAddress".into();
        }
        address
    };
    let addresses = map.next_value::<Option<Vec<Read<Address>>>>()?;
    Ok(addresses.map(|addresses| addresses.into_iter().map(typed).collect()))
}

#[cfg(test)]
mod tests {
    use harness::model::timeouts::{Limit, Timeouts};

    use super::*;

    fn parse(text: &str) -> Result<OptionsFile, String> {
        OptionsFile::parse(Path::new("options.yaml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn every_key_is_understood() {
        for key in OptionsFile::KEYS {
            assert_eq!(parse(&format!("{key}:\n")), Ok(OptionsFile::default()), "{key}");
        }
        assert_eq!(parse("# nothing\n"), Ok(OptionsFile::default()));
    }

    #[test]
    fn a_whole_file_is_read() {
        let options = parse(
            "gatewayClassName: mine
enableAllSupportedFeatures: false
supportedFeatures: [Gateway, HTTPRoute]
exemptFeatures: {ReferenceGrant: {}}
conformanceProfiles:
  - GATEWAY-HTTP
namespaceLabels: {a: b}
implementation:
  organization: org
  contact: ['@me', '@you']
usableNetworkAddresses: [{value: 10.0.0.1}]
timeoutConfig:
  requestTimeout: 2s500ms
  defaultPollInterval: 250000000
  requiredConsecutiveSuccesses: 5
",
        )
        .unwrap();
        assert_eq!(options.gateway_class_name.as_deref(), Some("mine"));
        assert_eq!(options.all_features, Some(false));
        assert_eq!(options.supported_features, Some(vec![Feature::Gateway, Feature::HttpRoute]));
        assert_eq!(options.exempt_features, Some(vec![Feature::ReferenceGrant]));
        assert_eq!(options.conformance_profiles, Some(vec![Profile::GatewayHttp]));
        assert_eq!(options.namespace_labels, Some(BTreeMap::from([("a".into(), "b".into())])));
        assert_eq!(options.implementation.contact, ["@me", "@you"]);
        assert_eq!(options.usable_network_addresses, Some(vec!["10.0.0.1".parse().unwrap()]));

        let mut timeouts = Timeouts::default();
        for (name, value) in &options.timeouts {
            timeouts.set_text(name, value).unwrap();
        }
        assert_eq!(timeouts.get(Limit::RequestTimeout).as_millis(), 2500);
        assert_eq!(timeouts.get(Limit::DefaultPollInterval).as_millis(), 250);
        assert_eq!(timeouts.successes(), 5);
    }

    #[test]
    fn errors_say_where_and_what_is_near() {
        let refuse = |text| parse(text).unwrap_err();
        insta::assert_snapshot!(
            [
                refuse("debug: true\ngatewayClass: mine\n"),
                refuse("debug: yes please\n"),
                refuse("debug: true\ndebug: false\n"),
                refuse("supportedFeatures:\n- Gateway\n- HTTPRout\n"),
                refuse("conformanceProfiles: GATEWAY-HTTP\n"),
                refuse("conformanceProfiles: [HTTP]\n"),
                refuse("implementation:\n  organisation: me\n"),
                refuse("timeoutConfig:\n  requestTimout: 5s\n"),
                refuse("timeoutConfig:\n  requestTimeout: 60\n"),
                refuse("timeoutConfig:\n  requestTimeout: '60'\n"),
                refuse("timeoutConfig:\n  requestTimeout: soon\n"),
                refuse("timeoutConfig:\n  requiredConsecutiveSuccesses: 0\n"),
                refuse("- a list\n"),
                refuse("debug: [\n"),
                refuse("debug: b: c\n"),
            ]
            .join("\n"),
            @r#"
        options.yaml:2:1: unknown key "gatewayClass"; did you mean "gatewayClassName"?
        options.yaml:1:8: debug: invalid type: string "yes please", expected a boolean
        options.yaml:2:1: the key "debug" comes twice
        options.yaml:3:3: supportedFeatures[1]: unknown feature "HTTPRout"; did you mean "HTTPRoute"?
        options.yaml:1:22: conformanceProfiles: invalid type: string "GATEWAY-HTTP", expected a list of names
        options.yaml:1:23: conformanceProfiles[0]: unknown profile "HTTP"; did you mean "GATEWAY-HTTP"?
        options.yaml:2:3: implementation: unknown key "organisation"; did you mean "organization"?
        options.yaml:2:3: timeoutConfig: unknown timeout "requestTimout"; did you mean "requestTimeout"?
        options.yaml:2:19: timeoutConfig.requestTimeout: 60 means nanoseconds here; write 60s for seconds
        options.yaml:2:19: timeoutConfig.requestTimeout: "60" has no unit; write 60s
        options.yaml:2:19: timeoutConfig.requestTimeout: "soon" is not a length of time; write a number with a unit (250ms, 1.5s, 2m)
        options.yaml:2:3: timeoutConfig: RequiredConsecutiveSuccesses: "0" is not a whole number above 0
        options.yaml:1:1: invalid type: sequence, expected keys with values
        options.yaml:1:8: debug: invalid type: sequence, expected a boolean
        options.yaml:1:8: debug: invalid type: string "b", expected a boolean
        "#
        );
    }
}
