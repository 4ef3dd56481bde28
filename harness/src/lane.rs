//! A lane: a copy of the base environment, with the tests as they are applied in it.

use std::sync::Arc;

use cluster::{Key, Kind, Object};
use model::{
    names::INFRA,
    plan::{Decision, PlannedTest},
};

use crate::{
    base::Base,
    error::Error,
    footprint::{Footprint, GatewayName},
    readiness::unready,
    routing::{Services, services},
    session::Shared,
    test::{Suite, Test},
};

/// A copy of the base environment, and the tests as they are applied in it.
pub(crate) struct Lane {
    pub(crate) session: Shared,
    pub(crate) base: Base,
    /// In the order of the plan, the same in every lane.
    pub(crate) tests: Vec<Arc<Planned>>,
}

/// A test of the plan with its dressed objects.
pub(crate) struct Planned {
    pub(crate) test: &'static Test,
    /// In the order in which they are applied.
    pub(crate) objects: Vec<Object>,
    pub(crate) footprint: Footprint,
    /// What its routes can name.
    pub(crate) services: Services,
    /// The workloads of the base environment to whose Pods it may send something.
    pub(crate) sends_to: Vec<Key>,
}

impl Lane {
    /// Reads the manifests of the tests that are to be run, and of what they use of the base
    /// environment.
    pub(crate) fn read(
        session: Shared,
        suite: &Suite,
        plan: &[PlannedTest],
    ) -> Result<Self, Error> {
        let mut chosen: Vec<(&'static Test, Vec<Object>)> = Vec::new();
        for planned in plan.iter().filter(|planned| planned.decision == Decision::Run) {
            let Some(test) = suite.find(&planned.info.name) else { continue };
            let mut objects = Vec::new();
            for path in test.manifests {
                let parsed = session.manifest(path)?;
                objects.extend(parsed.into_iter().map(|o| session.dress(o, Some(test.name))));
            }
            objects.sort_by_key(turn);
            chosen.push((test, objects));
        }
        let all: Vec<Vec<Object>> = chosen.iter().map(|(_, objects)| objects.clone()).collect();
        let base = Base::read(&session, &all)?;
        let infra = session.namespaces().in_cluster(INFRA);
        let planned = |(test, objects): (&'static Test, Vec<Object>)| {
            let exclusive: Vec<GatewayName> =
                test.exclusive.iter().map(|name| (infra.clone(), (*name).to_owned())).collect();
            let mut known = base.services.clone();
            known.extend(services(&objects));
            let footprint = Footprint::read(&objects, &base.listeners, &known, &exclusive);
            let sends_to = base.sent_to_by(&objects);
            Arc::new(Planned { test, objects, footprint, services: known, sends_to })
        };
        let tests = chosen.into_iter().map(planned).collect();
        Ok(Self { session, base, tests })
    }

    /// Whether the Pods to which a test may send something are ready.
    pub(crate) fn has_pods_for(&self, test: usize) -> bool {
        let store = self.session.store(Kind::Deployment);
        self.tests[test]
            .sends_to
            .iter()
            .all(|key| store.get(key).is_some_and(|workload| unready(key, &workload).is_none()))
    }

    /// The footprint of each test.
    pub(crate) fn footprints(&self) -> Vec<Footprint> {
        self.tests.iter().map(|planned| planned.footprint.clone()).collect()
    }
}

/// When an object is applied, objects of one turn in no order but for routes: what Gateways and
/// routes refer to before them, so that a reference is not judged by what is yet to come. A status
/// that refuses a reference would be right by chance as long as the ReferenceGrant that must not
/// permit it is missing. Of two routes the older one may win.
pub(crate) fn turn(object: &Object) -> u8 {
    match Kind::of(object) {
        Some(Kind::Namespace) => 0,
        Some(Kind::Gateway) => 2,
        Some(kind) if kind.is_route() => 3,
        _ => 1,
    }
}
