//! Rules of HTTPRoutes that hand their requests on to other HTTPRoutes.
//!
//! A rule does so whose backendRefs are all HTTPRoutes. A child that names the parent in its own parentRefs takes of
//! these requests what its rules match; see [`narrowing`].

use std::collections::BTreeMap;

use super::Environment;
use super::narrowing;
use super::objects::{GATEWAY_GROUP, Key, Metadata, Object};
use super::references::{self, Referrer, Target};
use super::route::{BackendReference, ParentReference, Refusal, Route, RouteRef, Rule};
use super::route_kind::RouteKind;
use super::snapshot::Snapshot;
use super::timeout_policies::Place;
use crate::faults;

/// How often a request is handed on at most.
const MOST_HANDS: usize = 4;

/// What all routes hand on.
#[derive(Debug, Default)]
pub struct Delegations {
    by_root: BTreeMap<Key, Delegation>,
}

/// What begins at one route.
#[derive(Debug)]
struct Delegation {
    /// The route without the rules that hand on; those that cannot are still there.
    rest: Object<Route>,
    handed: Vec<Handed>,
}

/// A route, as far as requests are handed on to it.
#[derive(Debug)]
pub struct Handed {
    /// By which route.
    pub parent: Key,
    /// What is left of it there.
    pub route: Object<Route>,
    /// The routes and rules that it is under, the least specific first.
    pub above: Vec<Place>,
}

impl Handed {
    /// As a route.
    pub fn route(&self) -> RouteRef<'_> {
        RouteRef { kind: RouteKind::Http, object: &self.route }
    }
}

impl Delegations {
    /// Follows the routes of the cluster.
    pub fn of(snapshot: &Snapshot, env: &Environment<'_>) -> Self {
        let roots = snapshot.all_routes().filter(|route| {
            route.kind == RouteKind::Http && route.spec.rules.iter().any(Rule::hands_on)
        });
        let by_root = roots.map(|root| {
            let (path, above, handed) = (Vec::new(), Vec::new(), Vec::new());
            let mut walk = Walk { snapshot, env, path, above, handed, meets_itself: false };
            let rest = walk.follow(root.object.clone());
            if walk.meets_itself && env.faults.has(faults::DELEGATION_CYCLE_TAKES_ALL_DOWN) {
                walk.handed.clear();
            }
            (root.key(), Delegation { rest, handed: walk.handed })
        });
        Self { by_root: by_root.collect() }
    }

    /// What a route serves itself.
    pub fn rest_of<'a>(&'a self, route: RouteRef<'a>) -> RouteRef<'a> {
        let rest = self.begun_at(route).map(|delegation| &delegation.rest);
        RouteRef { object: rest.unwrap_or(route.object), ..route }
    }

    /// What is handed on by a route, and by the routes below it.
    pub fn below(&self, route: RouteRef<'_>) -> &[Handed] {
        self.begun_at(route).map_or(&[], |delegation| &delegation.handed)
    }

    fn begun_at(&self, route: RouteRef<'_>) -> Option<&Delegation> {
        (route.kind == RouteKind::Http).then(|| self.by_root.get(&route.key()))?
    }
}

/// The route that a parentRef of an object in `namespace` refers to, if it refers to an HTTPRoute.
pub fn parent_route(parent: &ParentReference, namespace: &str) -> Option<Key> {
    let is_route = parent.group.as_deref().unwrap_or(GATEWAY_GROUP) == GATEWAY_GROUP
        && parent.kind.as_deref() == Some("HTTPRoute");
    let namespace = parent.namespace.as_deref().unwrap_or(namespace);
    is_route.then(|| Key::new(namespace, &parent.name))
}

/// A way through routes.
struct Walk<'a> {
    snapshot: &'a Snapshot,
    env: &'a Environment<'a>,
    /// The routes on the way.
    path: Vec<Key>,
    /// The same with their rules, for policies.
    above: Vec<Place>,
    handed: Vec<Handed>,
    meets_itself: bool,
}

