//! What a run came to, in words.

use std::{collections::BTreeMap, time::Duration};

use model::{timeouts::REQUIRED_CONSECUTIVE_SUCCESSES, verdict::JudgeError};

use crate::{
    conformance::{self, Conformance, Section},
    page::{Page, Tone},
    summary::{Standing, Summary, TestResult},
    text::{
        Extent, count, error_page, failure_page, finding_page, length, untested, wrong_answers,
    },
};

/// Failures, errors, findings, and at last the sums, so that the end of a long text says it all.
pub(super) fn page(summary: &Summary, width: usize) -> Page {
    let mut page = Page::new(width);
    page.line::<&str>([]);
    for result in summary.tests() {
        if let Standing::Failed(failure) = result.standing {
            page.append(failure_page(result.test, failure, Extent::SCREEN, width));
            page.blank();
        }
    }
    surprises(&mut page, summary);
    errors(&mut page, summary, width);
    rounds(&mut page, summary);
    in_company(&mut page, summary);
    findings(&mut page, summary, width);
    sums(&mut page, summary);
    page
}

/// What went as was expected of it, and what did not.
fn surprises(page: &mut Page, summary: &Summary) {
    let mut any = false;
    for result in summary.tests() {
        let (tone, word, by) = match result.standing {
            Standing::Excused(by) => (Tone::Odd, "failed as expected: ", by),
            Standing::PassedUnexpectedly(by) => (Tone::Bad, "passed unexpectedly: ", by),
            _ => continue,
        };
        let text = format!("{}: {by}", result.test.info.name);
        page.paragraph(&[(tone, word)], Tone::Plain, &text);
        any = true;
    }
    if any {
        page.blank();
    }
}

/// Each error once, with the tests that it kept from being judged: when a cluster goes, it is all of them.
fn errors(page: &mut Page, summary: &Summary, width: usize) {
    let mut errors: BTreeMap<&str, (&JudgeError, Vec<&str>)> = BTreeMap::new();
    for result in summary.tests() {
        if let Standing::Error(error) = result.standing {
            let entry = errors.entry(&error.message).or_insert_with(|| (error, Vec::new()));
            entry.1.push(&result.test.info.name);
        }
    }
    for (error, tests) in errors.values() {
        page.append(error_page(tests, error, width));
        page.blank();
    }
}

/// How often each test failed, and how long the subject took, where tests had several rounds.
fn rounds(page: &mut Page, summary: &Summary) {
    let mut rows = summary.rounds().peekable();
    if rows.peek().is_none() {
        return;
    }
    let latency = |times: &[Duration]| {
        let mut times = times.to_vec();
        times.sort_unstable();
        match (times.get(times.len() / 2), times.last()) {
            (Some(median), Some(longest)) => format!("{} / {}", length(*median), length(*longest)),
            _ => "-".to_owned(),
        }
    };
    let heading = format!(
        "{:>9}  {:>6}  {:>19}  {:>19}  test",
        "failed", "rate", "status", "traffic (med. / max)"
    );
    page.line([(Tone::Faint, heading)]);
    for (test, rounds) in rows {
        let tone = if rounds.bad == 0 { Tone::Plain } else { Tone::Bad };
        let failed = format!("{} of {}", rounds.bad, rounds.total);
        let percent = rounds.bad * 100 / rounds.total.max(1);
        page.line([(
            tone,
            format!(
                "{failed:>9}  {percent:>4} %  {:>19}  {:>19}  {test}",
                latency(&rounds.status),
                latency(&rounds.traffic)
            ),
        )]);
    }
    page.blank();
}

/// What was red in company and green alone: the load of the suite may have failed it, or another test.
fn in_company(page: &mut Page, summary: &Summary) {
    let green = |result: &TestResult<'_>| result.has_passed();
    let reds: Vec<_> =
        summary.tests().filter(green).filter_map(|result| result.in_company).collect();
    if reds.is_empty() {
        return;
    }
    page.line([
        (Tone::Odd, "red in company, green alone: "),
        (Tone::Plain, &count(reds.len(), "test")),
    ]);
    for red in reds {
        page.blank();
        page.line([(Tone::Strong, &red.test)]);
        page.paragraph(&[], Tone::Plain, &red.failure.headline());
        page.paragraph(&[(Tone::Faint, "beside ")], Tone::Faint, &red.beside.join(", "));
    }
    page.blank();
}

