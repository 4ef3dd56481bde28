//! What a test notes while it runs: its steps, what happened, and findings beside the verdict.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use model::{
    event::{Event, EventKind},
    verdict::{Finding, Moment},
};

/// Where the events of a run go.
pub type Sink = Arc<dyn Fn(Event) + Send + Sync>;

/// The notes of one test.
pub(crate) struct Notes {
    test: &'static str,
    sink: Sink,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    moments: Vec<Moment>,
    findings: Vec<Finding>,
    last_step: String,
}

impl Notes {
    pub(crate) fn new(test: &'static str, sink: Sink) -> Self {
        Self { test, sink, kept: Mutex::default() }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // A panic in one test must not take its notes away from the report.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what the test waits for, once for each text in a row.
    pub(crate) fn step(&self, step: impl Into<String>) {
        let step = step.into();
        {
            let mut kept = self.kept();
            if kept.last_step == step {
                return;
            }
            kept.last_step.clone_from(&step);
        }
        (self.sink)(Event::now(EventKind::TestStep { test: self.test.into(), step }));
    }

    /// Keeps something that happened for the time line of a failure.
    pub(crate) fn moment(&self, what: impl Into<String>) {
        self.moment_at(Timestamp::now(), what);
    }

    /// Keeps something that happened a while ago.
    pub(crate) fn moment_at(&self, at: Timestamp, what: impl Into<String>) {
        self.kept().moments.push(Moment { at, what: what.into() });
    }

    /// Keeps a finding.
    pub(crate) fn finding(&self, finding: Finding) {
        self.kept().findings.push(finding);
    }

    /// Everything that happened, and the findings.
    pub(crate) fn take(&self) -> (Vec<Moment>, Vec<Finding>) {
        let mut kept = self.kept();
        (std::mem::take(&mut kept.moments), std::mem::take(&mut kept.findings))
    }
}
