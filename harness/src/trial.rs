//! A test under way: its objects, its body, its verdict, the removal.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use cluster::{Key, Kind, Object, apply::ApplyError, remove};
use futures::FutureExt;
use model::{
    event::{EventKind, TestFinished},
    timeouts::Limit,
    timing::SpanKind,
    verdict::{Failure, JudgeError, Outcome, Stop, Verdict},
};
use tokio_util::sync::CancellationToken;

use crate::{
    drain::Drain,
    lane::{Planned, turn},
    notes::{Kept, Notes},
    session::Shared,
    subject::{Subject, judge},
};

/// How a test ended, findings counted as the user wants them counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    Failed,
    Error,
    Interrupted,
}

/// What is left of a turn.
pub(crate) struct Over {
    pub(crate) end: End,
    /// The routes that were removed and may still answer.
    pub(crate) drain: Option<Drain>,
}

/// A turn of a test.
pub(crate) struct Trial {
    pub(crate) session: Shared,
    pub(crate) planned: Arc<Planned>,
    /// The routes that may answer where the test's do; it sends nothing before they are silent.
    pub(crate) behind: Vec<Arc<Drain>>,
    pub(crate) round: u32,
    pub(crate) strict: bool,
    /// Whether its objects are removed after it.
    pub(crate) remove: bool,
    pub(crate) keep_on_failure: bool,
    pub(crate) interrupt: CancellationToken,
}

impl Trial {
    /// Applies the test's objects, judges, tells the verdict and removes the objects.
    pub(crate) async fn run(self) -> Over {
        let test = self.planned.test;
        self.session.tell(EventKind::TestStarted { test: test.name.into() });
        let began = Instant::now();
        let subject = Subject::new(self.session.clone(), test, self.behind.clone());
        let body = AssertUnwindSafe(self.body(&subject)).catch_unwind();
        let verdict = tokio::select! {
            verdict = body => Some(verdict.unwrap_or_else(|panic| Err(panicked(&*panic).into()))),
            () = self.interrupt.cancelled() => None,
        };
        let took = began.elapsed();
        let Kept { moments: timeline, findings, settling, spans, .. } = subject.notes.take();
        let broken = self.strict && !findings.is_empty();
        let outcome = match verdict {
            None => Outcome::Interrupted,
            Some(Ok(())) => Outcome::Passed,
            Some(Err(Stop::Failed(failure))) => {
                Outcome::Failed { failure: Failure { timeline, ..*failure } }
            }
            Some(Err(Stop::Error(error))) => Outcome::Error { error },
        };
        self.session.tell(EventKind::TestFinished(Box::new(TestFinished {
            test: test.name.into(),
            round: self.round,
            outcome: outcome.clone(),
            findings,
            settling,
            spans,
            took,
        })));
        let end = match outcome {
            Outcome::Passed if broken => End::Failed,
            Outcome::Passed => End::Passed,
            Outcome::Failed { .. } => End::Failed,
            Outcome::Error { .. } => End::Error,
            Outcome::Interrupted => End::Interrupted,
        };
        let mut drain = None;
        if self.remove && !(self.keep_on_failure && end == End::Failed) {
            drain = self.remove(&subject.notes).await;
            let test = test.name.into();
            self.session.tell(EventKind::TestRemoved { test, spans: subject.notes.take().spans });
        }
        Over { end, drain }
    }

    async fn body(&self, subject: &Subject) -> Verdict {
        let apply = async {
            for objects in self.planned.objects.chunk_by(|one, other| turn(one) == turn(other)) {
                if objects.iter().any(is_route) {
                    for route in objects {
                        self.session.apply(route).await?;
                    }
                } else {
                    self.session.apply_all(objects).await?;
                }
            }
            Ok::<_, ApplyError>(())
        };
        subject.notes.during(SpanKind::Apply, apply).await.map_err(judge)?;
        let count = self.planned.objects.len();
        subject
            .notes
            .moment(format!("applied {count} object{}", if count == 1 { "" } else { "s" }));
        (self.planned.test.run)(subject).await
    }

    /// Removes what the test applied. Gives its routes, which may still answer for a while.
    async fn remove(&self, notes: &Notes) -> Option<Drain> {
        let Planned { objects, services, .. } = &*self.planned;
        let keys: Vec<Key> = objects.iter().filter_map(Key::of).collect();
        let limit = self.session.timeouts().get(Limit::DeleteTimeout);
        let drain = Drain::before_removal(&self.session, objects, services);
        let removed = remove::remove(self.session.client(), self.session.watches(), &keys, limit);
        let removed = notes.during(SpanKind::Remove, removed).await;
        let remnants = removed.err().unwrap_or_default();
        let routes_stay = remnants.iter().any(|remnant| remnant.key.kind.is_route());
        for remnant in remnants {
            self.session.notice(format!("{}: not removed yet: {remnant}", self.planned.test.name));
        }
        // A route that may not be removed goes on to answer.
        (!routes_stay && !self.interrupt.is_cancelled()).then_some(drain)
    }
}

fn is_route(object: &Object) -> bool {
    Kind::of(object).is_some_and(Kind::is_route)
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> JudgeError {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    JudgeError::new(format!("the test panicked, which is a defect of the suite: {text}"))
}
