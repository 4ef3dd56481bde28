//! What changed between two runs.

use std::collections::BTreeSet;

use crate::summary::{Standing, Summary};

/// How a test stood in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stood {
    /// It failed.
    Failed,
    /// It was planned and could not be judged.
    Unjudged,
    /// It failed as was expected of it.
    Excused,
    /// It was not run, or is not in the plan.
    Left,
    /// It passed.
    Passed,
}

impl Stood {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Unjudged => "not judged",
            Self::Excused => "failed as expected",
            Self::Left => "not run",
            Self::Passed => "passed",
        }
    }

    fn of(summary: &Summary, test: &str) -> Self {
        let result = summary.test(test);
        result.map_or(Self::Left, |result| match result.standing {
            Standing::Passed | Standing::PassedUnexpectedly(_) => Self::Passed,
            Standing::Failed(_) | Standing::FailedStrictly => Self::Failed,
            Standing::Excused(_) => Self::Excused,
            Standing::Error(_) | Standing::NotJudged => Self::Unjudged,
            Standing::Skipped(_) | Standing::SkippedProvisional | Standing::NotSupported(_) => {
                Self::Left
            }
        })
    }
}

/// A test that stood otherwise in two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The test.
    pub test: String,
    /// In the earlier run.
    pub before: Stood,
    /// In the later run.
    pub after: Stood,
    /// What the later failure, or the lack of a verdict, is about.
    pub why: Option<String>,
}

/// The tests that stand otherwise in the later of two runs, sorted by name: a failure first.
pub fn changes(before: &Summary, after: &Summary) -> Vec<Change> {
    let names = |summary: &Summary| -> BTreeSet<String> {
        summary.tests().map(|result| result.test.info.name.clone()).collect()
    };
    let all = &names(before) | &names(after);
    let mut changes: Vec<_> = all
        .into_iter()
        .map(|test| {
            let why = after.test(&test).and_then(|result| match result.standing {
                Standing::Failed(failure) => Some(failure.headline()),
                Standing::Error(error) => Some(error.message.clone()),
                _ => None,
            });
            let (before, after) = (Stood::of(before, &test), Stood::of(after, &test));
            Change { test, before, after, why }
        })
        .filter(|change| change.before != change.after)
        .collect();
    changes.sort_by_key(|change| change.after);
    changes
}

/// The tests of a run that failed or could not be judged.
pub fn unwell(summary: &Summary) -> BTreeSet<String> {
    let names = summary.tests().map(|result| result.test.info.name.clone());
    names
        .filter(|name| matches!(Stood::of(summary, name), Stood::Failed | Stood::Unjudged))
        .collect()
}
