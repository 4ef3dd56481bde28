//! What a run came to: the fold of its events that every report is made from.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use model::{
    event::{Event, EventKind, RedInCompany, RunStarted, TestFinished},
    expectation::{Expectation, Weight},
    extension::Extension,
    feature::Feature,
    plan::{Decision, PlannedTest},
    timing::{Answers, SpanKind, covered},
    verdict::{Failure, Finding, JudgeError, Outcome},
};

/// The events of a run so far, folded.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    started: Option<RunStarted>,
    /// Of several rounds of a test the one that went worst for the run.
    finished: BTreeMap<String, TestFinished>,
    rounds: BTreeMap<String, Rounds>,
    /// The last failure in company of each test that had one.
    in_company: BTreeMap<String, RedInCompany>,
    ended: Option<Ended>,
    answers: Answers,
}

#[derive(Clone, Debug)]
struct Ended {
    at: Timestamp,
    incomplete: Option<String>,
    took: Duration,
}

/// What a run came to, for the process's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every planned test passed.
    Passed,
    /// Every test was judged or the run chose to stop, and at least one failed.
    Failed,
    /// The run was interrupted, or a test that none failed beside could not be judged.
    NotJudged,
}

impl Ending {
    /// 0 where all passed, 1 where a test failed, 3 where the run could not judge.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::NotJudged => 3,
        }
    }
}

/// How a test of the plan stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing<'a> {
    /// The subject kept the rule.
    Passed,
    /// The subject broke it.
    Failed(&'a Failure),
    /// The subject kept what the Go suite enforces, and broke a rule that counts under `--strict`.
    FailedStrictly,
    /// It failed in one way or the other, as was expected of it; the report counts a failure.
    Excused(&'a Expectation),
    /// It passed, though it was expected to fail; the report counts a pass, and the run fails.
    PassedUnexpectedly(&'a Expectation),
    /// The run could not judge.
    Error(&'a JudgeError),
    /// It was planned and has no end: the run was interrupted, or goes on.
    NotJudged,
    /// It was not asked for, for this reason; the report counts it.
    Skipped(&'a str),
    /// It is provisional, and those were not asked for; the report does not mention it.
    SkippedProvisional,
    /// The implementation does not claim these features; the report does not count it.
    NotSupported(&'a [Feature]),
}

impl Standing<'_> {
    /// In a word or a few.
    pub const fn in_a_word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) | Self::FailedStrictly => "failed",
            Self::Excused(_) => "failed as expected",
            Self::PassedUnexpectedly(_) => "passed unexpectedly",
            Self::Error(_) => "not judged",
            Self::NotJudged => "not run to the end",
            Self::Skipped(_) | Self::SkippedProvisional => "skipped",
            Self::NotSupported(_) => "not claimed",
        }
    }
}

/// A test of the plan with what it came to.
#[derive(Clone, Copy, Debug)]
pub struct TestResult<'a> {
    /// The test.
    pub test: &'a PlannedTest,
    /// How it stands.
    pub standing: Standing<'a>,
    /// How the subject broke the rule, if it did, excused or not.
    pub failure: Option<&'a Failure>,
    /// Rules that the Go suite does not enforce and that were broken.
    pub findings: &'a [Finding],
    /// How long it took, if it ended.
    pub took: Option<Duration>,
    /// What its exchanges were answered once they had been right.
    pub answers: Answers,
    /// How it failed while others were under way, if it did; the standing is that of a look alone.
    pub in_company: Option<&'a RedInCompany>,
    /// How its rounds went, if one ended. The standing is that of the worst for the run.
    pub rounds: Option<&'a Rounds>,
}

impl TestResult<'_> {
    /// Whether the subject kept the rule in every round, whatever was expected.
    pub fn has_passed(&self) -> bool {
        self.rounds.is_some_and(|rounds| rounds.bad == 0)
    }

    /// Whether the subject broke it in a round, whatever was expected.
    pub fn has_failed(&self) -> bool {
        self.rounds.is_some_and(|rounds| rounds.failed > 0)
    }
}

/// How a test went, round by round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rounds {
    /// How many there were.
    pub total: usize,
    /// In how many it failed, or could not be judged.
    pub bad: usize,
    /// In how many it failed, as was expected or not.
    pub failed: usize,
    /// How long the subject took to write the statuses that were waited for, in each round that
    /// passed.
    pub status: Vec<Duration>,
    /// How long it then took to answer as it must.
    pub traffic: Vec<Duration>,
}

impl Rounds {
    fn take(&mut self, finished: &TestFinished, weight: Weight<'_>) {
        self.total += 1;
        match weight {
            Weight::Passed | Weight::PassedUnexpectedly(_) => {
                self.status.push(covered(&finished.spans, SpanKind::Status));
                self.traffic.push(covered(&finished.spans, SpanKind::Traffic));
            }
            Weight::Failed(_) | Weight::FailedStrictly | Weight::Excused(_) => {
                self.failed += 1;
                self.bad += 1;
            }
            Weight::Error(_) | Weight::NotJudged => self.bad += 1,
        }
    }
}

