//! The suite as `cargo test` shows it: each conformance test by its name, on a testbed in this
//! process for each version that the binary carries.
//!
//! The runner that the command line uses runs the tests side by side; a trial waits for the verdict
//! of its own. The arguments are those of any Rust test: a filter, `--exact`, `--skip`, `--list`.

#[path = "common/subject.rs"]
mod subject;

use std::{collections::BTreeSet, process::ExitCode, thread};

use anyhow::Context;
use gateway_conformance::SUITE;
use harness::{
    Test,
    model::{
        event::{Event, EventKind},
        feature::Feature,
        version::SuiteVersion,
    },
};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use reports::{
    summary::{Standing, Summary, TestResult},
    text::{error_text, failure_text},
};
use tokio::{runtime::Runtime, sync::watch};
use tokio_util::sync::CancellationToken;

use self::subject::Subject;

/// The columns of a failure's text, as many as those of a terminal that is none.
const WIDTH: usize = 100;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let runtime = Runtime::new().context("cannot start the runtime")?;
    let mut trials = Vec::new();
    for version in SuiteVersion::ALL.into_iter().rev() {
        let told = watch::Sender::new(Told::default());
        let of_version: Vec<Trial> = tests_of(version)
            .map(|test| {
                let (told, handle) = (told.subscribe(), runtime.handle().clone());
                let verdict = move || handle.block_on(verdict(test.name, told));
                Trial::ignorable_test(test.name, verdict).with_kind(version.name())
            })
            .collect();
        let left_out: BTreeSet<String> = of_version
            .iter()
            .filter(|trial| arguments.is_filtered_out(trial) || arguments.is_ignored(trial))
            .map(|trial| trial.name().to_owned())
            .collect();
        if !arguments.list && left_out.len() < of_version.len() {
            let handle = runtime.handle().clone();
            thread::spawn(move || handle.block_on(judge(version, left_out, told)));
        }
        trials.extend(of_version);
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    runtime.shutdown_background();
    Ok(conclusion.exit_code())
}

fn tests_of(version: SuiteVersion) -> impl Iterator<Item = &'static Test> {
    SUITE.tests.iter().copied().filter(move |test| test.since <= version)
}

/// What the trials of a run are told.
#[derive(Default)]
struct Told {
    summary: Summary,
    /// Why the run could not judge, if so.
    broken: Option<String>,
}

impl Told {
    /// How this test ended, if it did.
    fn end(&self, name: &str) -> Option<Result<Completion, Failed>> {
        let result = self.summary.test(name);
        result.and_then(end).or_else(|| self.broken.as_ref().map(|why| Err(why.into())))
    }
}

/// Runs the tests of a version that are not left out.
async fn judge(version: SuiteVersion, left_out: BTreeSet<String>, told: watch::Sender<Told>) {
    let events = {
        let told = told.clone();
        move |event: Event| {
            // What disturbed or delayed the run is nowhere else to be seen.
            if let EventKind::Notice { text } = &event.kind {
                eprintln!("{version}: {text}");
            }
            told.send_modify(|told| told.summary.fold(&event));
        }
    };
    let judged = async {
        let subject = Subject::start(version, &[]).await?;
        let mut options = subject.options();
        options.selection.skip = left_out;
        // The testbed goes away as a whole.
        options.cleanup_base = false;
        subject.judge(options, events, CancellationToken::new()).await?;
        anyhow::Ok(())
    };
    let why = match judged.await {
        Ok(()) => "the run ended without a verdict on this test".to_owned(),
        Err(error) => format!("{error:#}"),
    };
    told.send_modify(|told| told.broken = Some(why));
}

/// Waits until the test has ended.
async fn verdict(name: &str, mut told: watch::Receiver<Told>) -> Result<Completion, Failed> {
    let mut end = None;
    let ended = |told: &Told| {
        end = told.end(name);
        end.is_some()
    };
    told.wait_for(ended).await?;
    end.expect("it was waited for")
}

/// As a test of Rust ends, if it has ended.
fn end(TestResult { test, standing, .. }: TestResult<'_>) -> Option<Result<Completion, Failed>> {
    Some(match standing {
        Standing::Passed => Ok(Completion::Completed),
        Standing::Failed(failure) => Err(failure_text(test, failure, WIDTH).into()),
        Standing::Error(error) => Err(error_text(&[&test.info.name], error, WIDTH).into()),
        Standing::Skipped(reason) => Ok(Completion::ignored_with(reason)),
        Standing::SkippedProvisional => Ok(Completion::ignored_with("provisional")),
        Standing::NotSupported(missing) => {
            let missing: Vec<_> = missing.iter().copied().map(Feature::name).collect();
            Ok(Completion::ignored_with(format!("not supported: {}", missing.join(", "))))
        }
        Standing::FailedStrictly
        | Standing::Excused(_)
        | Standing::PassedUnexpectedly(_)
        | Standing::NotJudged => return None,
    })
}
