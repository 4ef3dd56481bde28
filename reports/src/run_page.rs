//! One HTML page about one run: what a person opens from continuous integration.
//!
//! It stands alone and is read without a script.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::event::RunStarted;

use crate::{
    conformance::{self, Section},
    summary::{Standing, Summary, TestResult},
    text::{error_text, failure_text, finding_text},
};

const STYLE: &str = include_str!("published/page/style.css");

/// The width of the texts.
const WIDTH: usize = 120;

/// What the events so far come to; none before the run began.
pub fn page(summary: &Summary) -> Option<String> {
    let started = summary.started()?;
    let ill = summary.tests().filter(|result| text_of(result).is_some());
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Gateway API conformance: " (started.subject) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Gateway API conformance" }
                (head(summary, started))
                (profiles(summary))
                @for result in ill { (ill_test(&result)) }
                h2 #tests { "All tests" }
                table { tbody { @for result in summary.tests() { (row(&result)) } } }
            }
        }
    };
    Some(page.into_string())
}

fn head(summary: &Summary, started: &RunStarted) -> Markup {
    let RunStarted { subject, suite_version, gateway_api_version, gateway_api_channel, .. } =
        started;
    let counts = summary.counts();
    html! {
        p {
            (subject) br;
            "suite " (suite_version) ", definitions " (gateway_api_version) " (" (gateway_api_channel) ")"
            @if let Some(took) = summary.took() { ", " (format!("{:.1} s", took.as_secs_f64())) }
        }
        p {
            span .success { (counts.passed) " passed" }
            @if counts.failed > 0 { ", " span .failure { (counts.failed) " failed" } }
            @if counts.unexpected_passes > 0 { ", " span .failure { (counts.unexpected_passes) " passed unexpectedly" } }
            @if counts.excused > 0 { ", " span .partial { (counts.excused) " failed as expected" } }
            @if counts.errors > 0 { ", " span .partial { (counts.errors) " could not be judged" } }
            @if counts.not_judged > 0 { ", " span .partial { (counts.not_judged) " not run to the end" } }
            @if counts.skipped > 0 { ", " (counts.skipped) " skipped" }
        }
        @if let Some(why) = summary.incomplete() { p .failure { "incomplete: " (why) } }
    }
}

/// What the profiles and the extensions came to.
fn profiles(summary: &Summary) -> Markup {
    html! {
        table {
            @for (name, level, found) in conformance::sections(summary) { (section(name, level, &found)) }
        }
    }
}

fn section(name: &str, level: &str, Section { result, statistics, .. }: &Section) -> Markup {
    let all = statistics.passed + statistics.failed + statistics.skipped;
    html! {
        tr {
            th scope="row" { (name) " " (level) }
            td class=(result.name()) { (result.name()) }
            td { (statistics.passed) "/" (all) }
        }
    }
}

/// A test with what is to be said of it.
fn ill_test(result: &TestResult<'_>) -> Markup {
    let (name, class) = (&result.test.info.name, class(result));
    html! {
        details open[class == "failure"] #(name) {
            summary class=(class) { (name) }
            pre { (text_of(result).unwrap_or_default()) }
        }
    }
}

fn row(result: &TestResult<'_>) -> Markup {
    let (name, class) = (&result.test.info.name, class(result));
    html! {
        tr {
            th scope="row" {
                @if text_of(result).is_some() { a href={ "#" (name) } { (name) } } @else { (name) }
            }
            td class=(class) { (result.standing.in_a_word()) }
            td { @if let Some(took) = result.took { (format!("{:.2} s", took.as_secs_f64())) } }
        }
    }
}

/// How a test looks as it stands.
const fn class(result: &TestResult<'_>) -> &'static str {
    match result.standing {
        Standing::Passed => "success",
        Standing::Failed(_) | Standing::FailedStrictly | Standing::PassedUnexpectedly(_) => {
            "failure"
        }
        Standing::Excused(_) | Standing::Error(_) | Standing::NotJudged => "partial",
        Standing::Skipped(_) | Standing::SkippedProvisional | Standing::NotSupported(_) => "no",
    }
}

/// What is to be said of a test besides: its failure, its lack of a verdict, its findings.
fn text_of(result: &TestResult<'_>) -> Option<String> {
    let mut texts = match result.standing {
        Standing::Failed(failure) => vec![failure_text(result.test, failure, WIDTH)],
        Standing::Excused(by) => {
            let failure = result.failure.map(|failure| failure_text(result.test, failure, WIDTH));
            [Some(format!("failed as expected: {by}\n")), failure].into_iter().flatten().collect()
        }
        Standing::PassedUnexpectedly(by) => {
            vec![format!("passed, though it was expected to fail: {by}\n")]
        }
        Standing::Error(error) => vec![error_text(&[&result.test.info.name], error, WIDTH)],
        _ => Vec::new(),
    };
    texts.extend(result.findings.iter().map(|finding| finding_text(finding, WIDTH)));
    (!texts.is_empty()).then(|| texts.join("\n"))
}
