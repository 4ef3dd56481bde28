//! What a test has seen fulfilled must be so when it ends.

use model::{
    timeouts::Limit,
    verdict::{Stop, Verdict},
};

use crate::verbs::{subject::Subject, together::all_of};

impl Subject {
    /// What the test has seen fulfilled must be so at its end, or become so again within
    /// `MaxTimeToConsistency`: an older status may be written once more by a right implementation.
    ///
    /// # Errors
    ///
    /// A failure that shows what it is now.
    pub(crate) async fn must_still_hold(&self) -> Verdict {
        let longest = self.limit(Limit::MaxTimeToConsistency);
        let held = self.held.take();
        let checks = held.iter().map(|held| async move {
            let expected = format!("{}, to the end of the test", held.expected);
            let limit = held.limit.min(longest);
            match self.until(&held.key, limit, &expected, &held.expect).await {
                Err(Stop::Failed(failure)) => {
                    let cause = "it was so for a moment only";
                    Err(failure.because(cause).into())
                }
                other => other,
            }
        });
        all_of(checks).await
    }
}
