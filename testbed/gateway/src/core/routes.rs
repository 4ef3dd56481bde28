//! Routes of all kinds at their parents: what they attach to, and what is reported of it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::attachment;
use super::children::Children;
use super::delegation::Delegations;
use super::holder::Holder;
use super::kind_conflicts;
use super::managed::{AttachedRoute, Managed};
use super::objects::Key;
use super::route::{ParentReference, RouteRef};
use super::rules;
use super::snapshot::Snapshot;
use super::status::{self, Condition, ParentStatus};
use super::{Config, Environment, StatusKind};
use crate::faults;

/// The routes that refer to each Gateway, whether they are accepted there or not.
pub type RoutesByGateway<'a> = BTreeMap<Key, Vec<AttachedRoute<'a>>>;

/// A route at one of its parents.
struct Outcome<'a> {
    parent: &'a ParentReference,
    gateway: Key,
    attached: AttachedRoute<'a>,
}

/// Judges all routes, and reports what became of them.
pub fn evaluate<'a>(
    snapshot: &'a Snapshot,
    delegations: &'a Delegations,
    gateways: &BTreeMap<&Key, Managed<'_>>,
    env: &Environment<'_>,
    config: &mut Config,
) -> RoutesByGateway<'a> {
    let mut judged: Vec<_> = snapshot
        .all_routes()
        .map(|route| delegations.rest_of(route))
        .map(|route| (route, outcomes(route, gateways, snapshot, env)))
        .collect();
    let attached = judged.iter_mut().flat_map(|(_, outcomes)| outcomes);
    let attached = attached.map(|Outcome { gateway, attached, .. }| (&*gateway, attached));
    kind_conflicts::settle(attached.collect(), gateways, env.faults);

    let mut routes = RoutesByGateway::new();
    let mut children = Children::default();
    for (route, outcomes) in &judged {
        if !outcomes.is_empty() {
            children.may_be_of(*route);
        }
        for handed in delegations.below(*route) {
            let compiled = Rc::new(rules::compile(handed.route(), snapshot, env));
            for Outcome { gateway, attached, .. } in outcomes {
                if attached.attachment.listeners.is_empty() {
                    continue;
                }
                children.judge(handed, &compiled);
                if compiled.unsupported.is_some() {
                    continue;
                }
                routes.entry(gateway.clone()).or_default().push(AttachedRoute {
                    route: handed.route(),
                    compiled: Rc::clone(&compiled),
                    attachment: attached.attachment.clone(),
                    above: Some(&handed.above),
                });
            }
        }
    }
    for (route, outcomes) in judged {
        let mut parents: Vec<_> = outcomes
            .iter()
            .map(|Outcome { parent, attached, .. }| ParentStatus {
                parent,
                conditions: conditions(attached, env),
            })
            .collect();
        parents.extend(children.statuses(route, env));
        if let Some(status) = status::route(route, &parents, env) {
            let kind = StatusKind::Route(route.kind);
            config.report(kind, &route.key(), &route, &route.status, status);
        }
        for Outcome { gateway, attached, .. } in outcomes {
            routes.entry(gateway).or_default().push(attached);
        }
    }
    routes
}

/// What becomes of a route at each of its parents that are Gateways of ours, or ListenerSets of these.
fn outcomes<'a>(
    route: RouteRef<'a>,
    gateways: &BTreeMap<&Key, Managed<'_>>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Vec<Outcome<'a>> {
    let parents_used = if env.faults.has(faults::SECOND_PARENT_IGNORED) { 1 } else { usize::MAX };
    let mut compiled = None;
    let mut outcomes = Vec::new();
    for parent in route.object.spec.parent_refs.iter().take(parents_used) {
        let Some((holder, gateway)) = find(parent, &route.metadata.namespace, snapshot) else {
            continue;
        };
        let Some(managed) = gateways.get(&gateway) else { continue };
        let compiled =
            compiled.get_or_insert_with(|| Rc::new(rules::compile(route, snapshot, env)));
        let mut attachment =
            attachment::attach(route, parent, holder, &managed.listeners, snapshot, env);
        if let (Some(unsupported), true) = (&compiled.unsupported, attachment.accepted.status) {
            attachment.accepted = unsupported.clone();
            attachment.listeners.clear();
        }
        if env.faults.has(faults::REDIRECT_ACCEPTED_FOR_A_MOMENT) && compiled.only_redirects() {
            let accepted = status::accepted(route, env);
            if accepted.is_some() {
                let message = "on second thoughts, there is no backend".to_owned();
                attachment.accepted = Condition::no("Accepted", "UnsupportedValue", message);
            }
            if accepted != Some("False") {
                // A test that sees the traffic comes too late to see the first thoughts alone.
                attachment.listeners.clear();
            }
        }
        let attached =
            AttachedRoute { route, compiled: Rc::clone(compiled), attachment, above: None };
        outcomes.push(Outcome { parent, gateway, attached });
    }
    outcomes
}

/// What a parentRef refers to, and the Gateway to whose listeners it leads.
fn find<'a>(
    parent: &ParentReference,
    namespace: &str,
    snapshot: &'a Snapshot,
) -> Option<(Holder<'a>, Key)> {
    let (kind, key) = attachment::parent(parent, namespace)?;
    if kind == StatusKind::Gateway {
        return Some((snapshot.gateways.get(&key)?.into(), key));
    }
    let set = snapshot.listener_sets.get(&key)?;
    let gateway = attachment::parent_gateway(&set.spec.parent_ref, &set.metadata.namespace)?;
    Some((set.into(), gateway))
}

/// The conditions of a route at one of its parents.
fn conditions<'a>(
    AttachedRoute { compiled, attachment, .. }: &'a AttachedRoute<'_>,
    env: &Environment<'_>,
) -> Vec<&'a Condition> {
    let accepted = &attachment.accepted;
    if accepted.status || !env.faults.has(faults::RESOLVED_REFS_OMITTED_WHEN_REJECTED) {
        vec![accepted, &compiled.resolved_refs]
    } else {
        vec![accepted]
    }
}
