//! Which test starts next, and where: one whose footprint meets that of none under way, nor of one
//! that has ended and may still answer, unless it can follow that.

use std::cmp::Reverse;

use crate::{
    context::addresses::GatewayName,
    isolation::{
        footprint::{Conflict, Footprint},
        routing::{Traces, may_follow, traces},
    },
};

/// A test's turn. Tests and lanes are counted from 0, rounds from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) test: usize,
    /// Which copy of the base environment it uses.
    pub(crate) lane: usize,
    /// How often it has had a turn, with this one.
    pub(crate) round: u32,
}

/// A turn that can begin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) turn: Turn,
    /// The ended ones that may still answer where its routes do.
    pub(crate) follows: Vec<Turn>,
    /// Those of them that may answer its requests: it may send nothing before they are silent.
    pub(crate) behind: Vec<Turn>,
}

/// An ended turn whose objects are gone, but whose routes may still answer.
#[derive(Debug)]
struct Draining {
    turn: Turn,
    traces: Traces,
    passed: bool,
}

/// The tests of a run that wait for their turn, and those under way.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// The footprint of each test in each lane.
    lanes: Vec<Vec<Footprint>>,
    /// How each test hinders each other one.
    hindrances: Vec<Vec<Option<Hindrance>>>,
    /// Tests with their rounds.
    waiting: Vec<(usize, u32)>,
    running: Vec<Turn>,
    draining: Vec<Draining>,
    limit: usize,
    /// Whether tests whose routes answer at one place run side by side, where no request of either can
    /// be answered by a route of the other.
    in_company: bool,
}

impl Schedule {
    /// Of tests that have these footprints in the first lane, so many rounds each, of which at most
    /// `limit` run at a time.
    pub(crate) fn new(
        footprints: Vec<Footprint>,
        rounds: u32,
        limit: usize,
        in_company: bool,
    ) -> Self {
        let hindrances = footprints.iter().map(|it| hindrances(it, &footprints, in_company));
        let hindrances: Vec<_> = hindrances.collect();
        let tests = 0..footprints.len();
        let waiting =
            (1..=rounds.max(1)).flat_map(|round| tests.clone().map(move |it| (it, round)));
        let waiting = waiting.collect();
        let (running, draining) = (Vec::new(), Vec::new());
        let (limit, lanes) = (limit.max(1), vec![footprints]);
        Self { lanes, hindrances, waiting, running, draining, limit, in_company }
    }

    /// The tests can have their turn in a further lane too, where they have these footprints.
    pub(crate) fn add_lane(&mut self, footprints: Vec<Footprint>) {
        self.lanes.push(footprints);
    }

    /// How many turns are waited for.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes the next turn that can start now, if there is one. `ready` tells whether there is
    /// everything that it needs; `same_address` whether two Gateways answer at one address.
    pub(crate) fn next(
        &mut self,
        ready: impl Fn(Turn) -> bool,
        same_address: impl Fn(&GatewayName, &GatewayName) -> bool,
    ) -> Option<Start> {
        if self.running.len() >= self.limit {
            return None;
        }
        let startable = |&(test, round): &(usize, u32)| {
            let mut turns = (0..self.lanes.len()).map(|lane| Turn { test, lane, round });
            turns.find_map(|turn| if ready(turn) { self.start(turn, &same_address) } else { None })
        };
        let mut order: Vec<_> = self.waiting.iter().collect();
        order.sort_by_cached_key(|(test, round)| (*round, Reverse(self.hardness(*test, *round))));
        let start = order.into_iter().find_map(startable)?;
        self.waiting.retain(|waiting| *waiting != (start.turn.test, start.turn.round));
        self.running.push(start.turn);
        Some(start)
    }

