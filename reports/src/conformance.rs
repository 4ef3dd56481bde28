//! The `ConformanceReport` that the Gateway API project accepts.
//!
//! Fields, order, omissions and counting are those of the Go suite, see
//! <https://gateway-api.sigs.k8s.io/concepts/conformance/#3-conformance-tests> and GEP-1709. What
//! is ours: the same events give the same bytes (profiles are sorted), and a run that did not judge
//! every planned test can say `failure` or `partial`, never `success`. The Go suite has no word for
//! such a run but `--fail-fast`, whose report is silent on the tests that it left; so is ours.

use std::{collections::BTreeSet, env, path::PathBuf};

use jiff::Timestamp;
use model::{
    event::{Event, RunStarted},
    extension::Extension,
    feature::Feature,
    implementation::Implementation,
    profile::Profile,
};
use serde::Serialize;

use crate::{
    ReportError, Reporter,
    file::FileReport,
    summary::{Standing, Summary, TestResult},
};

/// The report. Fields are in alphabetical order of their keys, as the Go suite prints them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceReport {
    /// The report's own version.
    pub api_version: &'static str,
    /// When it was made, RFC 3339 in UTC with whole seconds.
    pub date: String,
    /// The channel of the definitions.
    #[serde(rename = "gatewayAPIChannel")]
    pub gateway_api_channel: String,
    /// The version of the definitions.
    #[serde(rename = "gatewayAPIVersion")]
    pub gateway_api_version: String,
    /// Who made what was judged.
    pub implementation: Implementation,
    /// Always `ConformanceReport`.
    pub kind: &'static str,
    /// The operating mode.
    pub mode: String,
    /// One for each chosen profile that has a test in the suite, sorted by name.
    pub profiles: Vec<ProfileReport>,
    /// Provisional tests that passed, sorted; they are counted too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub succeeded_provisional_tests: Vec<String>,
    /// Why not every planned test was judged, if so: the first line of the file, a comment.
    #[serde(skip)]
    pub incomplete: Option<String>,
}

/// What a profile came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProfileReport {
    /// The tests whose features every implementation of the profile supports.
    pub core: Section,
    /// The other ones, if any was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended: Option<ExtendedSection>,
    /// The profile.
    pub name: Profile,
    /// Both in one sentence each.
    pub summary: String,
}

/// The tests of one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// The tests that failed, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed_tests: Vec<String>,
    /// What they come to.
    pub result: Conformance,
    /// The tests that have no verdict, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped_tests: Vec<String>,
    /// How many they are.
    pub statistics: Statistics,
}

/// The tests of the extended level, and what is claimed of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExtendedSection {
    /// The tests.
    #[serde(flatten)]
    pub section: Section,
    /// The profile's extended features that the implementation claims, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supported_features: Vec<Feature>,
    /// The others, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsupported_features: Vec<Feature>,
}

/// What the tests of one level come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Conformance {
    /// All of them passed.
    Success,
    /// None failed, and some have no verdict, or the run was interrupted.
    Partial,
    /// At least one failed.
    Failure,
}

/// How many tests of one level passed, failed and have no verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statistics {
    /// Failed.
    pub failed: usize,
    /// Passed.
    pub passed: usize,
    /// Were left out, or could not be judged.
    pub skipped: usize,
}

impl Conformance {
    /// The word in a report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Partial => "partial",
            Self::Failure => "failure",
        }
    }
}

/// What the events so far come to; none before the run began.
pub fn report(summary: &Summary, date: Timestamp) -> Option<ConformanceReport> {
    let started = summary.started()?;
    let counts = summary.counts();
    let incomplete = summary
        .incomplete()
        .map(|why| format!("{why}; {} of {} tests judged", counts.judged(), counts.planned()));
    let profiles: BTreeSet<Profile> = started.profiles.iter().copied().collect();
    let succeeded_provisional_tests = summary
        .tests()
        .filter(|result| result.test.info.provisional && result.has_passed())
        .filter(|result| is_claimed(result, &started.supported_features))
        .map(|result| result.test.info.name.clone());
    Some(ConformanceReport {
        api_version: "gateway.networking.k8s.io/v1",
        date: date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        gateway_api_channel: started.gateway_api_channel.clone(),
        gateway_api_version: started.gateway_api_version.clone(),
        implementation: started.implementation.clone(),
        kind: "ConformanceReport",
        mode: started.mode.clone(),
        profiles: profiles
            .into_iter()
            .filter_map(|profile| profile_report(summary, profile, started, incomplete.is_some()))
            .collect(),
        succeeded_provisional_tests: succeeded_provisional_tests.collect(),
        incomplete,
    })
}

