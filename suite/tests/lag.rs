//! A Gateway that is right but slow or noisy passes every test; one that is later than the limits
//! allow fails, and the failure says so.
//!
//! A trial is a run on a testbed that is slow or noisy in a few ways, which the seed in its name
//! chooses. Lag and limits are scaled together, so that a run takes seconds. Every day each seed runs
//! a twelfth of the tests; the modes that no seed draws have trials of their own, with a quarter. What is asked for by
//! an environment variable runs all of them:
//!
//! - `GATEWAY_CONFORMANCE_LAG_RUNS=200`: how many seeds;
//! - `GATEWAY_CONFORMANCE_LAG_SCALE=1`: the scale, 0.05 if not given.
//!
//! `cargo test --test lag -- --exact seed-17` repeats one.

#[expect(dead_code, reason = "these runs reach their testbed as a cluster is reached")]
#[path = "common/subject.rs"]
mod subject;

use std::{
    collections::BTreeSet,
    process::ExitCode,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard},
};

use anyhow::{Context, ensure};
use gateway_conformance::SUITE;
use harness::{
    Access, Connection, Options,
    model::{
        event::{Event, EventKind, TestFinished},
        timeouts::Limit,
        verdict::Failure,
    },
};
use libtest_mimic::{Arguments, Failed, Trial};
use reports::{
    summary::{Standing, Summary},
    text::failure_text,
};
use testbed::{LAG_MODES, Lag, LagMode, Testbed};
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use self::subject::Subject;

/// The everyday scale: a limit of 30 s is 1.5 s.
const SCALE: f64 = 0.05;
/// The everyday number of seeds: each mode once by itself, and then some in company.
const RUNS: u64 = 24;
/// Every day a seed runs one test of so many,
const PARTS: usize = 12;
/// and a mode that has a trial of its own one of so many.
const PARTS_ALONE: usize = 4;
/// Most of the work of all tests together is the hundreds of requests of these; they are left to the runs
/// that are asked for.
const COSTLY: [&str; 4] =
    ["GRPCRouteWeight", "HTTPRouteWeight", "TCPRouteWeightedRouting", "UDPRouteWeightedRouting"];
/// A limit leaves little time for our own work at the everyday scale. What is red then is looked at
/// once more at this multiple of it, where the lag is as near to the limits as before.
const WITHOUT_HASTE: f64 = 6.0;
/// Tests at a time on the testbed of a seed. Each sends all its requests at once, and those of many would keep
/// this machine busy for longer than a scaled limit.
const MAX_PARALLEL: usize = 3;
/// Testbeds at a time. They wait more than they work.
const AT_ONCE: usize = 5;
/// What does not wait for the subject, and so is not scaled: a request takes as long as it takes, and
/// with shorter pauses between them there would be more of them than this machine can send. An API server
/// that throttles says how long to wait, and does not scale that either.
const OWN_WORK: [Limit; 4] =
    [Limit::RequestTimeout, Limit::DefaultPollInterval, Limit::CreateTimeout, Limit::GetTimeout];
/// More than processors: where one of them computes for a while, the answers of the others are not to
/// look late.
const WORKERS: usize = 8;
/// The columns of a failure's text.
const WIDTH: usize = 100;

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let runs = variable("GATEWAY_CONFORMANCE_LAG_RUNS")?;
    let scale = variable("GATEWAY_CONFORMANCE_LAG_SCALE")?;
    let extent = if runs.is_none() && scale.is_none() { Extent::Everyday } else { Extent::All };
    let scale = scale.unwrap_or(SCALE);
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let seeds = (0..runs.unwrap_or(RUNS)).map(|seed| Check::Seed(seed, extent));
    let alone = ALONE.iter().map(|(mode, value)| Check::Alone(mode, value, extent));
    let others = [Check::Marks, Check::LateTraffic, Check::LateStatus];
    let trials = seeds.chain(alone).chain(others).map(|check| {
        let handle = runtime.handle().clone();
        Trial::test(check.name(), move || handle.block_on(check.run(scale)).map_err(Failed::from))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    runtime.shutdown_background();
    Ok(conclusion.exit_code())
}

/// How much a trial runs.
#[derive(Clone, Copy)]
enum Extent {
    Everyday,
    All,
}

impl Extent {
    /// The names of the tests to run: every day one of so many, beginning with this one.
    fn tests(self, first: usize, parts: usize) -> Vec<&'static str> {
        let all = SUITE.tests.iter().map(|test| test.name);
        match self {
            Self::Everyday => all
                .filter(|test| !COSTLY.contains(test))
                .skip(first % parts)
                .step_by(parts)
                .collect(),
            Self::All => all.collect(),
        }
    }
}

