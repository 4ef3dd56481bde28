//! Each fault of the reference Gateway turns red the tests in its table, and no other: a test that
//! nothing can turn red would prove nothing.
//!
//! A trial is a testbed with one fault, and on it the tests in the fault's table. Every day each test is seen
//! red once; `gateway-conformance faults --run` does the whole matrix.

#[path = "common/costly.rs"]
mod costly;
#[path = "common/neighbours.rs"]
mod neighbours;
#[path = "common/subject.rs"]
mod subject;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Context;
use gateway_conformance::SUITE;
use harness::model::{timeouts::Limit, version::SuiteVersion};
use libtest_mimic::{Arguments, Failed, Trial};
use reports::{
    summary::{Standing, Summary},
    text::failure_text,
};
use testbed::Fault;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use self::{costly::COSTLY, neighbours::neighbours, subject::Subject};

/// A test that a fault turns red waits for its limits, and in this process everything happens at
/// once. Where the machine is busy it may not, so that a red too many, and a set-up that came to no end,
/// are asked for again without haste.
const HASTE: f64 = 0.05;

/// What a set-up has in place of that if it came to no end: each red test takes its limits, so that a long table at once
/// without any haste took a quarter of an hour.
const SLOWER: [f64; 2] = [0.2, 1.0];

/// In haste no limit is longer than this, before it is scaled: that a Gateway may take three minutes to come up is
/// for those that are made of Pods.
const LONGEST: Duration = Duration::from_secs(60);

/// With this variable all faults are judged, each by its whole table: for every day it is enough that each test
/// turns red.
const ALL: &str = "GATEWAY_CONFORMANCE_ALL_FAULTS";

/// With this one the tests that share objects or listeners with those of the table are judged too, which
/// takes several times as long.
const NEIGHBOURS: &str = "GATEWAY_CONFORMANCE_NEIGHBOURS";

/// Testbeds at a time. They wait more than they work, so there are more than processors.
const AT_ONCE: usize = 16;

/// A table that is longer keeps a testbed waiting for as long as all others together. What only such a one has
/// turns red last.
const LONG: usize = 12;

/// The columns of a failure's text.
const WIDTH: usize = 100;

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let runtime = Runtime::new().context("cannot start the runtime")?;
    let is_set = |variable: &&str| std::env::var_os(variable).is_some();
    let all = arguments.filter.is_some() || [ALL, NEIGHBOURS].iter().any(is_set);
    let mut faults: Vec<_> = testbed::faults().iter().collect();
    let is_costly = |fault: &Fault| fault.tests.iter().any(|test| COSTLY.contains(test));
    let rank = |fault: &Fault| {
        let length = fault.tests.len();
        (length > LONG, !is_costly(fault), Reverse(length))
    };
    faults.sort_by_key(|fault| rank(fault));
    let mut seen_red = BTreeSet::<&str>::new();
    let trials = faults.into_iter().filter_map(|fault| {
        let handle = runtime.handle().clone();
        let table = fault.tests.iter().copied();
        let judged: BTreeSet<_> = table.filter(|test| seen_red.insert(test) || all).collect();
        let is_judged = !judged.is_empty();
        let trial = || Trial::test(fault.name, move || handle.block_on(check(fault, judged)));
        is_judged.then(trial)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    runtime.shutdown_background();
    Ok(conclusion.exit_code())
}

/// These tests, which are in the fault's table, must turn red, and none of their neighbours.
async fn check(fault: &Fault, table: BTreeSet<&'static str>) -> Result<(), Failed> {
    let mut tests = table.clone();
    if std::env::var_os(NEIGHBOURS).is_some() {
        // As mere neighbours the costly ones are left to the whole matrix.
        tests.extend(neighbours(&table).into_iter().filter(|test| !COSTLY.contains(test)));
    }
    let mut judged = judge(fault, &tests, HASTE).await;
    for slower in SLOWER {
        if judged.is_err() {
            judged = judge(fault, &tests, slower).await;
        }
    }
    let mut ends = judged?;
    let too_many: BTreeSet<_> = ends
        .iter()
        .filter(|(test, end)| !table.contains(*test) && **end != End::Green)
        .map(|(test, _)| *test)
        .collect();
    if !too_many.is_empty() {
        ends.extend(judge(fault, &too_many, 1.0).await?);
    }

    let mut wrong = Vec::new();
    for (test, end) in ends {
        match (table.contains(test), end) {
            (true, End::Red(_)) | (false, End::Green) => {}
            (true, End::Green) => wrong.push(format!("{test} did not turn red")),
            (false, End::Red(failure)) => wrong.push(format!("{test} turned red too:\n{failure}")),
            (_, End::NotJudged(why)) => wrong.push(format!("{test} could not judge: {why}")),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// How a test ended.
#[derive(PartialEq, Eq)]
enum End {
    Green,
    Red(String),
    NotJudged(String),
}

/// Runs these tests on a testbed with this fault.
async fn judge(
    fault: &Fault,
    tests: &BTreeSet<&'static str>,
    timeout_scale: f64,
) -> anyhow::Result<BTreeMap<&'static str, End>> {
    let subject = Subject::start(SuiteVersion::NEWEST, &[fault.name]).await?;
    let mut options = subject.options();
    let skip = SUITE.tests.iter().map(|test| test.name).filter(|test| !tests.contains(test));
    options.selection.skip = skip.map(str::to_owned).collect();
    for (limit, _) in Limit::all().filter(|_| timeout_scale < 1.0) {
        options.timeouts.set(limit, options.timeouts.get(limit).min(LONGEST));
    }
    options.timeouts.scale(timeout_scale)?;
    // The testbed goes away as a whole.
    options.cleanup_base = false;
    let summary = Arc::new(Mutex::new(Summary::default()));
    let events = {
        let summary = summary.clone();
        move |event| summary.lock().unwrap().fold(&event)
    };
    subject.judge(options, events, CancellationToken::new()).await?;
    let summary = summary.lock().unwrap();
    Ok(tests.iter().map(|test| (*test, end(&summary, test))).collect())
}

fn end(summary: &Summary, test: &str) -> End {
    let Some(result) = summary.test(test) else { return End::NotJudged("it was not run".into()) };
    match result.standing {
        Standing::Passed => End::Green,
        Standing::Failed(failure) => End::Red(failure_text(result.test, failure, WIDTH)),
        Standing::Error(error) => End::NotJudged(error.to_string()),
        other => End::NotJudged(format!("{other:?}")),
    }
}
