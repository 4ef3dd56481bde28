//! What is found of one thing, and how long that may take.

use std::time::Duration;

use tokio::time::timeout;

/// How long each question may take; all are asked at the same time.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// What was found of one thing that a run needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The thing.
    pub what: &'static str,
    /// How it is.
    pub health: Health,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// How something is that a run needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// As it must be.
    Good,
    /// It may be in the way.
    Odd,
    /// A run cannot do with it.
    Bad,
}

impl Check {
    pub(crate) fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, health: Health::Good, found: found.into(), remedy: None }
    }

    pub(crate) fn odd(
        what: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { what, health: Health::Odd, found: found.into(), remedy: Some(remedy.into()) }
    }

    /// What is wrong, in an error's words, which mostly name the remedy.
    pub(crate) fn bad(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, health: Health::Bad, found: found.into(), remedy: None }
    }

    pub(crate) fn remedied_by(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// An answer within the limit, or that there was none.
pub(crate) async fn within<T>(
    what: &'static str,
    answer: impl Future<Output = T>,
) -> Result<T, Check> {
    let late = |_| Check::bad(what, format!("no answer within {LIMIT:.0?}"));
    timeout(LIMIT, answer).await.map_err(late)
}