    /// How hard it is to place a test among those that wait for their turn in the same round: how many there
    /// are whose silence it must wait for, or the other way round, and then how many it conflicts with at
    /// all. The hardest come first: they make the longest chain, so what can run beside or between it must
    /// not delay it.
    fn hardness(&self, test: usize, round: u32) -> (usize, usize) {
        let others = self.waiting.iter().filter(|(_, theirs)| *theirs == round);
        let found = others.filter_map(|(other, _)| self.hindrances[test][*other]);
        found.fold((0, 0), |(silences, all), hindrance| {
            (silences + usize::from(hindrance == Hindrance::Silence), all + 1)
        })
    }

    /// The turn with those that it would follow; none if it cannot start.
    fn start(
        &self,
        turn: Turn,
        same_address: impl Fn(&GatewayName, &GatewayName) -> bool,
    ) -> Option<Start> {
        let footprint = |turn: Turn| &self.lanes[turn.lane][turn.test];
        let mine = footprint(turn);
        let conflict = |other: Turn| {
            // A test beside itself would have two rows and two verdicts at a time.
            if other.test == turn.test {
                return Some(Conflict::More);
            }
            mine.conflict(footprint(other), &same_address)
        };
        let may_be_beside = |&running: &Turn| match conflict(running) {
            None => true,
            Some(Conflict::Routes) => {
                self.in_company && !meet(mine, footprint(running), &same_address)
            }
            Some(Conflict::More) => false,
        };
        if !self.running.iter().all(may_be_beside) {
            return None;
        }
        let (mut follows, mut behind) = (Vec::new(), Vec::new());
        for ended in &self.draining {
            match conflict(ended.turn) {
                None => {}
                Some(Conflict::Routes) if may_follow(&mine.rules, &ended.traces, ended.passed) => {
                    follows.push(ended.turn);
                    let theirs = footprint(ended.turn);
                    if !self.in_company || mine.may_be_answered_by(theirs, &same_address) {
                        behind.push(ended.turn);
                    }
                }
                Some(_) => return None,
            }
        }
        Some(Start { turn, follows, behind })
    }

    /// The tests that have not had a turn yet, in their order.
    pub(crate) fn untouched(&self) -> impl Iterator<Item = usize> {
        self.waiting.iter().filter(|(_, round)| *round == 1).map(|(test, _)| *test)
    }

    /// Whether there are tests that wait for their turn.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// A turn has ended; its routes, of which these traces are, are removed and may still answer.
    pub(crate) fn drains(&mut self, turn: Turn, traces: Traces, passed: bool) {
        self.running.retain(|&running| running != turn);
        self.draining.push(Draining { turn, traces, passed });
    }

    /// A turn has ended, and nothing of it is left.
    pub(crate) fn ended(&mut self, turn: Turn) {
        self.running.retain(|&running| running != turn);
        self.draining.retain(|draining| draining.turn != turn);
    }
}

/// What two tests that cannot run side by side wait for, as far as is known before they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hindrance {
    /// For the end of the other one.
    End,
    /// And until its routes answer no more.
    Silence,
}

/// How a test hinders each of these.
fn hindrances(mine: &Footprint, others: &[Footprint], in_company: bool) -> Vec<Option<Hindrance>> {
    let apart = |_: &GatewayName, _: &GatewayName| false;
    let of = |theirs: &Footprint| {
        let conflict = mine.conflict(theirs, apart)?;
        if in_company && conflict == Conflict::Routes && !meet(mine, theirs, apart) {
            return None;
        }
        let follows = |next: &Footprint, ended: &Footprint| {
            may_follow(&next.rules, &traces(&ended.rules), true)
        };
        let in_turn =
            conflict == Conflict::Routes && follows(mine, theirs) && follows(theirs, mine);
        Some(if in_turn { Hindrance::End } else { Hindrance::Silence })
    };
    others.iter().map(of).collect()
}

/// Whether a request of either may be answered by a route of the other.
fn meet(
    one: &Footprint,
    other: &Footprint,
    same_address: impl Fn(&GatewayName, &GatewayName) -> bool,
) -> bool {
    one.may_be_answered_by(other, &same_address) || other.may_be_answered_by(one, &same_address)
}

