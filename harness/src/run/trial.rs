//! A test under way: its objects, its body, its verdict, the removal.

use std::{
    convert::Infallible,
    future::pending,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use cluster::{
    Key, Kind, Object,
    apply::ApplyError,
    remove::{self, Remnant},
    wait::Progress,
};
use futures::FutureExt;
use model::{
    dossier::LogSource,
    event::{EventKind, RedInCompany, TestFinished},
    timeouts::Limit,
    timing::SpanKind,
    verdict::{Failure, JudgeError, Mismatch, Outcome, Stop, Verdict},
    version::SuiteVersion,
};
use probe::NO_WAY;
use tokio_util::sync::CancellationToken;

use crate::{
    context::{notes::Kept, session::Shared},
    isolation::{company::Company, drain::Drain},
    options::Phase,
    run::{
        capture::capture,
        hooks,
        lane::{Planned, turns},
        readiness,
        reckoning::{End, Reckoning},
    },
    verbs::{
        gateway::GatewayObject,
        subject::{Subject, judge, refused},
        together::all_of,
    },
};

/// How long a Gateway may be without an address before others are looked at that may have it, where none takes so
/// long.
pub(crate) const HUNGER: Duration = Duration::from_secs(4);

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
    /// What else is under way.
    pub(crate) company: Arc<Company>,
    /// How its end counts.
    pub(crate) reckoning: Reckoning,
    /// Whether its objects are removed after it.
    pub(crate) remove: bool,
    pub(crate) keep_on_failure: bool,
    /// What is captured of a failure, see [`Options::captures`](crate::Options::captures).
    pub(crate) captures: Option<Vec<LogSource>>,
    pub(crate) interrupt: CancellationToken,
}

impl Trial {
    /// Applies the test's objects, judges, tells the verdict and removes the objects.
    pub(crate) async fn run(self) -> Over {
        let test = self.planned.test;
        self.session.tell(EventKind::TestStarted { test: test.name.into() });
        let began = Instant::now();
        let (objects, behind) = (self.planned.before_and_later(), self.behind.clone());
        let subject = Subject::new(self.session.clone(), test.name, test.sends, objects, behind);
        let body = async {
            hooks::play(&self.session, Phase::BeforeTest, Some(test.name)).await?;
            tokio::select! {
                verdict = self.body(&subject) => verdict,
                never = self.cry_for_addresses() => match never {},
            }
        };
        let body = AssertUnwindSafe(body).catch_unwind();
        let verdict = tokio::select! {
            verdict = body => Some(verdict.unwrap_or_else(|panic| Err(panicked(&*panic).into()))),
            () = self.interrupt.cancelled() => None,
        };
        let took = began.elapsed();
        let Kept { moments: timeline, findings, settling, answers, spans, last_step } =
            subject.notes.take();
        let broken = self.reckoning.strict && !findings.is_empty();
        let mut outcome = match verdict {
            None => {
                let last = if last_step.is_empty() { "its beginning" } else { &last_step };
                self.session.notice(format!("{}: interrupted, last at: {last}", test.name));
                Outcome::Interrupted
            }
            Some(Ok(())) => Outcome::Passed,
            Some(Err(Stop::Failed(failure))) => {
                Outcome::Failed { failure: Failure { timeline, ..*failure } }
            }
            Some(Err(Stop::Error(error))) => Outcome::Error { error },
        };
        if let Some(why) = no_way(&outcome) {
            outcome = Outcome::Error { error: JudgeError::new(why) };
        }
        let wrong: Vec<_> = match &outcome {
            Outcome::Failed { failure } => failure.mismatches.iter().collect(),
            Outcome::Passed if broken => findings.iter().map(|found| &found.mismatch).collect(),
            _ => Vec::new(),
        };
        let mut is_doubtful = !wrong.is_empty() && self.company.may_explain(wrong);
        if is_ill(&outcome) || broken {
            self.play_at_leisure(Phase::OnFailure).await;
        }
        if let Some(sources) = self.captures.as_ref().filter(|_| is_ill(&outcome) || broken) {
            let made = subject.all_made();
            let captured = capture(&self.session, &self.planned, made, sources, took).await;
            self.session.tell(EventKind::Captured(Box::new(captured)));
        }
        let counts = matches!(self.reckoning.end(&outcome, &findings), End::Failed);
        let removes = self.remove && !(self.keep_on_failure && counts && !is_doubtful);
        let mut drain = None;
        if removes {
            let (silence, left) = self.remove(&subject).await;
            drain = silence;
            // What is still there would be in the way of a second look.
            is_doubtful &= left.is_empty();
            outcome = self.with_remnants(outcome, left);
        }
        let round = self.round;
        let name = test.name.to_owned();
        let finished = Box::new(TestFinished {
            test: name,
            round,
            outcome,
            findings,
            settling,
            answers,
            spans,
            took,
        });
        if is_doubtful {
            self.session.tell(EventKind::RedInCompany(Box::new(self.red_in_company(&finished))));
        } else {
            self.session.tell(EventKind::TestFinished(finished.clone()));
        }
        let end = match self.reckoning.end(&finished.outcome, &finished.findings) {
            _ if is_doubtful => End::Doubtful(finished),
            end => end,
        };
        self.play_at_leisure(Phase::AfterTest).await;
        if removes {
            let test = test.name.into();
            self.session.tell(EventKind::TestRemoved { test, spans: subject.notes.take().spans });
        }
        Over { end, drain }
    }