/// Which of several ends of a test counts, as in the exit code: what fails the run outweighs what could not be
/// judged, and that what fails no run.
const fn gravity(weight: Weight<'_>) -> u8 {
    match weight {
        Weight::Passed => 0,
        Weight::Excused(_) => 1,
        Weight::NotJudged => 2,
        Weight::Error(_) => 3,
        Weight::PassedUnexpectedly(_) => 4,
        Weight::FailedStrictly => 5,
        Weight::Failed(_) => 6,
    }
}

/// How many tests stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Kept their rule.
    pub passed: usize,
    /// Broke it, under `--strict` those with findings too.
    pub failed: usize,
    /// Broke it, as was expected.
    pub excused: usize,
    /// Kept it, though they were expected to break it.
    pub unexpected_passes: usize,
    /// Could not be judged.
    pub errors: usize,
    /// Were planned and have no end.
    pub not_judged: usize,
    /// Were not asked for.
    pub skipped: usize,
    /// Need features that are not claimed.
    pub not_supported: usize,
    /// Rules broken beyond the verdicts.
    pub findings: usize,
}

impl Counts {
    /// The tests that were to be run.
    pub const fn planned(&self) -> usize {
        self.judged() + self.errors + self.not_judged
    }

    /// The tests with a verdict.
    pub const fn judged(&self) -> usize {
        self.passed + self.unexpected_passes + self.failed + self.excused
    }

    /// How many of the tests that were to be run ended how, in words; without what there is none of.
    pub fn ends(&self) -> impl Iterator<Item = String> {
        let ends = [
            (self.passed, "passed"),
            (self.failed, "failed"),
            (self.unexpected_passes, "passed unexpectedly"),
            (self.excused, "failed as expected"),
            (self.errors, "could not be judged"),
            (self.not_judged, "not run to the end"),
        ];
        let some = ends.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, what)| format!("{count} {what}"))
    }

    /// Whether the run failed.
    pub const fn is_failure(&self) -> bool {
        self.failed + self.unexpected_passes > 0
    }
}

/// The test of this name, if it is one of the plan.
fn planned<'s>(started: &'s RunStarted, name: &str) -> Option<&'s PlannedTest> {
    started.tests.iter().find(|test| test.info.name == name)
}

