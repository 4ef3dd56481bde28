//! Of several rounds of a test the worst counts, in the exit code as in every report.

use model::{
    expectation::Expect,
    profile::Profile,
    verdict::{Finding, JudgeError, Outcome},
};
use reports::{conformance, junit};

use crate::{
    expectations::expecting,
    run::{Run, at, core, failure, finding},
};

/// How a round ends.
type End = (Outcome, Vec<Finding>);

fn clean() -> End {
    (Outcome::Passed, vec![])
}

fn found() -> End {
    (Outcome::Passed, vec![finding()])
}

fn fails() -> End {
    (Outcome::Failed { failure: failure() }, vec![])
}

fn errs() -> End {
    (Outcome::Error { error: JudgeError::new("no connection") }, vec![])
}

/// How the test stands, the exit code, whether JUnit has a failure or an error, and how many the report says passed,
/// failed and have no verdict.
fn told(run: Run) -> (&'static str, u8, bool, [usize; 3]) {
    let summary = run.summary();
    let result = summary.test("HTTPRouteA").unwrap();
    let xml = junit::to_xml(&summary).unwrap().unwrap();
    let is_bad = xml.contains("<failure") || xml.contains("<error");
    let report = conformance::report(&summary, at(0)).unwrap();
    let conformance::Statistics { passed, failed, skipped } = report.profiles[0].core.statistics;
    (result.standing.in_a_word(), summary.exit_code(), is_bad, [passed, failed, skipped])
}

#[test]
fn the_worst_of_its_rounds_counts() {
    let plain = || core("HTTPRouteA");
    let expecting = |expect, pattern| expecting(expect, pattern, core("HTTPRouteA"));
    let xfail = || expecting(Expect::Xfail, "HTTPRouteA");
    let xfail_elsewhere = || expecting(Expect::Xfail, "HTTPRouteA/GET /one*");
    let flaky = || expecting(Expect::Flaky, "HTTPRouteA");
    let (passed, failed, skipped) = ([1, 0, 0], [0, 1, 0], [0, 0, 1]);
    let rows = [
        (plain(), false, clean(), fails(), ("failed", 1, true, failed)),
        (plain(), false, errs(), fails(), ("failed", 1, true, failed)),
        (plain(), false, clean(), errs(), ("not judged", 3, true, skipped)),
        (plain(), false, clean(), found(), ("passed", 0, false, passed)),
        (plain(), true, clean(), found(), ("failed", 1, true, failed)),
        (plain(), true, errs(), found(), ("failed", 1, true, failed)),
        // In the report a failure is one, whatever the run expects.
        (flaky(), true, clean(), found(), ("failed as expected", 0, false, failed)),
        (flaky(), false, errs(), fails(), ("not judged", 3, true, failed)),
        (xfail(), false, fails(), clean(), ("passed unexpectedly", 1, true, failed)),
        (xfail(), false, errs(), clean(), ("passed unexpectedly", 1, true, skipped)),
        (xfail_elsewhere(), false, fails(), clean(), ("failed", 1, true, failed)),
    ];
    for (test, strict, one, other, expected) in rows {
        for ends in [[one.clone(), other.clone()], [other, one]] {
            let context = format!("{test:?}, strict: {strict}: {ends:?}");
            let mut run = Run::of(&[Profile::GatewayHttp]).ends_each_round(test.clone(), ends);
            run.started.strict = strict;
            assert_eq!(told(run), expected, "{context}");
        }
    }
}

#[test]
fn of_two_rounds_that_count_alike_the_one_with_findings_is_told() {
    for ends in [[clean(), found()], [found(), clean()]] {
        let summary = Run::of(&[]).ends_each_round(core("HTTPRouteA"), ends).summary();
        assert_eq!((summary.exit_code(), summary.counts().findings), (0, 1));
    }
}

#[test]
fn the_table_has_what_the_run_counts() {
    let run = Run::of(&[]).ends_each_round(core("HTTPRouteA"), [clean(), found(), errs(), fails()]);
    let summary = run.strictly().summary();
    let (_, rounds) = summary.rounds().next().unwrap();
    assert_eq!((rounds.total, rounds.bad, rounds.failed), (4, 3, 2));
}
