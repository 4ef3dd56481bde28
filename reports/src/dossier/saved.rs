//! All that is kept of a test that failed.

use model::{dossier::Dossier, event::TestFinished, plan::PlannedTest};
use serde::{Deserialize, Serialize};

/// The file that has everything; the others are made from it.
pub(super) const WHOLE: &str = "dossier.json";

/// All that is kept of a test.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) test: PlannedTest,
    pub(super) finished: TestFinished,
    pub(super) captured: Dossier,
}

impl Saved {
    /// Where it is in the folder: named after the test, and after its round from the second on.
    pub(super) fn name(&self) -> String {
        match self.finished.round {
            1 => self.finished.test.clone(),
            round => format!("{}-round-{round}", self.finished.test),
        }
    }
}