#[cfg(test)]
mod tests {
    use model::exchange::{Through, get, through};

    use super::*;
    use crate::isolation::{
        footprint::{Declared, listeners},
        routing::Services,
    };

    fn footprint(hostname: &str, namespace: &str) -> Footprint {
        let parse = |yaml: &str| cluster::manifest::parse("test", yaml).unwrap();
        let base = parse(&format!(
            "{{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {{name: shared, namespace: {namespace}}}, \
             spec: {{listeners: [{{name: http, port: 80, protocol: HTTP}}]}}}}",
        ));
        let route = parse(&format!(
            "{{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {{name: r-{hostname}, namespace: {namespace}}}, \
             spec: {{parentRefs: [{{name: shared}}], hostnames: [{hostname}], rules: [{{}}]}}}}"
        ));
        Footprint::read(&route, &listeners(&base), &Services::new(), Declared::default())
    }

    fn lane(hostnames: &[&str], namespace: &str) -> Vec<Footprint> {
        hostnames.iter().map(|hostname| footprint(hostname, namespace)).collect()
    }

    fn in_two_lanes(hostnames: &[&str], rounds: u32) -> Schedule {
        let mut schedule = Schedule::new(lane(hostnames, "infra"), rounds, 8, false);
        schedule.add_lane(lane(hostnames, "lane-2-infra"));
        schedule
    }

    fn apart(_: &GatewayName, _: &GatewayName) -> bool {
        false
    }

    /// Everything that can start now.
    fn start(schedule: &mut Schedule, ready: impl Fn(Turn) -> bool) -> Vec<Turn> {
        std::iter::from_fn(|| schedule.next(&ready, apart)).map(|start| start.turn).collect()
    }

    const CHAIN: [&str; 3] = ["alone.example", "a.shared.example", "'*.shared.example'"];

    #[test]
    fn what_conflicts_runs_one_after_the_other_and_the_rest_beside_it() {
        let mut schedule = Schedule::new(lane(&CHAIN, "infra"), 1, 8, false);
        // The two that conflict come first; only one of them can start.
        let started = start(&mut schedule, |_| true);
        let [first, beside] = started.as_slice() else { panic!("{started:?}") };
        assert!(first.test != 0 && beside.test == 0, "{started:?}");
        schedule.ended(*first);
        let rest = start(&mut schedule, |_| true);
        assert_eq!(rest, [Turn { test: 3 - first.test, lane: 0, round: 1 }]);
        assert!(!schedule.has_waiting());
    }

    #[test]
    fn what_conflicts_with_an_ended_test_follows_it_or_waits_until_it_is_silent() {
        // Both may give a 500: the wildcard's route for the request that shows that the other is gone.
        let ended = |test: usize| {
            let mut schedule = Schedule::new(lane(&CHAIN[1..], "infra"), 1, 8, false);
            let first = schedule.next(|turn| turn.test == test, apart).unwrap().turn;
            let traces = traces(&schedule.lanes[0][test].rules);
            schedule.drains(first, traces, true);
            (schedule, first)
        };
        let (mut schedule, exact) = ended(0);
        assert_eq!(schedule.next(|_| true, apart), None);
        schedule.ended(exact);
        assert_eq!(schedule.next(|_| true, apart).unwrap().behind, []);

        let (mut schedule, wildcard) = ended(1);
        assert_eq!(schedule.next(|_| true, apart).unwrap().behind, [wildcard]);
        schedule.ended(wildcard);
        assert!(!schedule.has_waiting());
    }

    #[test]
    fn in_two_lanes_what_conflicts_runs_side_by_side() {
        let mut schedule = in_two_lanes(&CHAIN, 1);
        let started: Vec<_> = start(&mut schedule, |_| true).iter().map(|t| t.lane).collect();
        assert_eq!(started, [0, 0, 1]);

        let mut schedule = in_two_lanes(&CHAIN, 1);
        let only_the_first = |turn: Turn| turn.lane == 0;
        assert_eq!(start(&mut schedule, only_the_first).len(), 2, "the other does not stand yet");
        assert_eq!(start(&mut schedule, |_| true).len(), 1);
    }