    /// Runs commands whose failure changes no verdict.
    async fn play_at_leisure(&self, phase: Phase) {
        let played = hooks::play(&self.session, phase, Some(self.planned.test.name)).await;
        if let Err(error) = played {
            self.session.notice(error.to_string());
        }
    }

    fn red_in_company(&self, finished: &TestFinished) -> RedInCompany {
        let failure = match &finished.outcome {
            Outcome::Failed { failure } => failure.clone(),
            _ => Failure {
                mismatches: finished.findings.iter().map(|it| it.mismatch.clone()).collect(),
                ..Failure::default()
            },
        };
        RedInCompany {
            test: finished.test.clone(),
            round: finished.round,
            failure,
            beside: self.company.names(),
            took: finished.took,
        }
    }

    async fn body(&self, subject: &Subject) -> Verdict {
        let (before, _) = self.planned.before_and_later();
        let apply = async {
            for objects in turns(before) {
                self.session.apply_all(objects).await?;
            }
            Ok::<_, ApplyError>(())
        };
        subject.notes.during(SpanKind::Apply, apply).await.map_err(refused)?;
        subject.note_applied(before.len());
        let workloads = before.iter().filter_map(Key::of);
        let workloads: Vec<_> = workloads.filter(|key| key.kind == Kind::Deployment).collect();
        if !workloads.is_empty() {
            readiness::workloads_ready(&self.session, &workloads).await.map_err(judge)?;
        }
        // As the Go suite's set-up asks all of them.
        let of_base = self.planned.base_gateways.iter().cloned();
        let of_base: Vec<_> = of_base.map(|key| GatewayObject::at(subject, key)).collect();
        all_of(of_base.iter().map(GatewayObject::must_be_programmed)).await?;
        self.planned.test.body(subject).await?;
        subject.must_still_hold().await
    }

    /// Tells the runner every while that one of the test's Gateways has no address yet: others that were
    /// created ahead may have used them up.
    async fn cry_for_addresses(&self) -> Infallible {
        let own = self.planned.own_gateways();
        let all_have = |_: &[Arc<Object>]| {
            if self.session.lacks_address(&own) {
                Progress::NotYet(String::new())
            } else {
                Progress::Met(())
            }
        };
        let gateways = self.session.store(Kind::Gateway);
        while let Err(unmet) = gateways.until_all(HUNGER, all_have).await {
            if unmet.never {
                break;
            }
            self.session.starving.notify_one();
        }
        pending().await
    }

    /// Removes what the test applied and made. Gives its routes, which may still answer for a while, and what is
    /// still there.
    async fn remove(&self, subject: &Subject) -> (Option<Drain>, Vec<Remnant>) {
        let Planned { objects, services, .. } = &*self.planned;
        let mut keys: Vec<Key> = objects.iter().filter_map(Key::of).collect();
        keys.extend(subject.all_made());
        let limit = self.session.timeouts().get(Limit::DeleteTimeout);
        let drain = Drain::before_removal(&self.session, objects, services);
        let removed = remove::remove(self.session.client(), self.session.watches(), &keys, limit);
        let removed = subject.notes.during(SpanKind::Remove, removed).await;
        let remnants = removed.err().unwrap_or_default();
        let routes_stay = remnants.iter().any(|remnant| remnant.key.kind.is_route());
        // A route that may not be removed goes on to answer.
        let silence = (!routes_stay && !self.interrupt.is_cancelled()).then_some(drain);
        (silence, remnants)
    }

    /// The end with what could not be removed: since v1.7.0 that is part of the verdict. What this user may
    /// not delete is told of only.
    fn with_remnants(&self, outcome: Outcome, remnants: Vec<Remnant>) -> Outcome {
        let counts = self.session.suite_version() >= SuiteVersion::V1_7_0;
        let (of_subject, told): (Vec<_>, Vec<_>) =
            remnants.into_iter().partition(|remnant| counts && !remnant.is_forbidden);
        for remnant in told {
            self.session.notice(format!("{}: not removed yet: {remnant}", self.planned.test.name));
        }
        let left = of_subject.into_iter().map(|Remnant { key, because, waited, .. }| Mismatch {
            waited,
            ..Mismatch::new(key.to_string(), "gone after its deletion", because)
        });
        let left: Vec<_> = left.collect();
        match outcome {
            Outcome::Passed if !left.is_empty() => {
                let cause = Some("something does not let go of what was deleted".to_owned());
                Outcome::Failed {
                    failure: Failure { mismatches: left, cause, timeline: Vec::new() },
                }
            }
            Outcome::Failed { mut failure } => {
                failure.mismatches.extend(left);
                Outcome::Failed { failure }
            }
            other => other,
        }
    }
}

/// That the Gateway was not reached by the way that was chosen, which is no doing of its own.
fn no_way(outcome: &Outcome) -> Option<String> {
    let Outcome::Failed { failure } = outcome else { return None };
    let mut mismatches = failure.mismatches.iter();
    let found = mismatches.find(|it| it.observed_last().contains(NO_WAY))?;
    Some(format!("{}: {}", found.subject, found.observed))
}

/// Whether there is something to look into.
const fn is_ill(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { .. } | Outcome::Error { .. })
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> JudgeError {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    JudgeError::new(format!("the test panicked, which is a defect of the suite: {text}"))
}
