//! The turns of a run's tests: which begins, what it comes to, and when its routes are silent.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use jiff::Timestamp;
use model::{
    event::{EventKind, TestFinished},
    timeouts::Limit,
    timing::{Span, SpanKind},
    verdict::JudgeError,
};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    context::session::Shared,
    error::Error,
    isolation::{
        company::{Company, Share},
        drain::Drain,
        routing::may_follow,
        schedule::{Schedule, Start, Turn},
    },
    options::Options,
    run::{
        ahead::Ahead,
        happening::Happening,
        lane::Planned,
        lanes::Lanes,
        making::Making,
        reckoning::{End, Reckoning},
        trial::{HUNGER, Over, Trial},
    },
};

/// How a run ended. A test counts once for each of its rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// How many tests passed.
    pub passed: usize,
    /// How many failed, or passed though they were expected to fail.
    pub failed: usize,
    /// How many failed as was expected of them.
    pub excused: usize,
    /// How many could not be judged.
    pub errors: usize,
    /// Whether it was interrupted before every planned test was judged.
    pub interrupted: bool,
}

/// The tests of a run, with all that is under way.
pub(crate) struct Turns<'a> {
    pub(super) lanes: &'a mut Lanes,
    /// The session of the first lane.
    pub(super) session: Shared,
    pub(super) options: &'a Options,
    interrupt: &'a CancellationToken,
    /// Ends the tests under way: with the user's interrupt, or when the run cannot go on.
    stop: CancellationToken,
    pub(super) began: Instant,
    /// How many turns have ended.
    pub(super) done: u32,
    pub(super) schedule: Schedule,
    pub(super) ahead: Ahead,
    /// Whether Gateways are created ahead: they have addresses of their own, and there are enough.
    pub(super) creates_ahead: bool,
    pub(super) making: Making,
    /// Whether the certificates of the first lane are there.
    pub(super) is_certified: bool,
    ended: Ended,
    /// What is under way beside the tests, which none of them waits for at the end.
    pub(super) background: JoinSet<Happening>,
    trials: JoinSet<(Turn, Over)>,
    /// The tests under way.
    pub(super) under_way: Vec<UnderWay>,
    /// What failed in company, and what it came to there: to be judged again, each alone.
    doubtful: Vec<(Turn, Box<TestFinished>)>,
    /// The routes of ended tests that may still answer, and what waits until they do not.
    draining: Vec<(Turn, Arc<Drain>)>,
    drains: &'a mut JoinSet<Turn>,
}

/// A test under way.
pub(super) struct UnderWay {
    pub(super) turn: Turn,
    company: Arc<Company>,
    /// Cancelled when it has ended, however it does.
    over: CancellationToken,
}

impl<'a> Turns<'a> {
    pub(crate) fn new(
        lanes: &'a mut Lanes,
        options: &'a Options,
        interrupt: &'a CancellationToken,
        began: Instant,
        drains: &'a mut JoinSet<Turn>,
    ) -> Self {
        let footprints = lanes.get(0).footprints();
        Self {
            session: lanes.get(0).session.clone(),
            lanes,
            options,
            interrupt,
            stop: interrupt.child_token(),
            began,
            done: 0,
            schedule: Schedule::new(
                footprints,
                options.rounds,
                options.max_parallel,
                !options.alone,
            ),
            ahead: Ahead::default(),
            creates_ahead: false,
            making: Making::default(),
            is_certified: false,
            ended: Ended::default(),
            background: JoinSet::new(),
            trials: JoinSet::new(),
            under_way: Vec::new(),
            doubtful: Vec::new(),
            draining: Vec::new(),
            drains,
        }
    }

    /// Runs them side by side as far as their footprints allow. Beside the counts, why not all could
    /// be judged, if the set-up failed or the suite has a defect.
    pub(crate) async fn run(mut self) -> (Ended, Result<(), Error>) {
        self.make(self.lanes.get(0).base.gateways());
        self.certify();
        self.wait_for_more_pods(0);
        self.ask_for_addresses();
        let mut judged = Ok(());
        let starving = self.session.starving.clone();
        loop {
            self.start_what_can();
            self.create_gateways_ahead();
            self.add_lanes();
            self.start_alone();
            // Without a test that waits nothing beside the tests matters any more.
            let is_done = !self.schedule.has_waiting() && self.doubtful.is_empty();
            if self.trials.is_empty() && (self.stops() || is_done) {
                break;
            }
            let taken = tokio::select! {
                Some(done) = self.trials.join_next() => {
                    whole(done).map(|(turn, over)| self.count(turn, over))
                }
                Some(silent) = self.drains.join_next() => whole(silent).map(|silent| {
                    self.schedule.ended(silent);
                    self.draining.retain(|(turn, _)| *turn != silent);
                }),
                Some(happened) = self.background.join_next() => {
                    whole(happened).and_then(|it| self.take_in(it))
                }
                () = starving.notified() => {
                    if self.making.is_overdue(HUNGER) {
                        self.give_up_those_ahead().await;
                    }
                    Ok(())
                }
                () = self.stop.cancelled(), if self.trials.is_empty() => Ok(()),
                else => break,
            };
            if let Err(error) = taken {
                self.stop.cancel();
                judged = judged.and(Err(error));
            }
        }
        self.background.shutdown().await;
        // What could not be judged again stays as it was.
        for (turn, finished) in std::mem::take(&mut self.doubtful) {
            self.take_end(turn, self.reckoning(turn).end(&finished.outcome, &finished.findings));
            self.session.tell(EventKind::TestFinished(finished));
        }
        if self.options.cleanup_tests {
            self.ahead.remove_rest(&self.session, &self.lanes.get(0).tests).await;
        }
        self.ended.interrupted = self.interrupt.is_cancelled();
        (self.ended, judged)
    }

