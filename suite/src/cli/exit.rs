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

    /// Something that stands in the way of judging.
    pub fn not_judged(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::NotJudged, error: error.into() }
    }
}
