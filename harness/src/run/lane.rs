//! A lane: a copy of the base environment, with the tests as they are applied in it.

use std::sync::Arc;

use cluster::{Key, Kind, Object};
use futures::future::join_all;
use model::names::INFRA;

use crate::{
    context::session::Shared,
    error::Error,
    isolation::{
        footprint::{Declared, Footprint},
        routing::{Services, services},
    },
    run::base::Base,
    test::Test,
    verbs::workloads::unready,
};

/// A copy of the base environment, and the tests as they are applied in it.
pub(crate) struct Lane {
    pub(crate) session: Shared,
    pub(crate) base: Base,
    /// In the order of the plan, the same in every lane.
    pub(crate) tests: Vec<Arc<Planned>>,
    /// Whether the base Gateways stand all the time; else each comes and goes with every test that uses it.
    gateways_stand: bool,
}

/// A test of the plan with its dressed objects.
pub(crate) struct Planned {
    pub(crate) test: &'static Test,
    /// In the order in which they are applied.
    pub(crate) objects: Vec<Object>,
    /// How many of them, the last ones, the test applies itself.
    pub(crate) later: usize,
    pub(crate) footprint: Footprint,
    /// What its routes can name.
    pub(crate) services: Services,
    /// The workloads of the base environment to whose Pods it may send something.
    pub(crate) sends_to: Vec<Key>,
    /// The Gateways of the base environment that its routes name.
    pub(crate) base_gateways: Vec<Key>,
    /// Whether it needs a certificate of the base environment.
    pub(crate) needs_certificate: bool,
}

impl Planned {
    /// What is applied before the test's body, and what the body applies.
    pub(crate) fn before_and_later(&self) -> (&[Object], &[Object]) {
        self.objects.split_at(self.objects.len() - self.later)
    }

    /// The Gateways that the test makes.
    pub(crate) fn own_gateways(&self) -> Vec<Key> {
        self.objects.iter().filter_map(Key::of).filter(|key| key.kind == Kind::Gateway).collect()
    }
}

impl Lane {
    /// Reads the manifests of these tests, and of what they use of the base environment.
    ///
    /// # Errors
    ///
    /// A manifest that is not there or cannot be read.
    pub(crate) fn read(
        session: Shared,
        tests: &[&'static Test],
        gateways_stand: bool,
    ) -> Result<Self, Error> {
        let mut chosen: Vec<(&'static Test, Vec<Object>, usize)> = Vec::new();
        for &test in tests {
            let read = |paths: &[&str]| {
                let mut objects = Vec::new();
                for path in paths {
                    let parsed = session.manifest(path)?;
                    objects.extend(parsed.into_iter().map(|o| session.dress(o, Some(test.name))));
                }
                Ok::<_, Error>(objects)
            };
            let (mut objects, later) = (read(test.manifests)?, read(test.later)?);
            if test.referred_first {
                let refers = |kind: Kind| {
                    matches!(kind, Kind::Gateway | Kind::ListenerSet | Kind::BackendTlsPolicy)
                        || kind.is_route()
                };
                objects.sort_by_key(|object| Kind::of(object).is_some_and(refers));
            }
            let count = later.len();
            objects.extend(later);
            chosen.push((test, objects, count));
        }
        let all: Vec<Vec<Object>> = chosen.iter().map(|(_, objects, _)| objects.clone()).collect();
        let named = tests.iter().flat_map(|test| test.names());
        let mut base = Base::read(&session, &all, named)?;
        let infra = session.namespaces().in_cluster(INFRA);
        let planned = |(test, mut objects, later): (&'static Test, Vec<Object>, usize)| {
            let Test { exclusive, sends, alone, .. } = *test;
            let declared = Declared { infra: &infra, exclusive, sends, alone };
            let mut known = base.services.clone();
            known.extend(services(&objects));
            let mut footprint = Footprint::read(&objects, &base.listeners, &known, declared);
            let sends_to = base.sent_to_by(&objects);
            let of_base =
                footprint.gateways.iter().filter(|name| base.listeners.contains_key(*name));
            let base_gateways = of_base
                .map(|(namespace, name)| Key::new(Kind::Gateway, Some(namespace), name.as_str()));
            let base_gateways: Vec<_> = base_gateways.collect();
            let needs_certificate = base.certifies(&objects, &base_gateways);
            if !gateways_stand {
                objects.splice(..0, base.gateways_for(test.name, &base_gateways));
                footprint = Footprint::read(&objects, &base.listeners, &known, declared);
            }
            Arc::new(Planned {
                test,
                objects,
                later,
                footprint,
                services: known,
                sends_to,
                base_gateways,
                needs_certificate,
            })
        };
        let tests = chosen.into_iter().map(planned).collect();
        if !gateways_stand {
            base.leave_gateways_to_tests();
        }
        Ok(Self { session, base, tests, gateways_stand })
    }

    /// The same tests in a further copy of the base environment, the number counted from 1.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub(crate) fn copy(&self, number: usize) -> Result<Self, Error> {
        let tests: Vec<_> = self.tests.iter().map(|planned| planned.test).collect();
        Self::read(Arc::new(self.session.in_lane(number)), &tests, self.gateways_stand)
    }

    /// How many Gateways there are when the test runs that makes the most.
    pub(crate) fn gateways_at_once(&self) -> usize {
        let own = self.tests.iter().map(|planned| planned.own_gateways().len());
        self.base.gateways().len() + own.max().unwrap_or_default()
    }

    /// How many copies of it, with itself, can stand beside one another with so many Gateways at once.
    pub(crate) fn copies_within(&self, most: usize) -> usize {
        let standing = self.base.gateways().len();
        let own = self.gateways_at_once() - standing;
        if self.gateways_stand { most.saturating_sub(own) / standing.max(1) } else { 1 }
    }

    /// Sets up the base environment, to the last Pod and the last address of a Gateway. `was_left` tells whether
    /// an earlier run left something.
    ///
    /// # Errors
    ///
    /// When that cannot be applied, or does not come to be.
    pub(crate) async fn set_up(&self, was_left: bool) -> Result<(), Error> {
        self.base.apply(&self.session).await?;
        self.base.certify(&self.session, was_left).await?;
        self.base.pods_ready(&self.session).await?;
        let gateways = self.base.gateways();
        join_all(gateways.iter().map(|gateway| self.session.gateway_is_made(gateway))).await;
        if !self.session.have_addresses(&gateways) {
            return Err(Error::InTheWay("not all of its Gateways have an address".into()));
        }
        Ok(())
    }

    /// Removes the base environment, and tells what is left of it.
    pub(crate) async fn remove(&self) {
        if let Err(left) = self.base.remove(&self.session).await {
            self.session.notice(format!("not removed yet: {}", left.join("; ")));
        }
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

/// The objects in the groups in which they are applied, one after the other: in the order of the manifest,
/// as in the Go suite, so that a controller has to look again when what it misses comes. What is side by
/// side and of one kind has no order; but of two routes, policies or ListenerSets the older one may win.
pub(crate) fn turns(objects: &[Object]) -> impl Iterator<Item = &[Object]> {
    objects.chunk_by(|one, other| {
        let (one, other) = (Kind::of(one), Kind::of(other));
        let has_age = |kind: Kind| {
            matches!(kind, Kind::BackendTlsPolicy | Kind::ListenerSet) || kind.is_route()
        };
        one == other && !one.is_some_and(has_age)
    })
}
