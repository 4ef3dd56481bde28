//! What goes on beside the tests of a run: the set-up of the base environment, of its copies, and of Gateways
//! ahead of their tests.

use cluster::{Key, remove};
use model::{event::EventKind, timeouts::Limit};

use crate::{
    error::Error,
    run::{ahead, happening::Happening, turns::Turns},
};

impl Turns<'_> {
    /// # Errors
    ///
    /// When the first lane will not stand.
    pub(super) fn take_in(&mut self, happened: Happening) -> Result<(), Error> {
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
                // Not before: the time that the keys take is ours.
                self.wait_for_pods();
            }
        }
        Ok(())
    }

    pub(super) fn certify(&mut self) {
        let (of, was_left) = (self.lanes.get(0).clone(), self.lanes.was_left);
        self.background.spawn(async move {
            Happening::Certified(of.base.certify(&of.session, was_left).await)
        });
    }

    fn wait_for_pods(&mut self) {
        let of = self.lanes.get(0).clone();
        self.background
            .spawn(async move { Happening::Set(0, of.base.pods_ready(&of.session).await) });
    }

    /// Waits for the next workload of the first lane, for tests that need it and none of the others.
    pub(super) fn wait_for_more_pods(&mut self, ready: usize) {
        let of = self.lanes.get(0).clone();
        self.background.spawn(async move {
            Happening::MorePods(of.base.more_ready(&of.session, ready).await)
        });
    }

    /// Adds further lanes if they are wanted, or worth it by the pace of the tests so far.
    pub(super) fn add_lanes(&mut self) {
        if !self.creates_ahead || self.stops() {
            return;
        }
        let pace = self.began.elapsed() / self.done.max(1);
        let left = pace * self.schedule.waiting() as u32;
        let more = self.lanes.more(left);
        if more > 0 && !self.lanes.are_wanted() {
            self.session.notice(format!(
                "what is left would take about {left:.0?}; tests go on in {more} further copies of the base environment as they \
                 come to stand (see --lanes)"
            ));
        }
        for _ in 0..more {
            let number = match self.lanes.add() {
                Ok(number) => number,
                Err(error) => return self.session.notice(format!("there is one lane: {error}")),
            };
            let (lane, closed) = (self.lanes.get(number).clone(), self.lanes.closed.clone());
            let was_left = self.lanes.was_left;
            self.schedule.add_lane(lane.footprints());
            self.background.spawn(async move {
                tokio::select! {
                    set_up = lane.set_up(was_left) => Happening::Set(number, set_up),
                    () = closed.cancelled() => Happening::Closed(number),
                }
            });
        }
    }

    /// Removes a closed lane in which nothing is under way any more.
    pub(super) fn leave_closed(&mut self, lane: usize) {
        let is_left = self.under_way.iter().all(|it| it.turn.lane != lane);
        if lane > 0 && self.lanes.closed.is_cancelled() && is_left {
            let of = self.lanes.get(lane).clone();
            self.background.spawn(async move {
                of.remove().await;
                Happening::Removed
            });
        }
    }

    pub(super) fn ask_for_addresses(&mut self) {
        let session = self.session.clone();
        let limit = session.timeouts().get(Limit::GatewayMustHaveAddress);
        self.background.spawn(async move {
            Happening::Addresses { apart: session.addresses_are_apart(limit).await }
        });
    }

    /// These Gateways are in the making from now on.
    pub(super) fn make(&mut self, gateways: Vec<Key>) {
        self.making.begin(&gateways);
        for gateway in gateways {
            let session = self.session.clone();
            self.background.spawn(async move {
                session.gateway_is_made(&gateway).await;
                Happening::Made(gateway)
            });
        }
    }

    pub(super) fn create_gateways_ahead(&mut self) {
        let first = self.lanes.get(0).clone();
        let tests = &first.tests;
        while self.creates_ahead && !self.stops() {
            let (left, making) = (self.room_ahead(), &self.making);
            let room = |gateways: usize| gateways <= left && making.has_room_for(gateways);
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
    pub(super) async fn give_up_those_ahead(&mut self) {
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