/// What the run came to by profile and level, and by extension, which no profile counts: name, level and tests of each.
pub(crate) fn sections(summary: &Summary) -> Vec<(&'static str, &'static str, Section)> {
    let mut sections = Vec::new();
    let report = report(summary, Timestamp::UNIX_EPOCH);
    for profile in report.into_iter().flat_map(|report| report.profiles) {
        let name = profile.name.name();
        sections.push((name, "core", profile.core));
        sections.extend(profile.extended.map(|it| (name, "extended", it.section)));
    }
    for extension in summary.extensions() {
        let found = extension_section(summary, extension);
        sections.extend(found.map(|found| (extension.name(), "extension", found)));
    }
    sections
}

/// None if none of its tests was planned.
fn extension_section(summary: &Summary, extension: Extension) -> Option<Section> {
    let mut tally = Tally::default();
    let tests = summary.tests();
    tests.filter(|it| it.test.info.extension == Some(extension)).for_each(|it| tally.count(&it));
    let incomplete = summary.incomplete().is_some();
    tally.is_counted().then(|| tally.section(incomplete))
}

/// None if the suite has no test within the profile.
fn profile_report(
    summary: &Summary,
    profile: Profile,
    started: &RunStarted,
    incomplete: bool,
) -> Option<ProfileReport> {
    let supported = &started.supported_features;
    let (core_features, extended_features) =
        (profile.core(), profile.extended(started.suite_version));
    let (mut core, mut extended) = (Tally::default(), Tally::default());
    let mut has_tests = false;
    for result in summary.tests() {
        let features = &result.test.info.features;
        let within = |f: &Feature| core_features.contains(f) || extended_features.contains(f);
        // A test belongs to each profile that holds all its features, unless it is of an extension.
        let is_left = result.standing == Standing::NotJudged && summary.interruption().is_none();
        if is_left
            || result.standing == Standing::SkippedProvisional
            || result.test.info.extension.is_some()
            || !features.iter().all(within)
        {
            continue;
        }
        has_tests = true;
        // `--run-test` runs what is not claimed too; as in the Go suite no pass counts then.
        if !is_claimed(&result, supported)
            && (result.has_passed() || matches!(result.standing, Standing::Skipped(_)))
        {
            continue;
        }
        let is_core = features.iter().all(|feature| core_features.contains(feature));
        if is_core { core.count(&result) } else { extended.count(&result) }
    }
    if !has_tests {
        return None;
    }
    let core = core.section(incomplete);
    let extended = extended.is_counted().then(|| {
        let (yes, no) = extended_features.iter().copied().partition(|f| supported.contains(f));
        ExtendedSection {
            section: extended.section(incomplete),
            supported_features: by_name(yes),
            unsupported_features: by_name(no),
        }
    });
    let summary = match &extended {
        Some(extended) => {
            format!("Core tests {}. Extended tests {}.", core.phrase(), extended.section.phrase())
        }
        None => format!("Core tests {}.", core.phrase()),
    };
    Some(ProfileReport { core, extended, name: profile, summary })
}

fn is_claimed(result: &TestResult<'_>, supported: &BTreeSet<Feature>) -> bool {
    result.test.info.features.iter().all(|feature| supported.contains(feature))
}

