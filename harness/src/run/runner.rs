//! A run: the set-up, the tests side by side, the removal.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use cluster::{Key, connect::Connection, remove};
use futures::future::join_all;
use jiff::Timestamp;
use model::{
    event::{Event, EventKind, TestFinished},
    timeouts::Limit,
    timing::{Span, SpanKind},
    verdict::JudgeError,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    context::{notes::Sink, session::Shared},
    error::Error,
    isolation::{
        company::{Company, Share},
        drain::Drain,
        routing::may_follow,
        schedule::{Schedule, Start, Turn},
    },
    options::Options,
    run::{
        ahead::{self, Ahead},
        base,
        lane::{Lane, Planned},
        lanes::Lanes,
        making::Making,
        prepare::{Prepared, prepare},
        trial::{End, Over, Trial},
    },
    test::Suite,
};

/// How a run ended. A test counts once for each of its rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// How many tests passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many could not be judged.
    pub errors: usize,
    /// Whether it was interrupted before every planned test was judged.
    pub interrupted: bool,
}

/// Judges the subject at `connection` and tells every event as it happens.
///
/// Cancelling `interrupt` ends the tests under way, removes what was applied and returns.
///
/// # Errors
///
/// When the run could not judge: see [`Error`]. Nothing is left behind then.
pub async fn run(
    connection: Connection,
    suite: &Suite,
    options: Options,
    events: impl Fn(Event) + Send + Sync + 'static,
    interrupt: CancellationToken,
) -> Result<Ended, Error> {
    let began = Instant::now();
    let sink: Sink = Arc::new(events);
    options.selection.check(&suite.infos())?;
    let prepared = tokio::select! {
        prepared = prepare(&connection, suite, &options, &sink) => prepared?,
        () = interrupt.cancelled() => return Err(Error::Interrupted),
    };
    let Prepared { lane, plan } = prepared;
    let lane = Arc::new(lane);
    let session = lane.session.clone();
    session.tell(EventKind::RunStarted(Box::new(plan)));

    let set_up = tokio::select! {
        set_up = set_up(&lane) => set_up,
        () = interrupt.cancelled() => Err(Error::Interrupted),
    };
    let mut drains = JoinSet::new();
    let mut lanes = Lanes::new(lane, &options);
    let (ended, judged) = match set_up {
        Ok(()) => Tests::new(&mut lanes, &options, &interrupt, began, &mut drains).run().await,
        Err(error) => (Ended::default(), Err(error)),
    };
    let incomplete = match &judged {
        Err(error) => Some(error.to_string()),
        Ok(()) => ended.interrupted.then(|| "interrupted".to_owned()),
    };
    // A run that comes next finds a Gateway that answers by nothing of this one. That is seen while the
    // Gateways stand: one that is gone answers nobody, as one that reloads.
    tokio::select! {
        () = async { while drains.join_next().await.is_some() {} } => {}
        () = interrupt.cancelled() => drains.shutdown().await,
    }
    let keep = options.keep_on_failure && ended.failed > 0;
    if options.cleanup_base && !keep {
        session.stage("removing the base environment");
        join_all(lanes.all().map(|lane| remove_base(lane))).await;
    } else {
        session.notice("the base environment is left in the cluster; `clean` removes it");
    }
    session.tell(EventKind::RunFinished { incomplete, took: began.elapsed() });
    judged.map(|()| ended)
}

/// Sets up the first lane, but for its Pods, which the tests that need none do not wait for.
async fn set_up(lane: &Lane) -> Result<(), Error> {
    base::remove_leftovers(&lane.session).await?;
    lane.base.apply(&lane.session).await
}

async fn remove_base(lane: &Lane) {
    if let Err(left) = lane.base.remove(&lane.session).await {
        lane.session.notice(format!("not removed yet: {}", left.join("; ")));
    }
}

/// The tests of a run.
struct Tests<'a> {
    lanes: &'a mut Lanes,
    /// The session of the first lane.
    session: Shared,
    options: &'a Options,
    interrupt: &'a CancellationToken,
    /// Ends the tests under way: with the user's interrupt, or when the set-up fails.
    stop: CancellationToken,
    began: Instant,
    /// How many turns have ended.
    done: u32,
    schedule: Schedule,
    ahead: Ahead,
    /// Whether Gateways are created ahead: they have addresses of their own, and there are enough.
    creates_ahead: bool,
    making: Making,
    /// Whether the certificates of the first lane are there.
    is_certified: bool,
    ended: Ended,
    /// What is under way beside the tests, which none of them waits for at the end.
    background: JoinSet<Happening>,
    trials: JoinSet<(Turn, Over)>,
    /// The tests under way.
    under_way: Vec<UnderWay>,
    /// What failed in company, and what it came to there: to be judged again, each alone.
    doubtful: Vec<(Turn, Box<TestFinished>)>,
    /// The routes of ended tests that may still answer, and what waits until they do not.
    draining: Vec<(Turn, Arc<Drain>)>,
    drains: &'a mut JoinSet<Turn>,
}

