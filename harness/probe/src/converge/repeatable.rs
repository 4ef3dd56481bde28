//! The seam between what repeats and what is repeated.

use std::time::Duration;

use model::verdict::Mismatch;

use crate::echo::Captured;

/// An exchange with a Gateway, in whatever protocol, ready to be made as often as it takes.
pub(crate) trait Repeatable {
    /// What came of making it once.
    type Attempt;

    /// How long a backend is asked to take for its answer.
    fn takes(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether it is made once at a time.
    fn in_turn(&self) -> bool {
        false
    }

    /// Makes it once, the same each time.
    async fn attempt(&self) -> Self::Attempt;

    /// Makes it once, with this number in what a Gateway may choose a backend by.
    async fn varied_attempt(&self, variation: u16) -> Self::Attempt;

    /// What an echo backend captured, which is empty where none answered, if the attempt succeeded; else
    /// what was observed.
    fn judge(&self, attempt: &Self::Attempt) -> Result<Captured, String>;

    /// Whether there was an answer that says what the Gateway does: not that it is busy, or that
    /// something behind it is not there at the moment.
    fn is_definite(attempt: &Self::Attempt) -> bool;

    /// What went over the wire.
    fn transcript(attempt: &Self::Attempt) -> String;

    /// Says that this was observed in place of what the exchange wants.
    fn mismatch(&self, observed: String) -> Mismatch;
}

/// An exchange of which it can be told who answered.
pub(crate) trait Attributable: Repeatable {
    /// Whether no data plane that is late explains what came of an attempt: a backend answered, so that a route is
    /// programmed. Where none may answer, a data plane lets requests through until it is told not to.
    fn is_decided_by(&self, attempt: &Self::Attempt) -> bool;
}

/// An exchange of which each request can be told from all others, where copies of it go too.
pub(crate) trait Markable: Repeatable {
    /// Makes it once, with this parameter in the query of its path and this mark as its value.
    async fn marked_attempt(&self, parameter: &'static str, mark: &str) -> Self::Attempt;
}
