//! Which test starts next, and where: one whose footprint meets that of none under way.

use crate::footprint::{Footprint, GatewayName};

/// A test's turn. Tests and lanes are counted from 0, rounds from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) test: usize,
    /// Which copy of the base environment it uses.
    pub(crate) lane: usize,
    /// How often it has had a turn, with this one.
    pub(crate) round: u32,
}

/// The tests of a run that wait for their turn, and those under way.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// The footprint of each test in each lane.
    lanes: Vec<Vec<Footprint>>,
    /// Tests with their rounds, in each round those first that conflict with the most others: they
    /// make the longest chain, so what can run beside it must not delay it.
    waiting: Vec<(usize, u32)>,
    running: Vec<Turn>,
    limit: usize,
}

impl Schedule {
    /// Of tests that have these footprints in each of the lanes, so many rounds each, of which at
    /// most `limit` run at a time.
    pub(crate) fn new(lanes: Vec<Vec<Footprint>>, rounds: u32, limit: usize) -> Self {
        let footprints = lanes.first().map_or(&[][..], Vec::as_slice);
        let degree = |index: usize| {
            let conflicts =
                |other: &&Footprint| footprints[index].conflict(other, |_, _| false).is_some();
            footprints.iter().filter(conflicts).count()
        };
        let mut order: Vec<usize> = (0..footprints.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(degree(index)));
        let waiting = (1..=rounds.max(1))
            .flat_map(|round| order.iter().map(move |&test| (test, round)))
            .collect();
        Self { waiting, running: Vec::new(), limit: limit.max(1), lanes }
    }

    /// Takes the next turn that can start now, if there is one. `ready` tells whether there is
    /// everything that it needs; `same_address` whether two Gateways answer at one address.
    pub(crate) fn next(
        &mut self,
        ready: impl Fn(Turn) -> bool,
        same_address: impl Fn(&GatewayName, &GatewayName) -> bool,
    ) -> Option<Turn> {
        if self.running.len() >= self.limit {
            return None;
        }
        let free = |turn: &Turn| {
            let mine = &self.lanes[turn.lane][turn.test];
            self.running.iter().all(|other| {
                let theirs = &self.lanes[other.lane][other.test];
                // A test beside itself would have two rows and two verdicts at a time.
                other.test != turn.test && mine.conflict(theirs, &same_address).is_none()
            })
        };
        let startable = |&(test, round): &(usize, u32)| {
            let turns = (0..self.lanes.len()).map(|lane| Turn { test, lane, round });
            turns.into_iter().find(|turn| ready(*turn) && free(turn))
        };
        let (position, turn) = self
            .waiting
            .iter()
            .enumerate()
            .find_map(|(position, waiting)| Some((position, startable(waiting)?)))?;
        self.waiting.remove(position);
        self.running.push(turn);
        Some(turn)
    }

    /// The tests that have not had a turn yet, in their order.
    pub(crate) fn untouched(&self) -> impl Iterator<Item = usize> {
        self.waiting.iter().filter(|(_, round)| *round == 1).map(|(test, _)| *test)
    }

    /// Whether there are tests that wait for their turn.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// A turn has ended, and nothing of it is left.
    pub(crate) fn ended(&mut self, turn: Turn) {
        self.running.retain(|&running| running != turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footprint::listeners;

    fn footprint(hostname: &str, namespace: &str) -> Footprint {
        let parse = |yaml: &str| cluster::manifest::parse("test", yaml).unwrap();
        let base = parse(&format!(
            "{{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {{name: shared, namespace: {namespace}}}, \
             spec: {{listeners: [{{name: http, port: 80, protocol: HTTP}}]}}}}",
        ));
        let route = parse(&format!(
            "{{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {{name: r-{hostname}, namespace: {namespace}}}, \
             spec: {{parentRefs: [{{name: shared}}], hostnames: [{hostname}]}}}}"
        ));
        Footprint::read(&route, &listeners(&base), &[])
    }

    fn lane(hostnames: &[&str], namespace: &str) -> Vec<Footprint> {
        hostnames.iter().map(|hostname| footprint(hostname, namespace)).collect()
    }

    fn apart(_: &GatewayName, _: &GatewayName) -> bool {
        false
    }

    /// Everything that can start now.
    fn start(schedule: &mut Schedule, ready: impl Fn(Turn) -> bool) -> Vec<Turn> {
        std::iter::from_fn(|| schedule.next(&ready, apart)).collect()
    }

    const CHAIN: [&str; 3] = ["alone.example", "a.shared.example", "'*.shared.example'"];

    #[test]
    fn what_conflicts_runs_one_after_the_other_and_the_rest_beside_it() {
        let mut schedule = Schedule::new(vec![lane(&CHAIN, "infra")], 1, 8);
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
    fn in_two_lanes_what_conflicts_runs_side_by_side() {
        let lanes = vec![lane(&CHAIN, "infra"), lane(&CHAIN, "lane-2-infra")];
        let mut schedule = Schedule::new(lanes.clone(), 1, 8);
        let started: Vec<_> = start(&mut schedule, |_| true).iter().map(|t| t.lane).collect();
        assert_eq!(started, [0, 1, 0]);

        let mut schedule = Schedule::new(lanes, 1, 8);
        let only_the_first = |turn: Turn| turn.lane == 0;
        assert_eq!(start(&mut schedule, only_the_first).len(), 2, "the other does not stand yet");
        assert_eq!(start(&mut schedule, |_| true).len(), 1);
    }

    #[test]
    fn where_all_gateways_have_one_address_lanes_change_nothing() {
        let lanes = vec![lane(&CHAIN, "infra"), lane(&CHAIN, "lane-2-infra")];
        let mut schedule = Schedule::new(lanes, 1, 8);
        let mut started = 0;
        while schedule.next(|_| true, |_, _| true).is_some() {
            started += 1;
        }
        assert_eq!(started, 2);
    }

    #[test]
    fn rounds_follow_each_other_and_a_test_never_runs_beside_itself() {
        let lanes = vec![lane(&CHAIN[..1], "infra"), lane(&CHAIN[..1], "lane-2-infra")];
        let mut schedule = Schedule::new(lanes, 3, 8);
        for round in 1..=3 {
            let started = start(&mut schedule, |_| true);
            assert_eq!(started, [Turn { test: 0, lane: 0, round }]);
            schedule.ended(started[0]);
        }
        assert!(!schedule.has_waiting());
    }

    #[test]
    fn no_more_run_than_are_allowed() {
        let mut schedule = Schedule::new(vec![lane(&["a.example", "b.example"], "infra")], 1, 1);
        let first = start(&mut schedule, |_| true);
        assert_eq!(first.len(), 1);
        schedule.ended(first[0]);
        assert_eq!(start(&mut schedule, |_| true).len(), 1);
    }
}
