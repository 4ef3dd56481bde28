//! What GitHub Actions show of a run: annotations beside the log, and a summary of the job.
//!
//! See <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>.

use std::fmt::Write as _;

use model::event::RunStarted;

use crate::{
    conformance::{self, Section},
    summary::{Standing, Summary, TestResult},
    text::{error_text, failure_text, length},
};

/// The width of the texts.
const WIDTH: usize = 100;

/// How many annotations of one kind are made; GitHub shows ten of each.
const MOST: usize = 10;

/// A command for each test that fails the run or could not be judged, and for each that failed as expected.
pub fn annotations(summary: &Summary) -> String {
    let (mut text, mut errors, mut notices) = (String::new(), 0, 0);
    for result in summary.tests() {
        let Some((command, message)) = annotation(&result) else { continue };
        let made = if command == "error" { &mut errors } else { &mut notices };
        *made += 1;
        if *made <= MOST {
            let title = property(&result.test.info.name);
            let _ = writeln!(text, "::{command} title={title}::{}", data(&message));
        }
    }
    text
}

fn annotation(result: &TestResult<'_>) -> Option<(&'static str, String)> {
    match result.standing {
        Standing::Failed(failure) => Some(("error", failure.headline())),
        Standing::FailedStrictly => {
            let finding = result.findings.first()?;
            Some(("error", finding.rule.clone()))
        }
        Standing::PassedUnexpectedly(by) => {
            Some(("error", format!("passed, though it was expected to fail: {by}")))
        }
        Standing::Error(error) => Some(("error", format!("not judged: {error}"))),
        Standing::Excused(by) => Some(("notice", format!("failed as expected: {by}"))),
        _ => None,
    }
}

/// The text of a command, in which a line end would end it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The summary of a job, in Markdown; none before the run began.
pub fn job_summary(summary: &Summary) -> Option<String> {
    let RunStarted { subject, suite_version, gateway_api_version, gateway_api_channel, .. } =
        summary.started()?;
    let counts = summary.counts();
    let mut text = format!(
        "## Gateway API conformance: {}\n\nSuite {suite_version}, definitions {gateway_api_version} ({gateway_api_channel})",
        escaped(subject)
    );
    if let Some(took) = summary.took() {
        let _ = write!(text, ", {}", length(took));
    }
    text += "\n\n";
    if let Some(why) = summary.incomplete() {
        let _ = writeln!(text, "**Incomplete:** {}\n", escaped(&why));
    }
    let skipped = (counts.skipped > 0).then(|| format!("{} skipped", counts.skipped));
    let ends: Vec<_> = counts.ends().chain(skipped).collect();
    let _ = writeln!(text, "{}\n", ends.join(", "));
    sections(summary, &mut text);
    for result in summary.tests() {
        let told = match result.standing {
            Standing::Failed(failure) => failure_text(result.test, failure, WIDTH),
            Standing::Error(error) => error_text(&[&result.test.info.name], error, WIDTH),
            Standing::FailedStrictly | Standing::PassedUnexpectedly(_) | Standing::Excused(_) => {
                annotation(&result).map(|(_, message)| message + "\n").unwrap_or_default()
            }
            _ => continue,
        };
        let (name, word) = (&result.test.info.name, result.standing.in_a_word());
        // Four backticks, since what a Gateway answers may have three.
        let _ = writeln!(
            text,
            "<details><summary>{name}: {word}</summary>\n\n````text\n{told}````\n\n</details>\n"
        );
    }
    Some(text)
}

fn sections(summary: &Summary, text: &mut String) {
    let mut rows = String::new();
    for (name, level, Section { result, statistics, .. }) in conformance::sections(summary) {
        let conformance::Statistics { passed, failed, skipped } = statistics;
        let _ = writeln!(
            rows,
            "| {name} | {level} | {} | {passed} | {failed} | {skipped} |",
            result.name()
        );
    }
    if !rows.is_empty() {
        *text += "| profile | | result | passed | failed | skipped |\n|---|---|---|--:|--:|--:|\n";
        *text += &rows;
        text.push('\n');
    }
}

/// Text that is no markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