/// A test under way.
struct UnderWay {
    turn: Turn,
    company: Arc<Company>,
    /// Cancelled when it has ended, however it does.
    over: CancellationToken,
}

/// What happened beside the tests.
enum Happening {
    /// So many workloads of the first lane have their Pods ready; None: no more can be waited for.
    MorePods(Option<usize>),
    /// The Pods of a lane are ready, or will not be.
    Set(usize, Result<(), Error>),
    /// It is known whether each Gateway has an address of its own, or that it will not be.
    Addresses { apart: Option<bool> },
    /// The Gateways of a test were created.
    Created(usize),
    /// A Gateway is made, or will not be.
    Made(Key),
    /// The certificates of the first lane are there, or will not be.
    Certified(Result<(), Error>),
    /// A further lane is not set up any more.
    Closed(usize),
    /// Something was removed.
    Removed,
}

impl<'a> Tests<'a> {
    fn new(
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
    /// be judged, if the set-up failed.
    async fn run(mut self) -> (Ended, Result<(), Error>) {
        self.make(self.lanes.get(0).base.gateways());
        self.certify();
        self.wait_for_pods();
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
            tokio::select! {
                Some(done) = self.trials.join_next() => match done {
                    Ok((turn, over)) => self.count(turn, over),
                    // The body of a test is guarded; only a defect of the runner can end here.
                    Err(_) => self.ended.errors += 1,
                },
                Some(Ok(silent)) = self.drains.join_next() => {
                    self.schedule.ended(silent);
                    self.draining.retain(|(turn, _)| *turn != silent);
                }
                Some(happened) = self.background.join_next() => {
                    let happened = happened.map_err(|defect| JudgeError::new(defect.to_string()));
                    let taken = happened.map_err(Error::from).and_then(|it| self.take_in(it));
                    if let Err(error) = taken {
                        self.stop.cancel();
                        judged = Err(error);
                    }
                }
                () = starving.notified() => self.give_up_those_ahead().await,
                () = self.stop.cancelled(), if self.trials.is_empty() => {}
                else => break,
            }
        }
        self.background.shutdown().await;
        // What could not be judged again stays as it was.
        for (_, finished) in std::mem::take(&mut self.doubtful) {
            self.session.tell(EventKind::TestFinished(finished));
            self.ended.failed += 1;
        }
        if self.options.cleanup_tests {
            self.ahead.remove_rest(&self.session, &self.lanes.get(0).tests).await;
        }
        self.ended.interrupted = self.interrupt.is_cancelled();
        (self.ended, judged)
    }

