//! `JUnit`, for the servers that run tests.

use std::collections::BTreeSet;

use model::{event::RunStarted, feature::Feature, profile::Profile};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use crate::{
    ReportError,
    summary::{Standing, Summary, TestResult},
    text::{error_text, failure_text, finding_text, wrong_answers},
};

/// The width of the texts, since a file has none of its own.
const WIDTH: usize = 100;

/// What the events so far come to, as XML: one suite with a case for each test of the plan, and one for each
/// extension whose tests were asked for. None before the run began.
///
/// A test that was planned and not judged is an error: a server must not count it among the good ones.
///
/// # Errors
/// If a text has no form in XML.
pub fn to_xml(summary: &Summary) -> Result<Option<String>, ReportError> {
    let Some(started) = summary.started() else { return Ok(None) };
    let mut suite = TestSuite::new("gateway-api-conformance");
    suite.add_properties(properties(started));
    if let Some(why) = summary.incomplete() {
        suite.add_property(("incomplete", why.as_str()));
    }
    let add = |suite: &mut TestSuite, extension| {
        for result in summary.tests().filter(|it| it.test.info.extension == extension) {
            suite.add_test_case(case(&result, suite.name.as_str(), summary.interruption()));
        }
    };
    add(&mut suite, None);
    let mut report = Report::new("gateway-conformance");
    if let Some(took) = summary.took() {
        suite.set_time(took);
        report.set_time(took);
    }
    report.add_test_suite(suite);
    for extension in summary.extensions() {
        let mut suite = TestSuite::new(extension.name());
        add(&mut suite, Some(extension));
        report.add_test_suite(suite);
    }
    let xml = report
        .to_string()
        .map_err(|error| ReportError::Render { format: "JUnit", reason: error.to_string() })?;
    Ok(Some(xml))
}

fn properties(started: &RunStarted) -> Vec<(String, String)> {
    let profiles: Vec<_> = started.profiles.iter().copied().map(Profile::name).collect();
    let names = |features: &BTreeSet<Feature>| {
        let names: Vec<_> = features.iter().copied().map(Feature::name).collect();
        names.join(",")
    };
    let mut properties: Vec<(String, String)> = [
        ("run", started.run.clone()),
        ("subject", started.subject.clone()),
        ("suiteVersion", started.suite_version.to_string()),
        ("gatewayAPIVersion", started.gateway_api_version.clone()),
        ("gatewayAPIChannel", started.gateway_api_channel.clone()),
        ("mode", started.mode.clone()),
        ("organization", started.implementation.organization.clone()),
        ("project", started.implementation.project.clone()),
        ("version", started.implementation.version.clone()),
        ("profiles", profiles.join(",")),
        ("supportedFeatures", names(&started.supported_features)),
        ("untestedFeatures", names(&started.untested_features)),
        ("strict", started.strict.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    properties.extend(
        started.timeouts.iter().map(|(name, value)| (format!("timeout.{name}"), value.clone())),
    );
    properties
}

fn case(result: &TestResult<'_>, class: &str, interruption: Option<&str>) -> TestCase {
    let info = &result.test.info;
    let mut status = status(result, interruption);
    if let Some(red) = result.in_company {
        let mut rerun = TestRerun::new(NonSuccessKind::Failure);
        rerun.set_message(red.failure.headline());
        rerun.set_description(format!(
            "\nred in company, and judged again alone; beside {}",
            red.beside.join(", ")
        ));
        rerun.set_time(red.took);
        status.add_rerun(rerun);
    }
    let mut case = TestCase::new(info.name.as_str(), status);
    case.set_classname(class);
    if let Some(took) = result.took {
        case.set_time(took);
    }
    if !info.spec.is_empty() {
        case.add_property(("spec", info.spec.as_str()));
    }
    if result.answers.wrong > 0 {
        let wrong = wrong_answers(result.answers);
        case.add_property(("wrongAnswers", wrong.as_str()));
    }
    let mut out = Vec::new();
    if matches!(result.standing, Standing::Excused(_)) {
        out.extend(result.failure.map(|failure| failure_text(result.test, failure, WIDTH)));
    }
    if !result.findings.is_empty() && result.standing != Standing::FailedStrictly {
        out.push(findings(result));
    }
    if !out.is_empty() {
        case.set_system_out(out.join("\n"));
    }
    case
}

fn status(result: &TestResult<'_>, interruption: Option<&str>) -> TestCaseStatus {
    match result.standing {
        Standing::Passed => TestCaseStatus::success(),
        Standing::Failed(failure) => non_success(
            NonSuccessKind::Failure,
            &failure.headline(),
            &failure_text(result.test, failure, WIDTH),
        ),
        Standing::FailedStrictly => non_success(
            NonSuccessKind::Failure,
            "a rule that counts under --strict is broken",
            &findings(result),
        ),
        Standing::Excused(by) => skipped(&format!("failed as expected: {by}")),
        Standing::PassedUnexpectedly(by) => non_success(
            NonSuccessKind::Failure,
            &format!("passed, though it was expected to fail: {by}"),
            "",
        ),
        Standing::Error(error) => non_success(
            NonSuccessKind::Error,
            &error.message,
            &error_text(&[&result.test.info.name], error, WIDTH),
        ),
        Standing::NotJudged => non_success(
            NonSuccessKind::Error,
            &format!("not judged: {}", interruption.unwrap_or("it was not run to its end")),
            "",
        ),
        Standing::Skipped(reason) => skipped(reason),
        Standing::SkippedProvisional => skipped("provisional tests were left out"),
        Standing::NotSupported(missing) => {
            let missing: Vec<_> = missing.iter().copied().map(Feature::name).collect();
            skipped(&format!("not supported: {}", missing.join(", ")))
        }
    }
}

fn findings(result: &TestResult<'_>) -> String {
    let texts: Vec<_> =
        result.findings.iter().map(|finding| finding_text(finding, WIDTH)).collect();
    texts.join("\n")
}

fn non_success(kind: NonSuccessKind, message: &str, description: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    if !description.is_empty() {
        // The element's text begins on a line of its own, as the terminal's does.
        status.set_description(format!("\n{description}"));
    }
    status
}

fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(reason);
    status
}
