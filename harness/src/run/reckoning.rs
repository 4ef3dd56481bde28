//! How the end of a test counts for the run.

use model::{
    event::TestFinished,
    expectation::Expected,
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
        let failed = |excuse: Option<_>| if excuse.is_some() { End::Excused } else { End::Failed };
        match outcome {
            Outcome::Passed if self.strict && !findings.is_empty() => {
                failed(self.expected.excuses(findings.iter().map(|found| &found.mismatch)))
            }
            Outcome::Passed if self.expected.forbids_a_pass().is_some() => End::Failed,
            Outcome::Passed => End::Passed,
            Outcome::Failed { failure } => failed(self.expected.excuses(&failure.mismatches)),
            Outcome::Error { .. } => End::Error,
            Outcome::Interrupted => End::Interrupted,
        }
    }
}
