//! How the end of a test counts for the run.

use model::{
    event::TestFinished,
    expectation::{Expected, Weight},
    verdict::{Finding, Outcome},
};

/// How a test ended, findings counted as the user wants them counted.
#[derive(Debug)]
pub(crate) enum End {
    Passed,
    Failed,
    /// It failed as was expected of it.
    Excused,
    /// It failed in company, and has to be judged again alone. What it came to holds if it cannot be.
    Doubtful(Box<TestFinished>),
    Error,
    Interrupted,
}

/// How the end of a test counts.
pub(crate) struct Reckoning {
    /// Whether findings are failures.
    pub(crate) strict: bool,
    /// What is expected of it, beside that it passes.
    pub(crate) expected: Expected,
}

impl Reckoning {
    /// How a test ended that came to this.
    pub(crate) fn end(&self, outcome: &Outcome, findings: &[Finding]) -> End {
        match self.expected.weigh(outcome, findings, self.strict) {
            Weight::Passed => End::Passed,
            Weight::Failed(_) | Weight::FailedStrictly | Weight::PassedUnexpectedly(_) => {
                End::Failed
            }
            Weight::Excused(_) => End::Excused,
            Weight::Error(_) => End::Error,
            Weight::NotJudged => End::Interrupted,
        }
    }
}