/// Which tests run beside a test.
#[derive(Clone, Copy)]
enum Company {
    /// A few, since it is about the test.
    Few,
    /// As many as a user has, since it is about what they do together.
    Usual,
}

impl Company {
    fn max_parallel(self) -> usize {
        match self {
            Self::Few => MAX_PARALLEL,
            Self::Usual => Options::default().max_parallel,
        }
    }
}

/// What a trial looks at.
enum Check {
    /// A Gateway as this seed makes it slow.
    Seed(u64, Extent),
    /// A Gateway that is slow in a way that no seed draws.
    Alone(&'static str, &'static str, Extent),
    /// One whose answers are right only after a while.
    Marks,
    /// One that serves changes too late.
    LateTraffic,
    /// One that reports them too late.
    LateStatus,
}

impl Check {
    fn name(&self) -> String {
        match self {
            Self::Seed(seed, _) => format!("seed-{seed}"),
            Self::Alone(mode, ..) => (*mode).into(),
            Self::Marks => "more-than-one-attempt-is-marked".into(),
            Self::LateTraffic => "traffic-beyond-its-limit-fails".into(),
            Self::LateStatus => "status-beyond-its-limit-fails".into(),
        }
    }

    async fn run(self, scale: f64) -> anyhow::Result<()> {
        match self {
            Self::Seed(seed, extent) => {
                let tests = extent.tests(seed as usize, PARTS);
                passes(&lag_of(seed), &tests, Company::Few, scale).await
            }
            Self::Alone(mode, value, extent) => {
                let setting = format!("{mode}={value}");
                let tests = extent.tests(0, PARTS_ALONE);
                passes(&lag(&[&setting])?, &tests, Company::Usual, scale).await
            }
            Self::Marks => marks(scale).await,
            Self::LateTraffic => late_traffic(scale).await,
            Self::LateStatus => late_status(scale).await,
        }
    }
}

fn variable<T: FromStr>(name: &str) -> anyhow::Result<Option<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let Ok(text) = std::env::var(name) else { return Ok(None) };
    text.parse().map(Some).with_context(|| format!("{name}: \"{text}\" is not a number"))
}

/// The modes that no seed draws, each with the value of its own trial.
const ALONE: [(&str, &str); 3] = [
    // How long a Gateway waits follows from the tests beside it, not from a time. The base environment has four
    // Gateways, and one test has nine.
    ("address-pool", "13"),
    // Longer than traffic may take: Pods have 300 s. In company they would have to share 20 s.
    ("pods", "60s"),
    // How long a Gateway waits follows from how many there are, not from a time.
    ("provisioning", "10s,1"),
];

/// Modes that make something right come later, and the most that each does by itself, in seconds.
const LATER: [(&str, u64); 11] = [
    ("configuration", 20),
    ("interim-statuses", 5),
    ("outdated-statuses", 5),
    ("reloads", 5),
    ("replicas", 20),
    ("resets", 5),
    ("status", 20),
    ("status-after-traffic", 20),
    ("traffic", 20),
    ("traffic-after-status", 20),
    ("unavailable", 5),
];

