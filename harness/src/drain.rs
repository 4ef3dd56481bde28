//! After a test: its routes must no longer answer where another test's requests go.
//!
//! A Gateway that outlives the test may answer by its routes for a while after they are gone. A
//! test that came next could pass by such an answer, or fail by it. So none sends anything before
//! the routes are seen to be gone; what it applies may be there already where that can be seen then.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use cluster::{Key, Kind, Object, views::GatewayView};
use futures::future::join_all;
use model::timeouts::Limit;
use probe::{Response, Scheme, Target};
use tokio::sync::SetOnce;

use crate::{
    routing::{Answers, Rule, Sample, Services, Traces, parents, traces},
    session::Session,
};

/// The routes of an ended test, which may still answer.
pub(crate) struct Drain {
    /// Those of their rules, as they were applied and as they were at the end.
    pub(crate) traces: Traces,
    asked: Vec<Asked>,
    over: SetOnce<()>,
}

/// A request that shows whether a rule still answers.
struct Asked {
    target: Target,
    sample: Sample,
    /// How the rule answers it.
    answers: Answers,
    /// Whether another test's routes may answer it too by now.
    is_shared: AtomicBool,
}

impl Drain {
    /// Of the HTTPRoutes among the objects of a test that are about to be removed.
    pub(crate) fn before_removal(
        session: &Session,
        objects: &[Object],
        services: &Services,
    ) -> Self {
        let own: BTreeSet<Key> = objects.iter().filter_map(Key::of).collect();
        let store = session.store(Kind::HttpRoute);
        let (mut all, mut asked) = (Vec::new(), Vec::new());
        for route in objects.iter().filter(|object| Kind::of(object) == Some(Kind::HttpRoute)) {
            let mut rules = Rule::of_route(route, services);
            let now = Key::of(route).and_then(|key| store.get(&key));
            rules.extend(now.iter().flat_map(|now| Rule::of_route(now, services)));
            for gateway in parents(route) {
                // A Gateway of the test's own goes too, and with it what it answers; unless another
                // Gateway of the run answers at its address.
                if own.contains(&gateway) && !session.has_shared_address() {
                    continue;
                }
                for target in targets(session, &gateway) {
                    asked.extend(traces(&rules).into_iter().map(|(sample, answers)| Asked {
                        target: target.clone(),
                        sample,
                        answers,
                        is_shared: AtomicBool::new(false),
                    }));
                }
            }
            all.extend(rules);
        }
        Self { traces: traces(&all), asked, over: SetOnce::new() }
    }

    /// Routes with these rules are about to be applied, which may answer the same requests: from now
    /// on only what can be an answer of the ended test's routes counts as one.
    pub(crate) fn is_followed_by(&self, rules: &[Rule]) {
        for asked in &self.asked {
            if rules.iter().any(|rule| rule.may_match(&asked.sample)) {
                asked.is_shared.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Waits until the routes, which are removed now, answer no more. A Gateway that still answers by
    /// them after `MaxTimeToConsistency` is told of. The silence must last for `lasting`.
    pub(crate) async fn end(&self, session: &Session, lasting: Duration) {
        let limit = session.timeouts().get(Limit::MaxTimeToConsistency);
        let waits = self.asked.iter().map(|asked| async move {
            let still = |response: &Response| asked.may_be_answered_by(response);
            asked
                .sample
                .with(async |request| {
                    let prober = session.prober();
                    if prober.answers_no_more(&asked.target, &request, still, limit, lasting).await {
                        return;
                    }
                    session.notice(format!(
                        "{request} at {} is still answered by a route that was deleted {limit:.0?} ago; tests that follow may be disturbed",
                        asked.target.label
                    ));
                })
                .await;
        });
        join_all(waits).await;
        let _ = self.over.set(());
    }

    /// Whether the routes answer no more, or were told of.
    pub(crate) fn is_over(&self) -> bool {
        self.over.initialized()
    }

    /// Waits until they answer no more, or were told of.
    pub(crate) async fn over(&self) {
        self.over.wait().await;
    }
}

impl Asked {
    /// Whether a route gave this answer, as far as can be told: a backend, a redirect or the 500 of a
    /// route with an invalid backend; where other routes answer too, what the ended rule may give.
    fn may_be_answered_by(&self, response: &Response) -> bool {
        if self.is_shared.load(Ordering::Relaxed) {
            self.answers.may_include(response)
        } else {
            matches!(response.status.as_u16(), 200..400 | 500) || self.answers.may_include(response)
        }
    }
}

/// The plain listeners of a Gateway that stands, or of one with its address.
fn targets(session: &Session, gateway: &Key) -> Vec<Target> {
    let store = session.store(Kind::Gateway);
    let Some(object) = store.get(gateway) else { return Vec::new() };
    let view = GatewayView::new(&object);
    let addresses = view.addresses();
    let Some(address) = addresses.iter().find(|address| address.kind.is_some()) else {
        return Vec::new();
    };
    let ports: BTreeSet<u16> =
        view.listeners().iter().filter(|l| l.protocol == "HTTP").map(|l| l.port).collect();
    ports
        .into_iter()
        .map(|port| Target {
            host: address.value.to_owned(),
            port,
            scheme: Scheme::Http,
            label: format!("Gateway {}", gateway.name),
        })
        .collect()
}
