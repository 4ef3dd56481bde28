//! Which test starts next: one whose footprint meets that of none under way.

use crate::footprint::{Footprint, GatewayName};

/// The tests of a run that wait for their turn, and those under way.
#[derive(Debug)]
pub(crate) struct Schedule {
    footprints: Vec<Footprint>,
    /// Indices of tests, those first that conflict with the most others: they make the longest
    /// chain, so what can run beside it must not delay it.
    waiting: Vec<usize>,
    running: Vec<usize>,
    limit: usize,
}

impl Schedule {
    /// Of tests with these footprints, of which at most `limit` run at a time.
    pub(crate) fn new(footprints: Vec<Footprint>, limit: usize) -> Self {
        let degree = |index: usize| {
            let conflicts =
                |other: &&Footprint| footprints[index].conflict(other, |_, _| false).is_some();
            footprints.iter().filter(conflicts).count()
        };
        let mut waiting: Vec<usize> = (0..footprints.len()).collect();
        waiting.sort_by_key(|&index| std::cmp::Reverse(degree(index)));
        Self { waiting, running: Vec::new(), limit: limit.max(1), footprints }
    }

    /// Takes the next test that can start now, if there is one.
    pub(crate) fn next(
        &mut self,
        same_address: impl Fn(&GatewayName, &GatewayName) -> bool,
    ) -> Option<usize> {
        if self.running.len() >= self.limit {
            return None;
        }
        let free = |&index: &usize| {
            let mine = &self.footprints[index];
            self.running
                .iter()
                .all(|&other| mine.conflict(&self.footprints[other], &same_address).is_none())
        };
        let position = self.waiting.iter().position(free)?;
        let index = self.waiting.remove(position);
        self.running.push(index);
        Some(index)
    }

    /// A test has ended, and nothing of it is left.
    pub(crate) fn ended(&mut self, index: usize) {
        self.running.retain(|&running| running != index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footprint::listeners;

    fn footprint(hostname: &str) -> Footprint {
        let parse = |yaml: &str| cluster::manifest::parse("test", yaml).unwrap();
        let base = parse(
            "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: shared, namespace: infra}, \
             spec: {listeners: [{name: http, port: 80, protocol: HTTP}]}}",
        );
        let route = parse(&format!(
            "{{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {{name: r-{hostname}, namespace: infra}}, \
             spec: {{parentRefs: [{{name: shared}}], hostnames: [{hostname}]}}}}"
        ));
        Footprint::read(&route, &listeners(&base), &[])
    }

    #[test]
    fn what_conflicts_runs_one_after_the_other_and_the_rest_beside_it() {
        let mut schedule = Schedule::new(
            vec![
                footprint("alone.example"),
                footprint("a.shared.example"),
                footprint("'*.shared.example'"),
            ],
            8,
        );
        let apart = |_: &GatewayName, _: &GatewayName| false;
        // The two that conflict come first; only one of them can start.
        let first = schedule.next(apart).unwrap();
        let beside = schedule.next(apart).unwrap();
        assert!(first != 0 && beside == 0, "{first} and {beside} started");
        assert_eq!(schedule.next(apart), None);
        schedule.ended(first);
        assert_eq!(schedule.next(apart), Some(3 - first));
        assert_eq!(schedule.next(apart), None);
    }

    #[test]
    fn no_more_run_than_are_allowed() {
        let mut schedule = Schedule::new(vec![footprint("a.example"), footprint("b.example")], 1);
        let first = schedule.next(|_, _| false).unwrap();
        assert_eq!(schedule.next(|_, _| false), None);
        schedule.ended(first);
        assert!(schedule.next(|_, _| false).is_some());
    }
}