    /// Whether no further test is begun.
    pub(super) fn stops(&self) -> bool {
        self.stop.is_cancelled() || (self.first_counts() && self.ended.failed > 0)
    }

    /// Whether the first failure is waited for, which decides whether any further test is begun.
    fn first_counts(&self) -> bool {
        self.options.fail_fast || self.options.keep_on_failure
    }

    /// Begins the second look at a test that failed in company, when nothing else is under way.
    fn start_alone(&mut self) {
        let idle = self.trials.is_empty() && self.drains.is_empty();
        let due = self.first_counts() || !self.schedule.has_waiting();
        if !idle || !due || self.stops() {
            return;
        }
        if !self.doubtful.is_empty() {
            // A copy may be what was wrong.
            let (turn, _) = self.doubtful.remove(0);
            self.start(Turn { lane: 0, ..turn }, Vec::new());
        }
    }

    fn start_what_can(&mut self) {
        while !self.stops() && (self.doubtful.is_empty() || !self.first_counts()) {
            let lanes = &*self.lanes;
            let (ahead, making, certified) = (&self.ahead, &self.making, self.is_certified);
            let room = self.options.max_gateways.map(|most| most.saturating_sub(self.gateways()));
            let ready = |turn: Turn| {
                let Turn { test, lane, .. } = turn;
                let planned = &lanes.get(lane).tests[test];
                let new = if ahead.has(test) { 0 } else { planned.own_gateways().len() };
                lanes.stands_for(turn)
                    && (certified || !planned.needs_certificate)
                    && ahead.lets_start(test, lane)
                    && making.has_room_for(new)
                    && room.is_none_or(|room| new <= room)
            };
            let session = &self.session;
            let start = self.schedule.next(ready, |a, b| session.same_address(a, b));
            let Some(Start { turn, follows, behind }) = start else { return };
            if !self.ahead.has(turn.test) {
                self.make(self.planned(turn).own_gateways());
            }
            self.ahead.begun(turn.test);
            let planned = self.planned(turn);
            for (_, drain) in self.draining.iter().filter(|(ended, _)| follows.contains(ended)) {
                drain.is_followed_by(&planned.footprint.rules);
            }
            let behind = self.draining.iter().filter(|(ended, _)| behind.contains(ended));
            let behind: Vec<_> = behind.map(|(_, drain)| drain.clone()).collect();
            self.start(turn, behind);
        }
    }

    /// How many Gateways there are, with those that the tests under way make.
    pub(super) fn gateways(&self) -> usize {
        let own = self.under_way.iter().map(|it| self.planned(it.turn).own_gateways().len());
        let ahead = self.ahead.gateways(&self.lanes.get(0).tests);
        self.lanes.gateways() + ahead + own.sum::<usize>()
    }

    /// How many more may come ahead of their tests: none may be in the way of a test that is to be judged
    /// again.
    pub(super) fn room_ahead(&self) -> usize {
        let first = self.lanes.get(0);
        let again = self.doubtful.iter().map(|(turn, _)| first.tests[turn.test].own_gateways());
        let again = again.map(|gateways| gateways.len()).max().unwrap_or_default();
        let most = self.options.max_gateways.unwrap_or(usize::MAX);
        let ahead = self.lanes.gateways() + self.ahead.gateways(&first.tests);
        let within = most.saturating_sub(self.gateways() + again);
        within.min(self.options.gateways_ahead.saturating_sub(ahead))
    }

