//! How the program ends: the one place that knows the exit codes.

use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked, and no test failed.
    Passed,
    /// A test failed.
    Failed,
    /// Something was found wrong without asking a cluster.
    Usage,
    /// It could not judge.
    NotJudged,
}

impl Exit {
    /// The code that scripts see.
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotJudged => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub struct Stop {
    /// How the program is to end.
    pub exit: Exit,
    /// What is said about it.
    pub error: anyhow::Error,
}

impl Stop {
    /// Something wrong that was found without asking a cluster.
    pub fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::Usage, error: error.into() }
    }

    /// What ended a run that had not begun.
    pub fn before_run(error: harness::Error) -> Self {
        if error.is_usage() { Self::usage(error) } else { Self::not_judged(error) }
    }

    /// Something that stands in the way of judging.
    pub fn not_judged(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::NotJudged, error: error.into() }
    }
}

/// An error and its causes in one sentence. Many errors tell their cause themselves; it is not told
/// twice.
pub fn sentence(error: &anyhow::Error) -> String {
    let mut sentence = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !sentence.contains(&cause) {
            sentence = format!("{sentence}: {cause}");
        }
    }
    sentence
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn no_cause_is_told_twice() {
        let told = anyhow!("disk full").context("cannot write: disk full").context("no report");
        assert_eq!(sentence(&told), "no report: cannot write: disk full");
    }
}