impl Walk<'_> {
    /// Notes what the route hands on, and leaves what it serves itself.
    fn follow(&mut self, mut route: Object<Route>) -> Object<Route> {
        self.path.push(route.key());
        let rules = std::mem::take(&mut route.body.spec.rules);
        let rest = rules.into_iter().filter_map(|rule| self.hand_on(&route, rule)).collect();
        if self.env.faults.has(faults::UNDELEGATED_CHILD_SERVED) {
            self.hand_to_who_asks(&route);
        }
        self.path.pop();
        route.body.spec.rules = rest;
        route
    }

    /// Notes what a rule hands on; what is left of it has no backends but those that it cannot hand on to.
    fn hand_on(&mut self, route: &Object<Route>, mut rule: Rule) -> Option<Rule> {
        if !rule.hands_on() || self.env.faults.has(faults::DELEGATION_IGNORED) {
            return Some(rule);
        }
        let (depth, outer) = (self.above.len(), rule.clone());
        self.above.push(Place::route(route.key(), None));
        let name = rule.name.as_deref();
        self.above.extend(name.map(|name| Place::route(route.key(), Some(name))));
        for reference in &mut rule.backend_refs {
            match self.child(reference, route, &outer) {
                Ok(child) => self.hand_to(route, child),
                Err(refusal) => reference.refused = Some(refusal),
            }
        }
        self.above.truncate(depth);
        rule.backend_refs.retain(|reference| reference.refused.is_some());
        (!rule.backend_refs.is_empty()).then_some(rule)
    }

    fn hand_to(&mut self, parent: &Object<Route>, child: Object<Route>) {
        let ignored = self.env.faults.has(faults::POLICIES_OF_PARENT_IGNORED);
        let above = if ignored { Vec::new() } else { self.above.clone() };
        let route = self.follow(child);
        self.handed.push(Handed { parent: parent.key(), route, above });
    }

    /// A fault: whoever names the route as parent gets all that it asks for.
    fn hand_to_who_asks(&mut self, parent: &Object<Route>) {
        let routes = self.snapshot.routes.get(&RouteKind::Http).into_iter().flatten();
        let named = |child: &Object<Route>| is_named(&parent.key(), child);
        for (_, child) in routes.filter(|(key, child)| named(child) && !self.path.contains(key)) {
            let (parent, route) = (parent.key(), child.clone());
            self.handed.push(Handed { parent, route, above: self.above.clone() });
        }
    }

    /// What a reference of a rule hands on, or why it cannot.
    fn child(
        &mut self,
        reference: &BackendReference,
        parent: &Object<Route>,
        rule: &Rule,
    ) -> Result<Object<Route>, Refusal> {
        let faults = self.env.faults;
        let Metadata { namespace, since, .. } = &parent.metadata;
        let there = reference.object.namespace.as_ref().unwrap_or(namespace);
        let key = Key::new(there, &reference.object.name);
        let no = |reason, why: &str| Refusal { reason, message: format!("HTTPRoute {key}: {why}") };
        let (missing, not_permitted) = ("BackendNotFound", "RefNotPermitted");
        let (group, kind) = (GATEWAY_GROUP, "HTTPRoute");
        let referrer = Referrer { group, kind, namespace, since: *since };
        let target = Target { group, kind, key: &key };
        if !faults.has(faults::DELEGATION_GRANT_NOT_REQUIRED)
            && !references::permitted(self.snapshot, referrer, target, faults)
        {
            return Err(no(not_permitted, "no ReferenceGrant lets requests be handed on to it"));
        }
        if self.path.contains(&key) {
            self.meets_itself = true;
            return Err(no(not_permitted, "it hands on to this route itself"));
        }
        let most = if faults.has(faults::DELEGATION_ONE_LEVEL_DEEP) { 1 } else { MOST_HANDS };
        if self.path.len() > most && !faults.has(faults::DELEGATION_DEPTH_UNLIMITED) {
            return Err(no(not_permitted, &format!("requests are handed on {most} times at most")));
        }
        let routes = self.snapshot.routes.get(&RouteKind::Http);
        let child = routes.and_then(|routes| routes.get(&key));
        let child = child.ok_or_else(|| no(missing, "there is no such route"))?;
        if !is_named(&parent.key(), child) {
            return Err(no(missing, "it does not name this route as its parent"));
        }
        let left = narrowing::within(child, &parent.spec.hostnames, rule, faults);
        left.ok_or_else(|| no(missing, "nothing of it lies within what is handed on"))
    }
}

/// Whether a route names this one as its parent.
fn is_named(parent: &Key, child: &Object<Route>) -> bool {
    let mut named = child.spec.parent_refs.iter();
    named.any(|it| parent_route(it, &child.metadata.namespace).as_ref() == Some(parent))
}