impl Summary {
    /// Takes the next event.
    pub fn fold(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted(started) => self.started = Some((**started).clone()),
            EventKind::TestFinished(finished) => self.take(finished),
            EventKind::RedInCompany(red) => {
                self.in_company.insert(red.test.clone(), (**red).clone());
            }
            EventKind::RunFinished { incomplete, took } => {
                self.ended =
                    Some(Ended { at: event.at, incomplete: incomplete.clone(), took: *took });
            }
            EventKind::SetUp { .. }
            | EventKind::PodsReady { .. }
            | EventKind::SetUpDone { .. }
            | EventKind::TestStarted { .. }
            | EventKind::TestStep { .. }
            | EventKind::Captured(_)
            | EventKind::TestRemoved { .. }
            | EventKind::TestDrained { .. }
            | EventKind::Notice { .. } => {}
        }
    }

    /// Takes the end of a round, of which the plan says how it counts.
    fn take(&mut self, finished: &TestFinished) {
        self.answers = self.answers + finished.answers;
        let Some(started) = &self.started else { return };
        let Some(PlannedTest { expected, .. }) = planned(started, &finished.test) else { return };
        let weight = expected.weigh(&finished.outcome, &finished.findings, started.strict);
        self.rounds.entry(finished.test.clone()).or_default().take(finished, weight);
        // Of two that count alike the one with more findings is the worse.
        let how_bad = |it: &TestFinished| {
            let weight = expected.weigh(&it.outcome, &it.findings, started.strict);
            (gravity(weight), it.findings.len())
        };
        let worst = self.finished.get(&finished.test).map(how_bad);
        if worst.is_none_or(|worst| how_bad(finished) > worst) {
            self.finished.insert(finished.test.clone(), finished.clone());
        }
    }

    /// The rounds of each test, where tests had several; sorted by name.
    pub fn rounds(&self) -> impl Iterator<Item = (&str, &Rounds)> {
        let several = self.started.as_ref().is_some_and(|started| started.rounds > 1);
        let rounds = several.then_some(&self.rounds).into_iter().flatten();
        rounds.map(|(test, rounds)| (test.as_str(), rounds))
    }

    /// What the exchanges of all tests, in all rounds, were answered once they had been right.
    pub fn answers(&self) -> Answers {
        self.answers
    }

    /// What was known when the run began, if it did.
    pub fn started(&self) -> Option<&RunStarted> {
        self.started.as_ref()
    }

    /// Whether the run's last event was seen.
    pub fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// When the run ended, if it did.
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.ended.as_ref().map(|ended| ended.at)
    }

    /// How long the run took, if it ended.
    pub fn took(&self) -> Option<Duration> {
        self.ended.as_ref().map(|ended| ended.took)
    }

    /// Every test of the plan, in its order.
    pub fn tests(&self) -> impl Iterator<Item = TestResult<'_>> {
        self.started
            .iter()
            .flat_map(|started| started.tests.iter().map(|test| self.result(test, started.strict)))
            .filter(|result| result.test.decision != Decision::OtherShard)
    }

    /// The extensions that the plan has tests of.
    pub fn extensions(&self) -> BTreeSet<Extension> {
        self.tests().filter_map(|result| result.test.info.extension).collect()
    }

    /// A test of the plan.
    pub fn test(&self, name: &str) -> Option<TestResult<'_>> {
        let started = self.started.as_ref()?;
        let test = planned(started, name)?;
        Some(self.result(test, started.strict))
    }

    fn result<'a>(&'a self, test: &'a PlannedTest, strict: bool) -> TestResult<'a> {
        let finished = self.finished.get(&test.info.name);
        let findings = finished.map_or(&[][..], |finished| &finished.findings);
        let standing = match &test.decision {
            Decision::Skip(reason) => Standing::Skipped(reason),
            Decision::SkipProvisional | Decision::OtherShard => Standing::SkippedProvisional,
            Decision::NotSupported(missing) => Standing::NotSupported(missing),
            Decision::Run => finished.map_or(Standing::NotJudged, |finished| {
                match test.expected.weigh(&finished.outcome, findings, strict) {
                    Weight::Passed => Standing::Passed,
                    Weight::PassedUnexpectedly(by) => Standing::PassedUnexpectedly(by),
                    Weight::Failed(failure) => Standing::Failed(failure),
                    Weight::FailedStrictly => Standing::FailedStrictly,
                    Weight::Excused(by) => Standing::Excused(by),
                    Weight::Error(error) => Standing::Error(error),
                    Weight::NotJudged => Standing::NotJudged,
                }
            }),
        };
        let failure = finished.and_then(|finished| match &finished.outcome {
            Outcome::Failed { failure } => Some(failure),
            _ => None,
        });
        let in_company = self.in_company.get(&test.info.name);
        let took = finished.map(|finished| finished.took);
        let answers = finished.map_or_else(Answers::default, |finished| finished.answers);
        let rounds = self.rounds.get(&test.info.name);
        TestResult { test, standing, failure, findings, took, answers, in_company, rounds }
    }

    /// How many tests stand how.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for result in self.tests() {
            match result.standing {
                Standing::Passed => counts.passed += 1,
                Standing::Failed(_) | Standing::FailedStrictly => counts.failed += 1,
                Standing::Excused(_) => counts.excused += 1,
                Standing::PassedUnexpectedly(_) => counts.unexpected_passes += 1,
                Standing::Error(_) => counts.errors += 1,
                Standing::NotJudged => counts.not_judged += 1,
                Standing::Skipped(_) | Standing::SkippedProvisional => counts.skipped += 1,
                Standing::NotSupported(_) => counts.not_supported += 1,
            }
            counts.findings += result.findings.len();
        }
        counts
    }

    /// Why the run ended before every planned test was judged, if something or someone ended it.
    pub fn interruption(&self) -> Option<&str> {
        match &self.ended {
            Some(ended) => ended.incomplete.as_deref(),
            None => Some("the run did not end"),
        }
    }

    /// Why not every planned test was judged, if so, in one line.
    pub fn incomplete(&self) -> Option<String> {
        if let Some(why) = self.interruption() {
            return Some(why.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        let Counts { errors, not_judged, .. } = self.counts();
        match (errors, not_judged) {
            (0, 0) => None,
            (errors, 0) => Some(format!("{} in an error", tests_that(errors, "ended"))),
            (0, unrun) => Some(format!("{} not run", tests_that_be(unrun))),
            (errors, unrun) => Some(format!(
                "{} in an error, {} not run",
                tests_that(errors, "ended"),
                tests_that_be(unrun)
            )),
        }
    }

    /// What the run came to. An interrupted run is never judged, whatever had failed before; a failed
    /// test outweighs another's error.
    pub fn ending(&self) -> Ending {
        let counts = self.counts();
        if self.started.is_none() || self.interruption().is_some() {
            Ending::NotJudged
        } else if counts.is_failure() {
            Ending::Failed
        } else if counts.planned() > counts.judged() {
            Ending::NotJudged
        } else {
            Ending::Passed
        }
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        self.ending().exit_code()
    }
}

fn tests_that(count: usize, verb: &str) -> String {
    format!("{count} {} {verb}", if count == 1 { "test" } else { "tests" })
}

fn tests_that_be(count: usize) -> String {
    tests_that(count, if count == 1 { "was" } else { "were" })
}
