//! TAP, the Test Anything Protocol in its [version 14](https://testanything.org/tap-version-14-specification.html).

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;

use crate::{
    ReportError,
    sidecar::reason,
    summary::{Standing, Summary, TestResult},
    text::{failure_text, finding_text},
};

/// The width of the texts, since a file has none of its own.
const WIDTH: usize = 100;

/// What the events so far come to: a test point for each test of the plan; none before the run began. A test that failed
/// as expected is one that is still to do; one that passed though it should not have is `not ok`.
///
/// # Errors
/// If a text has no form in YAML.
pub fn to_tap(summary: &Summary) -> Result<Option<String>, ReportError> {
    if summary.started().is_none() {
        return Ok(None);
    }
    let results: Vec<_> = summary.tests().collect();
    let mut text = format!("TAP version 14\n1..{}\n", results.len());
    for (result, number) in results.iter().zip(1..) {
        let why = reason(result, summary.interruption()).unwrap_or_default();
        let (begins, directive) = match result.standing {
            Standing::Passed => ("ok", ""),
            Standing::Excused(_) => ("not ok", "TODO"),
            Standing::Skipped(_) | Standing::SkippedProvisional => ("ok", "SKIP"),
            Standing::NotSupported(_) => ("ok", "SKIP not supported:"),
            _ => ("not ok", ""),
        };
        let _ = write!(text, "{begins} {number} - {}", escaped(&result.test.info.name));
        if !directive.is_empty() {
            let _ = write!(text, " # {directive} {}", escaped(&why));
        }
        text.push('\n');
        text += &diagnosis(result, &why)?;
    }
    if let Some(why) = summary.interruption() {
        let _ = writeln!(text, "Bail out! {}", escaped(why));
    }
    Ok(Some(text))
}

/// What more is known of a test that ran, as a block of YAML.
fn diagnosis(result: &TestResult<'_>, why: &str) -> Result<String, ReportError> {
    let mut fields = BTreeMap::<_, Value>::new();
    if let Some(took) = result.took {
        fields.insert("duration_ms", (took.as_secs_f64() * 1000.0).into());
        if !matches!(result.standing, Standing::Passed) {
            fields.insert("message", why.into());
        }
    }
    if let Some(failure) = result.failure {
        fields.insert("failure", failure_text(result.test, failure, WIDTH).into());
    }
    let findings: Vec<_> = result.findings.iter().map(|it| finding_text(it, WIDTH)).collect();
    if !findings.is_empty() {
        fields.insert("findings", findings.join("\n").into());
    }
    if fields.is_empty() {
        return Ok(String::new());
    }
    let yaml = serde_yaml::to_string(&fields)
        .map_err(|error| ReportError::Render { format: "TAP", reason: error.to_string() })?;
    let lines = yaml.lines().map(|line| format!("{}\n", format!("  {line}").trim_end()));
    Ok(format!("  ---\n{}  ...\n", lines.collect::<String>()))
}

/// A text in one line, in which nothing is a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#").replace('\n', " ")
}