/// The modes that a seed chooses: each by itself, then in company of one or more others. What comes
/// later for several reasons is to come within the limits all the same: they share the 20 s.
fn lag_of(seed: u64) -> Lag {
    let drawn = |mode: &&LagMode| ALONE.iter().all(|(alone, _)| *alone != mode.name);
    let drawn: Vec<_> = LAG_MODES.iter().filter(drawn).collect();
    let modes = drawn.len() as u64;
    let mut chosen = BTreeSet::new();
    let mut add = |index: u64| {
        let mode = drawn[(index % modes) as usize];
        // These two exclude each other; the seeds without company have both.
        if !(mode.name == "status-after-traffic" && seed >= modes) {
            chosen.insert(mode.name);
        }
    };
    add(seed);
    // Any odd number with its bits spread: neighbouring seeds get different company.
    let mut rest = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..seed / modes % 4 {
        rest = rest.rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        add(rest >> 33);
    }
    let later = |mode: &str| LATER.iter().find(|(name, _)| *name == mode);
    let share = 20_000 / chosen.iter().filter(|mode| later(mode).is_some()).count().max(1) as u64;
    let mut lag = Lag::seeded(seed);
    for mode in chosen {
        let setting = match later(mode) {
            Some((_, seconds)) => format!("{mode}=0s..{}ms", share.min(seconds * 1000)),
            None => mode.to_owned(),
        };
        lag.set(setting.parse().unwrap());
    }
    lag
}

/// What a run of the suite on a slow testbed came to.
#[derive(Default)]
struct Record {
    summary: Summary,
    finished: Vec<TestFinished>,
    notices: Vec<String>,
}

/// Runs these tests on a testbed with this lag.
async fn judge(
    lag: &Lag,
    scale: f64,
    tests: &[&str],
    max_parallel: usize,
) -> anyhow::Result<Record> {
    let mut lag = lag.clone();
    lag.scale(scale);
    let mut testbed =
        Testbed::start(testbed::Options { lag: lag.clone(), ..testbed::Options::default() })
            .await?;
    // What the API server does to its clients meets those of a real cluster. For the rest the way
    // through the process is as good, and costs less.
    let kubeconfig = tempfile::NamedTempFile::new()?;
    let connection = if lag.disturbs_api_server() {
        std::fs::write(kubeconfig.path(), testbed.listen().await?)?;
        let access = Access { kubeconfig: Some(kubeconfig.path().to_owned()), context: None };
        access.connect("lag").await?
    } else {
        Connection { client: testbed.client(), description: "the embedded testbed".into() }
    };
    let subject = Subject::from(testbed);
    let mut options = subject.options();
    let skip = SUITE.tests.iter().map(|test| test.name).filter(|name| !tests.contains(name));
    options.selection.skip = skip.map(str::to_owned).collect();
    options.timeouts.scale(scale)?;
    for own in OWN_WORK {
        options.timeouts.set(own, own.default_value().div_f64(scale));
    }
    options.max_parallel = max_parallel;
    // A finding about a Gateway that is right is a false verdict.
    options.strict = true;
    // The testbed goes away as a whole.
    options.cleanup_base = false;
    run(connection, options).await
}

async fn run(connection: Connection, options: Options) -> anyhow::Result<Record> {
    let record = Arc::new(Mutex::new(Record::default()));
    let events = {
        let record = record.clone();
        move |event: Event| {
            let mut record: MutexGuard<'_, Record> = record.lock().unwrap();
            record.summary.fold(&event);
            match event.kind {
                EventKind::TestFinished(finished) => record.finished.push(*finished),
                EventKind::Notice { text } => record.notices.push(text),
                _ => {}
            }
        }
    };
    harness::run(connection, &SUITE, options, events, CancellationToken::new()).await?;
    let record = std::mem::take(&mut *record.lock().unwrap());
    Ok(record)
}

impl Record {
    /// The tests that did not simply pass, each with what was wrong.
    fn wrong(&self) -> Vec<(&str, String)> {
        let mut wrong = Vec::new();
        for result in self.summary.tests() {
            let name = result.test.info.name.as_str();
            match result.standing {
                Standing::Passed
                | Standing::Skipped(_)
                | Standing::SkippedProvisional
                | Standing::NotSupported(_) => {}
                Standing::Failed(failure) => {
                    wrong.push((name, failure_text(result.test, failure, WIDTH)));
                }
                Standing::Error(error) => wrong.push((name, format!("could not judge: {error}"))),
                other => wrong.push((name, format!("{other:?}"))),
            }
            let findings = result.findings.iter();
            wrong.extend(findings.map(|finding| (name, format!("found {finding:#?}"))));
        }
        wrong
    }

    /// How a test failed.
    fn failure(&self, test: &str) -> anyhow::Result<&Failure> {
        let result = self.summary.test(test).with_context(|| format!("{test} was not run"))?;
        match result.standing {
            Standing::Failed(failure) => Ok(failure),
            other => anyhow::bail!("{test} did not fail but {other:?}"),
        }
    }
}

