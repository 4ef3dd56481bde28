//! The words for what went wrong, the same on the terminal and in `JUnit`.

use std::time::Duration;

use model::{
    event::RunStarted,
    plan::PlannedTest,
    timing::Answers,
    verdict::{Failure, Finding, JudgeError, Mismatch, Moment},
};

use crate::page::{Page, Tone};

/// How much is told of a failure.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// How many mismatches are told in full; of a table of exchanges the others mostly say the same.
    mismatches_in_full: usize,
    /// How many more are told in a line.
    mismatches_in_a_line: usize,
    /// How many moments of a timeline are told.
    moments: usize,
    /// How many lines of a transcript are told.
    transcript_lines: usize,
}

impl Extent {
    /// About one screen.
    pub(crate) const SCREEN: Self =
        Self { mismatches_in_full: 3, mismatches_in_a_line: 8, moments: 12, transcript_lines: 24 };
    /// Everything.
    pub(crate) const ALL: Self = Self {
        mismatches_in_full: usize::MAX,
        mismatches_in_a_line: usize::MAX,
        moments: usize::MAX,
        transcript_lines: usize::MAX,
    };
}

/// How a test failed, on about one screen of this width: its name, the rule and its place in the
/// specification, the likely cause, what was expected and observed, and what happened before.
pub fn failure_text(test: &PlannedTest, failure: &Failure, width: usize) -> String {
    failure_page(test, failure, Extent::SCREEN, width).text(false)
}

/// How a rule was broken that the Go suite does not enforce.
pub fn finding_text(finding: &Finding, width: usize) -> String {
    finding_page(finding, width).text(false)
}

/// Why tests could not be judged.
pub fn error_text(tests: &[&str], error: &JudgeError, width: usize) -> String {
    error_page(tests, error, width).text(false)
}

pub(crate) fn failure_page(
    test: &PlannedTest,
    failure: &Failure,
    extent: Extent,
    width: usize,
) -> Page {
    let mut page = Page::new(width);
    page.line([(Tone::Bad, "FAIL  "), (Tone::Strong, &test.info.name)]);
    page.field(2, "rule", &test.info.requirement);
    page.field(2, "specified in", &test.info.spec);
    if let Some(cause) = &failure.cause {
        page.field(2, "likely cause", cause);
    }
    let (full, rest) =
        failure.mismatches.split_at(failure.mismatches.len().min(extent.mismatches_in_full));
    for mismatch in full {
        page.blank();
        page.paragraph(&[(Tone::Plain, "  ")], Tone::Strong, &mismatch.subject);
        mismatch_fields(&mut page, mismatch, extent);
    }
    if !rest.is_empty() {
        page.blank();
    }
    for mismatch in rest.iter().take(extent.mismatches_in_a_line) {
        let Mismatch { subject, expected, observed, .. } = mismatch;
        let line = format!("{subject}: expected {expected}, observed {observed}");
        page.paragraph(&[(Tone::Plain, "  ")], Tone::Plain, &line);
    }
    page.left_out(2, rest.len().saturating_sub(extent.mismatches_in_a_line));
    timeline(&mut page, &failure.timeline, extent.moments);
    page
}

pub(crate) fn finding_page(finding: &Finding, width: usize) -> Page {
    let mut page = Page::new(width);
    page.field(2, "rule", &finding.rule);
    page.field(2, "specified in", &finding.spec);
    page.paragraph(&[(Tone::Plain, "  ")], Tone::Strong, &finding.mismatch.subject);
    mismatch_fields(&mut page, &finding.mismatch, Extent::SCREEN);
    page
}

pub(crate) fn error_page(tests: &[&str], error: &JudgeError, width: usize) -> Page {
    let mut page = Page::new(width);
    page.paragraph(&[(Tone::Odd, "ERROR ")], Tone::Strong, &tests.join(", "));
    page.field(2, "not judged", &error.message);
    page
}

fn mismatch_fields(page: &mut Page, mismatch: &Mismatch, extent: Extent) {
    page.field(4, "expected", &mismatch.expected);
    page.field(4, "observed", &mismatch.observed);
    match (mismatch.since, mismatch.waited) {
        (Some(since), Some(waited)) => {
            page.field(4, "unchanged", &format!("for {} of {}", brief(since), brief(waited)));
        }
        (Some(since), None) => page.field(4, "unchanged", &format!("for {}", brief(since))),
        (None, Some(waited)) => page.field(4, "waited", &brief(waited)),
        (None, None) => {}
    }
    if let Some(wire) = &mismatch.wire {
        page.transcript(4, wire, extent.transcript_lines);
    }
}

/// The first moments tell what was applied, the last ones what it came to; those between are left out.
fn timeline(page: &mut Page, moments: &[Moment], most: usize) {
    let Some(start) = moments.first() else { return };
    let left_out = moments.len().saturating_sub(most);
    let (head, tail) = moments.split_at(moments.len().min(most / 3));
    page.blank();
    page.line([(Tone::Strong, "  timeline")]);
    let line = |page: &mut Page, moment: &Moment| {
        let after = moment.at.duration_since(start.at).unsigned_abs();
        let label = format!("{:>12}  ", format!("+{:.2} s", after.as_secs_f64()));
        page.paragraph(&[(Tone::Faint, &label)], Tone::Plain, &moment.what);
    };
    for moment in head {
        line(page, moment);
    }
    page.left_out(14, left_out);
    for moment in tail.iter().skip(left_out) {
        line(page, moment);
    }
}

/// A tenth of a second is exact enough for how long something was waited for.
fn brief(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// How long something took: `4 ms`, `0.12 s`, `2 min 03 s`.
pub(crate) fn length(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 0.009_5 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 59.995 {
        return format!("{seconds:.2} s");
    }
    let whole = seconds.round() as u64;
    format!("{} min {:02} s", whole / 60, whole % 60)
}

/// `3 of 60 answers`.
pub(crate) fn wrong_answers(answers: Answers) -> String {
    format!("{} of {}", answers.wrong, count(answers.total as usize, "answer"))
}

/// `1 test`, `2 tests`.
pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// What is claimed and not tested, so that nobody takes it for proven.
pub(crate) fn untested(page: &mut Page, started: &RunStarted) {
    let names: Vec<_> = started.untested_features.iter().map(|feature| feature.name()).collect();
    if !names.is_empty() {
        let first = (Tone::Odd, "claimed, and covered by no test: ");
        page.paragraph(&[first], Tone::Plain, &names.join(", "));
    }
}
