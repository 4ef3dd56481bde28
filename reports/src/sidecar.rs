//! What the `ConformanceReport` has no place for: how the run was made, and each test with its reason.

use std::collections::BTreeMap;

use model::{event::RunStarted, extension::Extension, feature::Feature};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    ReportError,
    summary::{Standing, Summary, TestResult},
};

/// The report's companion, in YAML.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sidecar<'a> {
    kind: &'static str,
    tool: &'static str,
    run: &'a str,
    subject: &'a str,
    suite_version: String,
    #[serde(rename = "gatewayAPIVersion")]
    gateway_api_version: &'a str,
    #[serde(rename = "gatewayAPIChannel")]
    gateway_api_channel: &'a str,
    mode: &'a str,
    /// Those that are not the Go suite's.
    limits: BTreeMap<&'a str, &'a str>,
    strict: bool,
    rounds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    untested_features: Vec<&'static str>,
    tests: Vec<Entry<'a>>,
}

/// A test, and what it came to.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    name: &'a str,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    provisional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<&'a str>,
    /// It failed while others were under way, and was judged again alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    red_in_company: bool,
}

/// What the events so far come to, as YAML; none before the run began.
///
/// # Errors
/// If a text has no form in YAML.
pub fn to_yaml(summary: &Summary) -> Result<Option<String>, ReportError> {
    let Some(started) = summary.started() else { return Ok(None) };
    let RunStarted { run, subject, mode, strict, rounds, .. } = started;
    let limits = started.timeouts.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let sidecar = Sidecar {
        kind: "ConformanceRun",
        tool: concat!("gateway-conformance v", env!("CARGO_PKG_VERSION")),
        run,
        subject,
        suite_version: started.suite_version.to_string(),
        gateway_api_version: &started.gateway_api_version,
        gateway_api_channel: &started.gateway_api_channel,
        mode,
        limits: limits.collect(),
        strict: *strict,
        rounds: *rounds,
        incomplete: summary.incomplete(),
        seconds: summary.took().map(|took| took.as_secs_f64()),
        untested_features: names(&started.untested_features),
        tests: summary.tests().map(|result| entry(&result, summary.interruption())).collect(),
    };
    let yaml = serde_yaml::to_string(&sidecar);
    let yaml =
        yaml.map_err(|error| ReportError::Render { format: "sidecar", reason: error.to_string() })?;
    Ok(Some(yaml))
}

fn entry<'a>(result: &TestResult<'a>, interruption: Option<&str>) -> Entry<'a> {
    let info = &result.test.info;
    Entry {
        name: &info.name,
        result: result.standing.in_a_word(),
        reason: reason(result, interruption),
        extension: info.extension.map(Extension::name),
        provisional: info.provisional,
        seconds: result.took.map(|took| took.as_secs_f64()),
        findings: result.findings.iter().map(|finding| finding.rule.as_str()).collect(),
        red_in_company: result.in_company.is_some(),
    }
}

/// Why a test did not simply pass.
pub(crate) fn reason(result: &TestResult<'_>, interruption: Option<&str>) -> Option<String> {
    match result.standing {
        Standing::Passed => None,
        Standing::Failed(failure) => Some(failure.headline()),
        Standing::FailedStrictly => Some("a rule that counts under --strict is broken".to_owned()),
        Standing::Excused(by) | Standing::PassedUnexpectedly(by) => Some(by.to_string()),
        Standing::Error(error) => Some(error.message.clone()),
        Standing::NotJudged => interruption.map(str::to_owned),
        Standing::Skipped(why) => Some(why.to_owned()),
        Standing::SkippedProvisional => Some("provisional tests were left out".to_owned()),
        Standing::NotSupported(missing) => Some(names(missing).join(", ")),
    }
}

fn names<'f>(features: impl IntoIterator<Item = &'f Feature>) -> Vec<&'static str> {
    features.into_iter().copied().map(Feature::name).collect()
}