/// No test may fail, nor find anything, nor give up.
async fn passes(lag: &Lag, tests: &[&str], company: Company, scale: f64) -> anyhow::Result<()> {
    let record =
        judge(lag, scale, tests, company.max_parallel()).await.with_context(|| lag.to_string())?;
    ensure!(record.finished.len() == tests.len(), "{lag}: ran {} tests", record.finished.len());
    let wrong = record.wrong();
    if wrong.is_empty() {
        return Ok(());
    }
    let doubtful: BTreeSet<_> = wrong.iter().map(|(test, _)| *test).collect();
    eprintln!("{lag}: without haste once more: {doubtful:?}");
    let doubtful = match company {
        Company::Few => doubtful.into_iter().collect(),
        // Without the others it would be another question.
        Company::Usual => tests.to_vec(),
    };
    let again = judge(lag, scale * WITHOUT_HASTE, &doubtful, company.max_parallel()).await?;
    told(lag, &again)
}

/// An error with all that is wrong, if anything is.
fn told(lag: &Lag, record: &Record) -> anyhow::Result<()> {
    let wrong = record.wrong();
    let texts: Vec<_> = wrong.iter().map(|(test, text)| format!("{test}: {text}")).collect();
    ensure!(
        wrong.is_empty(),
        "{lag}: {} false verdicts\n{}\nnotices:\n{}",
        wrong.len(),
        texts.join("\n"),
        record.notices.join("\n")
    );
    Ok(())
}

/// A lag of these settings.
fn lag(settings: &[&str]) -> anyhow::Result<Lag> {
    let mut lag = Lag::default();
    for setting in settings {
        lag.set(setting.parse()?);
    }
    Ok(lag)
}

/// A test that passed and needed more than one attempt says so.
async fn marks(scale: f64) -> anyhow::Result<()> {
    let tests = ["HTTPRouteCrossNamespace", "HTTPRouteSimpleSameNamespace"];
    let record = judge(&lag(&["traffic-after-status=10s"])?, scale, &tests, MAX_PARALLEL).await?;
    told(&Lag::default(), &record)?;
    for finished in &record.finished {
        let marked = finished.settling.iter().any(|settling| settling.attempts > 3);
        ensure!(marked, "{} is not marked: {:?}", finished.test, finished.settling);
    }
    Ok(())
}

/// Traffic that comes 10 s too late fails, and the failure shows what was answered until then; a
/// test of statuses alone passes.
async fn late_traffic(scale: f64) -> anyhow::Result<()> {
    let late = ["HTTPRouteCrossNamespace", "HTTPRouteSimpleSameNamespace"];
    let tests = [late[0], late[1], "GatewayInvalidRouteKind"];
    let record = judge(&lag(&["traffic-after-status=40s"])?, scale, &tests, MAX_PARALLEL).await?;
    for test in late {
        let failure = record.failure(test)?;
        let limit = Limit::MaxTimeToConsistency.default_value().mul_f64(scale);
        for mismatch in &failure.mismatches {
            let waited = mismatch.waited.unwrap_or_default();
            ensure!(waited >= limit, "{test} waited {waited:?}");
            let answer = ["404", "refused"].iter().any(|text| mismatch.observed.contains(text));
            ensure!(answer, "{test} does not say what was answered: {mismatch:?}");
        }
    }
    ensure!(record.wrong().len() == late.len(), "{:#?}", record.wrong());
    Ok(())
}

/// Statuses that come 10 s too late fail, and the failure names the condition.
async fn late_status(scale: f64) -> anyhow::Result<()> {
    let record =
        judge(&lag(&["status=70s"])?, scale, &["GatewayInvalidRouteKind"], MAX_PARALLEL).await?;
    let failure = record.failure("GatewayInvalidRouteKind")?;
    let limit = Limit::GatewayStatusMustHaveListeners.default_value().mul_f64(scale);
    let named = failure.mismatches.iter().all(|mismatch| {
        mismatch.expected.contains("ResolvedRefs=False/InvalidRouteKinds")
            && mismatch.waited.unwrap_or_default() >= limit
    });
    ensure!(named, "the failure does not name the condition that was late: {failure:#?}");
    Ok(())
}