fn findings(page: &mut Page, summary: &Summary, width: usize) {
    let findings = summary.counts().findings;
    if findings == 0 {
        return;
    }
    let strict = summary.started().is_some_and(|started| started.strict);
    let heading = if strict { "failures under --strict: " } else { "beyond the verdict: " };
    page.line([(Tone::Odd, heading), (Tone::Plain, &count(findings, "finding"))]);
    for result in summary.tests() {
        for finding in result.findings {
            page.blank();
            page.line([(Tone::Strong, &result.test.info.name)]);
            page.append(finding_page(finding, width));
        }
    }
    page.blank();
}

fn sums(page: &mut Page, summary: &Summary) {
    let reasons: Vec<_> =
        reasons(summary).into_iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    if !reasons.is_empty() {
        page.paragraph(&[(Tone::Faint, "not run: ")], Tone::Faint, &reasons.join(", "));
    }
    for (name, level, found) in conformance::sections(summary) {
        section(page, name, level, &found);
    }
    if let Some(started) = summary.started() {
        untested(page, started);
    }
    answers(page, summary);
    if let Some(why) = summary.incomplete() {
        page.paragraph(&[(Tone::Odd, "incomplete: ")], Tone::Plain, &why);
    }
    total(page, summary);
}

/// Which share of the answers was wrong where the exchange had been right: told where there is one, and where
/// more successes in a row were asked for than usual.
fn answers(page: &mut Page, summary: &Summary) {
    let answers = summary.answers();
    let asked = summary.started().is_some_and(|started| {
        started.timeouts.iter().any(|(name, _)| name == REQUIRED_CONSECUTIVE_SUCCESSES)
    });
    if answers.total == 0 || (answers.wrong == 0 && !asked) {
        return;
    }
    let percent = f64::from(answers.wrong) * 100.0 / f64::from(answers.total);
    let text = format!("{} ({percent:.2} %)", wrong_answers(answers));
    let tone = if answers.wrong > 0 { Tone::Odd } else { Tone::Plain };
    page.paragraph(&[(tone, "wrong once right: ")], Tone::Plain, &text);
}

fn section(page: &mut Page, profile: &str, level: &str, section: &Section) {
    let tone = match section.result {
        Conformance::Success => Tone::Good,
        Conformance::Partial => Tone::Odd,
        Conformance::Failure => Tone::Bad,
    };
    let statistics = &section.statistics;
    let counts = listed([
        (statistics.passed, "passed"),
        (statistics.failed, "failed"),
        (statistics.skipped, "skipped"),
    ]);
    page.line([
        (Tone::Plain, format!("{profile} {level}: ")),
        (tone, section.result.name().to_owned()),
        (Tone::Plain, format!(" ({})", if counts.is_empty() { "no test" } else { &counts })),
    ]);
}

fn total(page: &mut Page, summary: &Summary) {
    let counts = summary.counts();
    let ends = counts.ends().collect::<Vec<_>>().join(", ");
    let bad = counts.planned() > counts.passed + counts.excused;
    let tests = count(counts.planned(), "test");
    let text = if ends.is_empty() { tests } else { format!("{tests}: {ends}") };
    let mut pieces = vec![(if bad { Tone::Bad } else { Tone::Good }, text)];
    if counts.findings > 0 {
        pieces.push((Tone::Odd, format!("; {}", count(counts.findings, "finding"))));
    }
    if let Some(took) = summary.took() {
        pieces.push((Tone::Plain, format!("; {}", length(took))));
    }
    page.line(pieces);
}

/// The counts that are not zero.
fn listed<const N: usize>(counts: [(usize, &str); N]) -> String {
    let listed: Vec<_> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    listed.join(", ")
}

/// How many tests are not run for each reason, sorted by reason.
fn reasons(summary: &Summary) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for result in summary.tests() {
        let reason = match result.standing {
            Standing::Skipped(reason) => reason,
            Standing::SkippedProvisional => "provisional",
            Standing::NotSupported(_) => "not claimed by the implementation",
            _ => continue,
        };
        *reasons.entry(reason.to_owned()).or_default() += 1;
    }
    reasons
}
