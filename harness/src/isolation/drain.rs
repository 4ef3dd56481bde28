//! After a test: its routes must no longer answer where another test's requests go.
//!
//! A Gateway that outlives the test may answer by its routes for a while after they are gone. A
//! test that came next could pass by such an answer, or fail by it. So none sends anything before
//! the routes are seen to be gone; what it applies may be there already where that can be seen then.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use cluster::{Key, Kind, Object, views::GatewayView};
use futures::future::join_all;
use model::{
    exchange::{Request, call::Invocation},
    timeouts::Limit,
};
use probe::{Identities, Scheme, Target};
use tokio::sync::SetOnce;

use crate::{
    context::session::Session,
    isolation::routing::{
        Answers, Rule, Sample, Services, Traces, merge, parents, traces, traces_at,
    },
};

/// The routes of an ended test, which may still answer.
pub(crate) struct Drain {
    /// Those of their rules, as they were applied and as they were at the end.
    pub(crate) traces: Traces,
    asked: Vec<Asked>,
    over: SetOnce<()>,
}

/// A request, or a call, that shows whether a rule still answers.
struct Asked {
    /// Of the route.
    kind: Kind,
    target: Target,
    sample: Sample,
    /// How the rule answers it.
    answers: Answers,
    /// Whether another test's routes may answer it too by now.
    is_shared: AtomicBool,
}

impl Drain {
    /// Of the HTTPRoutes and GRPCRoutes among the objects of a test that are about to be removed.
    pub(crate) fn before_removal(
        session: &Session,
        objects: &[Object],
        services: &Services,
    ) -> Self {
        let own: BTreeSet<Key> = objects.iter().filter_map(Key::of).collect();
        // A Gateway of the test's own goes too, and with it what it answers; unless another Gateway of the
        // run answers at its address.
        let goes = |parent: &Key| {
            let gateway = gateway_of(session, parent);
            gateway.is_some_and(|it| own.contains(&it)) && !session.has_shared_address()
        };
        let (mut seen, mut asked) = (Traces::new(), Vec::new());
        for (route, key) in objects.iter().filter_map(|object| Some((object, Key::of(object)?))) {
            let kind = key.kind;
            if !kind.routes_requests() {
                continue;
            }
            let mut rules = Rule::of_route(route, services);
            let now = session.store(kind).get(&key);
            rules.extend(now.iter().flat_map(|now| Rule::of_route(now, services)));
            for parent in parents(route) {
                if goes(&parent) {
                    continue;
                }
                for (target, hostnames) in targets(session, &parent) {
                    let there = traces_at(&rules, &hostnames);
                    merge(&mut seen, there.clone());
                    asked.extend(there.into_iter().map(|(sample, answers)| Asked {
                        kind,
                        target: target.clone(),
                        sample,
                        answers,
                        is_shared: AtomicBool::new(false),
                    }));
                }
            }
            merge(&mut seen, traces(&rules));
        }
        Self { traces: seen, asked, over: SetOnce::new() }
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
    /// them after `MaxTimeToConsistency` is told of. The silence must go on for `lasting`.
    pub(crate) async fn end(&self, session: &Session, lasting: Duration) {
        let limit = session.timeouts().get(Limit::MaxTimeToConsistency);
        join_all(self.asked.iter().map(|asked| asked.falls_silent(session, limit, lasting))).await;
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
    /// Waits until it is answered by the rule no more, or tells that it still is.
    async fn falls_silent(&self, session: &Session, limit: Duration, lasting: Duration) {
        let (prober, target, answers) = (session.prober(), &self.target, &self.answers);
        let is_shared = || self.is_shared.load(Ordering::Relaxed);
        if self.kind == Kind::GrpcRoute {
            let call = async |call: Invocation<'_>| {
                let is_own = |captured: &_| !is_shared() || answers.may_come_from(captured);
                if !prober.takes_call_no_more(target, &call, is_own, limit, lasting).await {
                    still_answered(session, &call, target, limit);
                }
            };
            return self.sample.with_call(call).await;
        }
        let ask = async |request: Request<'_>| {
            let sign = |response: &_| answers.sign(response, is_shared());
            if !prober.answers_no_more(target, &request, sign, limit, lasting).await {
                still_answered(session, &request, target, limit);
            }
        };
        self.sample.with(ask).await;
    }
}

fn still_answered(session: &Session, what: &dyn fmt::Display, target: &Target, limit: Duration) {
    session.notice(format!(
        "{what} at {} is still answered by a route that was deleted {limit:.0?} ago; tests that follow may be disturbed",
        target.label
    ));
}

/// The Gateway that a parent of a route is, or to which it adds listeners.
fn gateway_of(session: &Session, parent: &Key) -> Option<Key> {
    if parent.kind == Kind::Gateway {
        return Some(parent.clone());
    }
    let set = session.store(parent.kind).get(parent)?;
    let reference = &set.data["spec"]["parentRef"];
    let namespace = reference["namespace"].as_str().or(parent.namespace.as_deref());
    Some(Key::new(Kind::Gateway, namespace, reference["name"].as_str()?))
}

/// The ports of the plain listeners of a parent whose Gateway stands, or of one with its address; and
/// the hostnames of these listeners, some of which may have none.
fn targets(session: &Session, parent: &Key) -> Vec<(Target, BTreeSet<Option<String>>)> {
    let Some(gateway) = gateway_of(session, parent) else { return Vec::new() };
    let stored = |key: &Key| session.store(key.kind).get(key);
    let (Some(object), Some(holder)) = (stored(&gateway), stored(parent)) else {
        return Vec::new();
    };
    let view = GatewayView::new(&holder);
    let Ok(address) = session.asked_at(&object) else { return Vec::new() };
    let mut ports: BTreeMap<u16, BTreeSet<_>> = BTreeMap::new();
    for listener in view.listeners().iter().filter(|listener| listener.protocol == "HTTP") {
        ports.entry(listener.port).or_default().insert(listener.hostname.map(str::to_owned));
    }
    let target = |port| Target {
        host: address.to_owned(),
        port,
        scheme: Scheme::Http,
        identities: Identities::default(),
        label: format!("Gateway {}", gateway.name),
    };
    ports.into_iter().map(|(port, hostnames)| (target(port), hostnames)).collect()
}