fn by_name(mut features: Vec<Feature>) -> Vec<Feature> {
    features.sort_by_key(|feature| feature.name());
    features
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Tally {
    fn count(&mut self, result: &TestResult<'_>) {
        let name = || result.test.info.name.clone();
        match result.standing {
            Standing::NotSupported(_) | Standing::SkippedProvisional => {}
            // The report knows no expectations: what failed in a round has failed.
            _ if result.has_failed() => self.failed.push(name()),
            _ if result.has_passed() => self.passed += 1,
            // What could not be judged is left out as far as the reader is concerned.
            _ => self.skipped.push(name()),
        }
    }

    fn is_counted(&self) -> bool {
        self.passed + self.failed.len() + self.skipped.len() > 0
    }

    fn section(mut self, incomplete: bool) -> Section {
        self.failed.sort();
        self.skipped.sort();
        let statistics = Statistics {
            failed: self.failed.len(),
            passed: self.passed,
            skipped: self.skipped.len(),
        };
        let result = if statistics.failed > 0 {
            Conformance::Failure
        } else if statistics.skipped > 0 || incomplete {
            Conformance::Partial
        } else {
            Conformance::Success
        };
        Section { failed_tests: self.failed, result, skipped_tests: self.skipped, statistics }
    }
}

impl Section {
    fn phrase(&self) -> String {
        match self.result {
            Conformance::Success => "succeeded".to_owned(),
            Conformance::Partial => {
                format!("partially succeeded with {} test skips", self.statistics.skipped)
            }
            Conformance::Failure => {
                format!("failed with {} test failures", self.statistics.failed)
            }
        }
    }
}

/// The report as the Go suite prints it, with a first line that says so if it is incomplete.
///
/// # Errors
/// If a field has no form in YAML.
pub fn to_yaml(report: &ConformanceReport) -> Result<String, ReportError> {
    let yaml = serde_yaml::to_string(report).map_err(|error| ReportError::Render {
        format: "conformance",
        reason: error.to_string(),
    })?;
    let first = report.incomplete.iter().map(|why| format!("# incomplete: {why}"));
    let mut lines: Vec<String> = first.chain(yaml.lines().map(quoted)).collect();
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// The line, its value in quotes where YAML 1.1 takes it for a date or a truth value. The library
/// writes YAML 1.2, which knows neither; the Gateway API project's scripts read 1.1.
fn quoted(line: &str) -> String {
    let start = [": ", "- "].iter().filter_map(|mark| line.find(mark)).min();
    let (key, value) = line.split_at(start.map_or(line.len(), |start| start + 2));
    let is_date = value.len() >= 8
        && value.bytes().take(4).all(|b| b.is_ascii_digit())
        && value.bytes().all(|b| b.is_ascii_digit() || b"-:.+ TtZz".contains(&b))
        && value.as_bytes()[4] == b'-';
    let is_truth =
        ["y", "yes", "n", "no", "on", "off"].iter().any(|w| w.eq_ignore_ascii_case(value));
    if is_date || is_truth { format!("{key}\"{value}\"") } else { line.to_owned() }
}

/// The time in `SOURCE_DATE_EPOCH`, if it is set, see
/// <https://reproducible-builds.org/specs/source-date-epoch/>.
///
/// # Errors
/// If it is set to something else than a time.
pub fn source_date() -> Result<Option<Timestamp>, ReportError> {
    let Some(value) = env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let text = value.to_string_lossy();
    let seconds = text.trim().parse().ok();
    match seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        Some(date) => Ok(Some(date)),
        None => Err(ReportError::SourceDate(text.into_owned())),
    }
}

/// Writes the report to a file. That of the Go suite only its owner can read; here the umask says who can.
pub struct ConformanceWriter(FileReport);

impl ConformanceWriter {
    /// To this path, with this date or else that of the run's end. See [`source_date`].
    pub fn new(path: impl Into<PathBuf>, date: Option<Timestamp>) -> Self {
        Self(FileReport::new(path.into(), move |summary| {
            let date = date.or(summary.ended_at()).unwrap_or_else(Timestamp::now);
            report(summary, date).map(|report| to_yaml(&report)).transpose()
        }))
    }
}

impl Reporter for ConformanceWriter {
    fn event(&mut self, event: &Event) {
        self.0.event(event);
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.0.finish()
    }
}