    fn start(&mut self, turn: Turn, behind: Vec<Arc<Drain>>) {
        let lane = self.lanes.get(turn.lane).clone();
        let planned = lane.tests[turn.test].clone();
        let company =
            Arc::new(if turn.lane == 0 { Company::default() } else { Company::in_copy() });
        for other in &self.under_way {
            let them = self.planned(other.turn);
            let share = self.share(&planned, &them);
            company.joined_by(them.test.name, share);
            other.company.joined_by(planned.test.name, share);
        }
        let over = CancellationToken::new();
        self.under_way.push(UnderWay { turn, company: company.clone(), over: over.clone() });
        let trial = Trial {
            session: lane.session.clone(),
            planned,
            behind,
            round: turn.round,
            company,
            reckoning: self.reckoning(turn),
            remove: self.options.cleanup_tests,
            keep_on_failure: self.options.keep_on_failure,
            captures: self.options.captures.clone(),
            interrupt: self.stop.clone(),
        };
        self.trials.spawn(async move {
            let _over = over.drop_guard();
            (turn, trial.run().await)
        });
    }

    /// How the end of a test counts.
    fn reckoning(&self, turn: Turn) -> Reckoning {
        let expected = self.options.selection.expected(self.planned(turn).test.name);
        Reckoning { strict: self.options.strict, expected }
    }

    fn planned(&self, turn: Turn) -> Arc<Planned> {
        self.lanes.get(turn.lane).tests[turn.test].clone()
    }

    /// What two tests have in common.
    fn share(&self, one: &Planned, other: &Planned) -> Share {
        let session = &self.session;
        let mut pairs = one
            .footprint
            .gateways
            .iter()
            .flat_map(|mine| other.footprint.gateways.iter().map(move |theirs| (mine, theirs)));
        let meets =
            pairs.any(|(mine, theirs)| mine == theirs || session.same_address(mine, theirs));
        if meets { Share::Gateway } else { Share::Nothing }
    }

    fn count(&mut self, turn: Turn, over: Over) {
        self.under_way.retain(|it| it.turn != turn);
        self.making.forget(&self.planned(turn).own_gateways());
        if let Some(drain) = over.drain {
            self.drain(turn, drain, &over.end);
        } else {
            self.schedule.ended(turn);
        }
        self.take_end(turn, over.end);
        self.leave_closed(turn.lane);
        self.done += 1;
    }

    fn take_end(&mut self, turn: Turn, end: End) {
        match end {
            End::Passed => self.ended.passed += 1,
            End::Failed => self.ended.failed += 1,
            End::Excused => self.ended.excused += 1,
            End::Doubtful(finished) => self.doubtful.push((turn, finished)),
            End::Error => self.ended.errors += 1,
            End::Interrupted => {}
        }
    }

    /// Lets the routes of an ended test fall silent beside the tests.
    ///
    /// Of a test that is judged again the silence must last: its routes may have come too late, and would
    /// answer in place of the next ones. Nor can it be told from the answers of a test that is still under way
    /// beside it, if that has routes for the same requests: that is waited for first.
    fn drain(&mut self, turn: Turn, drain: Drain, end: &End) {
        let lasting = match end {
            End::Doubtful(_) => self.session.timeouts().get(Limit::MaxTimeToConsistency),
            _ => Duration::ZERO,
        };
        let passed = matches!(end, End::Passed);
        let mine = self.planned(turn);
        let meets = |it: &&UnderWay| {
            let theirs = &self.planned(it.turn).footprint;
            mine.footprint.conflict(theirs, |a, b| self.session.same_address(a, b)).is_some()
        };
        let mut masking = Vec::new();
        for UnderWay { turn, over, .. } in self.under_way.iter().filter(meets) {
            let rules = &self.planned(*turn).footprint.rules;
            if may_follow(rules, &drain.traces, passed) {
                drain.is_followed_by(rules);
            } else {
                masking.push(over.clone());
            }
        }
        self.schedule.drains(turn, drain.traces.clone(), passed);
        let drain = Arc::new(drain);
        self.draining.push((turn, drain.clone()));
        let lane = self.lanes.get(turn.lane).clone();
        self.drains.spawn(async move {
            join_all(masking.iter().map(CancellationToken::cancelled)).await;
            let (at, began) = (Timestamp::now(), Instant::now());
            drain.end(&lane.session, lasting).await;
            let test = lane.tests[turn.test].test.name.into();
            let spans = vec![Span { kind: SpanKind::Drain, began: at, took: began.elapsed() }];
            lane.session.tell(EventKind::TestDrained { test, spans });
            turn
        });
    }
}

/// What a task of the run came to. The body of a test is guarded, so only a defect of the runner can break one off; and
/// since it is not known what the task had in hand, tests that wait for its end would wait for ever.
fn whole<T>(done: Result<T, JoinError>) -> Result<T, Error> {
    done.map_err(|broken| {
        let text = format!("the run ended by a defect of the suite; please report it: {broken}");
        JudgeError::new(text).into()
    })
}
