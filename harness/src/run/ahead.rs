//! Gateways of tests that are created ahead of them, where each has an address of its own: an
//! implementation that starts a proxy for each is then not waited for by one test after the other.

use std::{collections::BTreeMap, sync::Arc};

use cluster::{Key, Kind, remove};
use model::timeouts::Limit;

use crate::{context::session::Session, run::lane::Planned};

/// How a test stands whose Gateways are created ahead of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// They are being created; the test waits for that.
    OnTheirWay,
    /// They were created.
    Created,
}

/// The tests whose Gateways are, or were, created ahead of them, all in the first lane.
#[derive(Debug, Default)]
pub(crate) struct Ahead(BTreeMap<usize, Stand>);

impl Ahead {
    /// Whether a test may start in this lane: where its Gateways are, once they are there.
    pub(crate) fn lets_start(&self, test: usize, lane: usize) -> bool {
        match self.0.get(&test) {
            None => true,
            Some(Stand::OnTheirWay) => false,
            Some(Stand::Created) => lane == 0,
        }
    }

    /// Chooses the next of the tests that have not begun whose Gateways are to be created now: one for
    /// whose Gateways there is `room`.
    pub(crate) fn choose(
        &mut self,
        mut untouched: impl Iterator<Item = usize>,
        tests: &[Arc<Planned>],
        room: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let chosen = untouched.find(|test| {
            let gateways = tests[*test].own_gateways().len();
            let is_new = !self.0.contains_key(test);
            is_new && gateways > 0 && stands_alone(&tests[*test]) && room(gateways)
        })?;
        self.0.insert(chosen, Stand::OnTheirWay);
        Some(chosen)
    }

    /// Whether this test's Gateways are, or were, created ahead of it.
    pub(crate) fn has(&self, test: usize) -> bool {
        self.0.contains_key(&test)
    }

    /// How many Gateways there are ahead of their tests.
    pub(crate) fn gateways(&self, tests: &[Arc<Planned>]) -> usize {
        self.0.keys().map(|test| tests[*test].own_gateways().len()).sum()
    }

    /// Gives up those that were created, for what else needs what they have: their tests create them anew.
    pub(crate) fn give_up(&mut self, tests: &[Arc<Planned>]) -> Vec<Key> {
        let created = |stand: &Stand| *stand == Stand::Created;
        let given: Vec<_> = self.0.extract_if(.., |_, stand| created(stand)).collect();
        given.iter().flat_map(|(test, _)| tests[*test].own_gateways()).collect()
    }

    /// The Gateways of this test are there, or could not be created, which the test will tell.
    pub(crate) fn created(&mut self, test: usize) {
        self.0.insert(test, Stand::Created);
    }

    /// The test has begun; what it applies is its own affair, in any lane.
    pub(crate) fn begun(&mut self, test: usize) {
        self.0.remove(&test);
    }

    /// Removes the Gateways whose tests never began.
    pub(crate) async fn remove_rest(&self, session: &Session, tests: &[Arc<Planned>]) {
        let rest: Vec<Key> = self.0.keys().flat_map(|test| tests[*test].own_gateways()).collect();
        let limit = session.timeouts().get(Limit::DeleteTimeout);
        let removed = remove::remove(session.client(), session.watches(), &rest, limit).await;
        for remnant in removed.err().into_iter().flatten() {
            session.notice(format!("not removed yet: {remnant}"));
        }
    }
}

/// Creates the Gateways of a test.
pub(crate) async fn create(session: &Session, planned: &Planned) {
    for object in planned.objects.iter().filter(|object| Kind::of(object) == Some(Kind::Gateway)) {
        // The test applies them anew, and tells what is wrong then.
        let _ = session.apply(object).await;
    }
}

/// Whether the test's Gateways refer to nothing that comes with the test: a certificate or a grant
/// that comes later would make another case of it.
fn stands_alone(planned: &Planned) -> bool {
    let refers = |kind: Kind| matches!(kind, Kind::Gateway | Kind::ListenerSet) || kind.is_route();
    planned.objects.iter().filter_map(Kind::of).all(refers)
}

#[cfg(test)]
mod tests {
    use model::verdict::Verdict;

    use super::*;
    use crate::{
        isolation::{footprint::Footprint, routing::Services},
        test::Test,
    };

    static TEST: Test =
        Test { name: "T", run: |_| Box::pin(async { Verdict::Ok(()) }), ..Test::DEFAULT };

    fn planned(kinds: &[(&str, &str)]) -> Arc<Planned> {
        let documents: Vec<_> = kinds
            .iter()
            .map(|(version, kind)| {
                format!("{{apiVersion: {version}, kind: {kind}, metadata: {{name: n-{kind}, namespace: infra}}}}")
            })
            .collect();
        let objects = cluster::manifest::parse("test", &documents.join("\n---\n")).unwrap();
        let (footprint, services) = (Footprint::default(), Services::new());
        Arc::new(Planned {
            test: &TEST,
            objects,
            later: 0,
            footprint,
            services,
            sends_to: Vec::new(),
            base_gateways: Vec::new(),
            needs_certificate: false,
        })
    }

    const GATEWAY: (&str, &str) = ("gateway.networking.k8s.io/v1", "Gateway");
    const ROUTE: (&str, &str) = ("gateway.networking.k8s.io/v1", "HTTPRoute");

    #[test]
    fn gateways_that_need_nothing_of_their_test_are_created_while_there_is_room() {
        let tests = [
            planned(&[ROUTE]),
            planned(&[GATEWAY, ROUTE]),
            planned(&[GATEWAY, ("v1", "Secret")]),
            planned(&[GATEWAY]),
            planned(&[GATEWAY]),
        ];
        let mut ahead = Ahead::default();
        let mut choose = || ahead.choose([4, 3, 2, 1, 0].into_iter(), &tests, |_| true);
        assert_eq!([choose(), choose(), choose(), choose()], [Some(4), Some(3), Some(1), None]);
        assert_eq!(ahead.gateways(&tests), 3);

        assert!(!ahead.lets_start(4, 0), "not before they are there");
        ahead.created(4);
        assert!(ahead.lets_start(4, 0) && !ahead.lets_start(4, 1), "only where they are");
        assert!(ahead.lets_start(0, 1));
        ahead.begun(4);
        assert!(ahead.lets_start(4, 1), "in a later round they are the test's own");

        ahead.created(3);
        let given = ahead.give_up(&tests);
        assert!(given.len() == 1 && ahead.has(1) && !ahead.has(3), "{given:?}");
    }
}