    #[test]
    fn where_all_gateways_have_one_address_lanes_change_nothing() {
        let mut schedule = in_two_lanes(&CHAIN, 1);
        let mut started = 0;
        while schedule.next(|_| true, |_, _| true).is_some() {
            started += 1;
        }
        assert_eq!(started, 2);
    }

    #[test]
    fn rounds_follow_each_other_and_a_test_never_runs_beside_itself() {
        let mut schedule = in_two_lanes(&CHAIN[..1], 3);
        for round in 1..=3 {
            let started = start(&mut schedule, |_| true);
            assert_eq!(started, [Turn { test: 0, lane: 0, round }]);
            schedule.ended(started[0]);
        }
        assert!(!schedule.has_waiting());
    }

    /// A test with a route for a path prefix on the shared Gateway, and what it sends.
    fn asking(prefix: &str, sends: &[Through]) -> Footprint {
        let parse = |yaml: &str| cluster::manifest::parse("test", yaml).unwrap();
        let base = parse(
            "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: shared, namespace: infra}, \
             spec: {listeners: [{name: http, port: 80, protocol: HTTP}]}}",
        );
        let route = parse(&format!(
            "{{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {{name: 'r{prefix}', namespace: infra}}, \
             spec: {{parentRefs: [{{name: shared}}], rules: [{{matches: [{{path: {{value: {prefix}}}}}]}}]}}}}"
        ));
        let declared = Declared { infra: "infra", sends, ..Declared::default() };
        Footprint::read(&route, &listeners(&base), &Services::new(), declared)
    }

    const ONE: &[Through] = &[through("shared", &[get("/one").is(500), get("/other").is(404)])];
    const TWO: &[Through] = &[through("shared", &[get("/two").is(500)])];
    const ANY: &[Through] = &[through("shared", &[get("/").is(500)])];

    #[test]
    fn in_company_what_answers_no_request_of_the_other_runs_beside_it() {
        let tests = || vec![asking("/one", ONE), asking("/two", TWO), asking("/", ANY)];
        let mut alone = Schedule::new(tests(), 1, 8, false);
        assert_eq!(start(&mut alone, |_| true).len(), 1);

        let mut schedule = Schedule::new(tests(), 1, 8, true);
        let started = start(&mut schedule, |_| true);
        assert_eq!(started.len(), 1, "its route answers all: {started:?}");
        assert_eq!(started[0].test, 2, "what is hardest to place comes first");
        schedule.ended(started[0]);
        assert_eq!(start(&mut schedule, |_| true).len(), 2);
    }

    #[test]
    fn in_company_only_who_may_be_answered_by_an_ended_test_waits_for_its_silence() {
        let ended = |tests: Vec<Footprint>| {
            let mut schedule = Schedule::new(tests, 1, 8, true);
            let first = schedule.next(|turn| turn.test == 0, apart).unwrap().turn;
            let traces = traces(&schedule.lanes[0][0].rules);
            schedule.drains(first, traces, true);
            let next = schedule.next(|_| true, apart).expect("it may follow");
            (next.follows.len(), next.behind.len())
        };
        assert_eq!(ended(vec![asking("/one", ONE), asking("/two", TWO)]), (1, 0));
        assert_eq!(ended(vec![asking("/", ANY), asking("/two", TWO)]), (1, 1));
    }

    #[test]
    fn no_more_run_than_are_allowed() {
        let mut schedule = Schedule::new(lane(&["a.example", "b.example"], "infra"), 1, 1, false);
        let first = start(&mut schedule, |_| true);
        assert_eq!(first.len(), 1);
        schedule.ended(first[0]);
        assert_eq!(start(&mut schedule, |_| true).len(), 1);
    }
}
