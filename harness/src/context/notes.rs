//! What a test notes while it runs: its steps, what happened, and findings beside the verdict.

use std::{
    ops::Add,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use model::{
    event::{Event, EventKind},
    timing::{Answers, Settling, Span, SpanKind},
    verdict::{Finding, Moment},
};

/// Where the events of a run go.
pub type Sink = Arc<dyn Fn(Event) + Send + Sync>;

/// A wait that ends sooner was none.
const SHORTEST_SPAN: Duration = Duration::from_micros(100);

/// The notes of one test.
pub(crate) struct Notes {
    test: &'static str,
    sink: Sink,
    kept: Mutex<Kept>,
}

/// What was noted.
#[derive(Default)]
pub(crate) struct Kept {
    /// What happened.
    pub(crate) moments: Vec<Moment>,
    /// Rules beside the verdict that were broken.
    pub(crate) findings: Vec<Finding>,
    /// What was right only after a while.
    pub(crate) settling: Vec<Settling>,
    /// What exchanges were answered once they had been right.
    pub(crate) answers: Answers,
    /// Where the time went.
    pub(crate) spans: Vec<Span>,
    /// What was waited for last.
    pub(crate) last_step: String,
}

impl Notes {
    pub(crate) fn new(test: &'static str, sink: Sink) -> Self {
        Self { test, sink, kept: Mutex::default() }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // A panic in one test must not take its notes away from the report.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The test's name.
    pub(crate) fn test(&self) -> &'static str {
        self.test
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

    /// Keeps what was right only after a while.
    pub(crate) fn settled(&self, settling: Settling) {
        self.kept().settling.push(settling);
    }

    /// Keeps what exchanges were answered once they had been right.
    pub(crate) fn answered(&self, answers: impl IntoIterator<Item = Answers>) {
        let mut kept = self.kept();
        kept.answers = answers.into_iter().fold(kept.answers, Add::add);
    }

    /// Keeps what a stretch of time was spent on, if it was long enough to count.
    pub(crate) fn span(&self, kind: SpanKind, began: Timestamp, took: Duration) {
        if took >= SHORTEST_SPAN {
            self.kept().spans.push(Span { kind, began, took });
        }
    }

    /// What `work` is waited for is noted as a stretch of this kind.
    pub(crate) async fn during<T>(&self, kind: SpanKind, work: impl Future<Output = T>) -> T {
        let (at, began) = (Timestamp::now(), Instant::now());
        let done = work.await;
        self.span(kind, at, began.elapsed());
        done
    }

    /// Everything that was kept; nothing is, after that.
    pub(crate) fn take(&self) -> Kept {
        std::mem::take(&mut self.kept())
    }
}