    /// Whether no further test is begun.
    fn stops(&self) -> bool {
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
            let ready = |turn: Turn| {
                let Turn { test, lane, .. } = turn;
                let planned = &lanes.get(lane).tests[test];
                let new = if ahead.has(test) { 0 } else { planned.own_gateways().len() };
                lanes.stands_for(turn)
                    && (certified || !planned.needs_certificate)
                    && ahead.lets_start(test, lane)
                    && making.has_room_for(new)
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
            strict: self.options.strict,
            remove: self.options.cleanup_tests,
            keep_on_failure: self.options.keep_on_failure,
            interrupt: self.stop.clone(),
        };
        self.trials.spawn(async move {
            let _over = over.drop_guard();
            (turn, trial.run().await)
        });
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
        match over.end {
            End::Passed => self.ended.passed += 1,
            End::Failed => self.ended.failed += 1,
            End::Doubtful(finished) => self.doubtful.push((turn, finished)),
            End::Error => self.ended.errors += 1,
            End::Interrupted => {}
        }
        self.leave_closed(turn.lane);
        self.done += 1;
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
        let mut masking = Vec::new();
        for UnderWay { turn, over, .. } in &self.under_way {
            let theirs = &self.planned(*turn).footprint;
            let same_address = |a: &_, b: &_| self.session.same_address(a, b);
            if mine.footprint.conflict(theirs, same_address).is_none() {
            } else if may_follow(&theirs.rules, &drain.traces, passed) {
                drain.is_followed_by(&theirs.rules);
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

    /// # Errors
    ///
    /// When the first lane will not stand.
    fn take_in(&mut self, happened: Happening) -> Result<(), Error> {
        match happened {
            Happening::MorePods(Some(workloads)) => {
                self.session.tell(EventKind::PodsReady { workloads });
                self.wait_for_more_pods(workloads);
            }
            Happening::Set(0, set) => {
                set?;
                self.lanes.is_ready(0);
                self.session.tell(EventKind::SetUpDone { took: self.began.elapsed() });
            }
            Happening::Set(lane, Ok(())) => self.lanes.is_ready(lane),
            Happening::Set(lane, Err(error)) => {
                self.lanes.get(lane).session.notice(format!("it is left out: {error}"));
            }
            Happening::Addresses { apart: Some(true) } => self.creates_ahead = true,
            Happening::Addresses { apart } if self.lanes.are_wanted() => {
                let why = match apart {
                    Some(_) => {
                        "the Gateways share an address, where tests would answer each other's requests"
                    }
                    None => "too few Gateways have an address to tell whether they share one",
                };
                self.session.notice(format!("there is one lane: {why}"));
            }
            Happening::Closed(lane) => self.leave_closed(lane),
            Happening::Addresses { .. } | Happening::MorePods(None) | Happening::Removed => {}
            Happening::Created(test) => self.ahead.created(test),
            Happening::Made(gateway) => self.making.made(&gateway),
            Happening::Certified(done) => {
                done?;
                self.is_certified = true;
            }
        }
        Ok(())
    }

    fn certify(&mut self) {
        let of = self.lanes.get(0).clone();
        self.background
            .spawn(async move { Happening::Certified(of.base.certify(&of.session).await) });
    }

    fn wait_for_pods(&mut self) {
        let of = self.lanes.get(0).clone();
        self.background
            .spawn(async move { Happening::Set(0, of.base.pods_ready(&of.session).await) });
    }

    /// Waits for the next workload of the first lane, for tests that need it and none of the others.
    fn wait_for_more_pods(&mut self, ready: usize) {
        let of = self.lanes.get(0).clone();
        self.background.spawn(async move {
            Happening::MorePods(of.base.more_ready(&of.session, ready).await)
        });
    }

    /// Adds further lanes if they are wanted, or worth it by the pace of the tests so far.
    fn add_lanes(&mut self) {
        if !self.creates_ahead || self.stops() {
            return;
        }
        let pace = self.began.elapsed() / self.done.max(1);
        let left = pace * self.schedule.waiting() as u32;
        for _ in 0..self.lanes.more(left) {
            let number = match self.lanes.add() {
                Ok(number) => number,
                Err(error) => return self.session.notice(format!("there is one lane: {error}")),
            };
            let (lane, closed) = (self.lanes.get(number).clone(), self.lanes.closed.clone());
            self.schedule.add_lane(lane.footprints());
            self.background.spawn(async move {
                tokio::select! {
                    set_up = lane.set_up() => Happening::Set(number, set_up),
                    () = closed.cancelled() => Happening::Closed(number),
                }
            });
        }
    }

    /// Removes a closed lane in which nothing is under way any more.
    fn leave_closed(&mut self, lane: usize) {
        let is_left = self.under_way.iter().all(|it| it.turn.lane != lane);
        if lane > 0 && self.lanes.closed.is_cancelled() && is_left {
            let of = self.lanes.get(lane).clone();
            self.background.spawn(async move {
                remove_base(&of).await;
                Happening::Removed
            });
        }
    }

    fn ask_for_addresses(&mut self) {
        let session = self.session.clone();
        let limit = session.timeouts().get(Limit::GatewayMustHaveAddress);
        self.background.spawn(async move {
            Happening::Addresses { apart: session.addresses_are_apart(limit).await }
        });
    }

    /// These Gateways are in the making from now on.
    fn make(&mut self, gateways: Vec<Key>) {
        self.making.begin(&gateways);
        for gateway in gateways {
            let session = self.session.clone();
            self.background.spawn(async move {
                session.gateway_is_made(&gateway).await;
                Happening::Made(gateway)
            });
        }
    }

    fn create_gateways_ahead(&mut self) {
        let (first, standing) = (self.lanes.get(0).clone(), self.lanes.gateways());
        let tests = &first.tests;
        while self.creates_ahead && !self.stops() {
            let there = standing + self.ahead.gateways(tests);
            let (most, making) = (self.options.max_gateways, &self.making);
            let room = |gateways: usize| there + gateways <= most && making.has_room_for(gateways);
            // A Gateway before its certificate would be another case than the test is about.
            let may_be_created =
                |test: &usize| self.is_certified || !tests[*test].needs_certificate;
            let untouched = self.schedule.untouched().filter(may_be_created);
            let Some(test) = self.ahead.choose(untouched, tests, room) else { return };
            self.make(tests[test].own_gateways());
            let (session, planned) = (self.session.clone(), tests[test].clone());
            self.background.spawn(async move {
                ahead::create(&session, &planned).await;
                Happening::Created(test)
            });
        }
    }

    /// A Gateway under test has no address: those ahead of their tests are removed, if there are any.
    async fn give_up_those_ahead(&mut self) {
        let session = self.session.clone();
        self.creates_ahead = false;
        if self.lanes.close() {
            session.notice(
                "a Gateway under test has no address, and those of further lanes may have used them up; there \
                 is one lane from now on (see --lanes)",
            );
            for lane in 1..self.lanes.all().count() {
                self.leave_closed(lane);
            }
        }
        let given = self.ahead.give_up(&self.lanes.get(0).tests);
        if given.is_empty() {
            return;
        }
        session.notice(format!(
            "a Gateway under test has no address, and {} that were created ahead of their tests may have used \
             them up; they are removed, and no more are created ahead (see --max-gateways)",
            given.len()
        ));
        self.making.forget(&given);
        let limit = session.timeouts().get(Limit::DeleteTimeout);
        // What stays is in the way of its own test, which tells it.
        let _ = remove::remove(session.client(), session.watches(), &given, limit).await;
    }
}
