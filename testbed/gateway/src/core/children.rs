//! Routes to which others hand requests on, and what is reported of them at these.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::delegation::{self, Handed};
use super::objects::Key;
use super::route::{ParentReference, RouteRef};
use super::route_kind::RouteKind;
use super::rules::CompiledRules;
use super::status::{Condition, ParentStatus};
use super::{Environment, StatusKind};
use crate::faults;

/// Which routes have requests handed on to them, by which routes.
pub struct Children {
    /// Their rules, by child and parent.
    judged: BTreeMap<(Key, Key), Rc<CompiledRules>>,
    /// The routes that are judged here, and may be parents.
    parents: BTreeSet<(StatusKind, Key)>,
    accepted: Condition,
    refused: Condition,
}

impl Default for Children {
    fn default() -> Self {
        let message = "the parent does not hand on requests to this route".to_owned();
        Self {
            judged: BTreeMap::new(),
            parents: BTreeSet::new(),
            accepted: Condition::yes("Accepted", "Accepted"),
            refused: Condition::no("Accepted", "NoMatchingParent", message),
        }
    }
}

impl Children {
    /// A route is judged here, and may be a parent.
    pub fn may_be_of(&mut self, route: RouteRef<'_>) {
        self.parents.insert(route.id());
    }

    /// Requests are handed on to a route with these rules.
    pub fn judge(&mut self, handed: &Handed, compiled: &Rc<CompiledRules>) {
        self.may_be_of(handed.route());
        let both = (handed.route.key(), handed.parent.clone());
        self.judged.insert(both, Rc::clone(compiled));
    }

    /// What is reported of a route at each of its parents that are HTTPRoutes judged here.
    pub fn statuses<'r>(
        &'r self,
        route: RouteRef<'r>,
        env: &Environment<'_>,
    ) -> Vec<ParentStatus<'r>> {
        if env.faults.has(faults::DELEGATION_NOT_REPORTED) {
            return Vec::new();
        }
        let namespace = &route.metadata.namespace;
        let status = |parent: &'r ParentReference| {
            let key = delegation::parent_route(parent, namespace)?;
            let is_known =
                self.parents.contains(&(StatusKind::Route(RouteKind::Http), key.clone()));
            let conditions = match self.judged.get(&(route.key(), key)) {
                Some(compiled) => {
                    let accepted = compiled.unsupported.as_ref().unwrap_or(&self.accepted);
                    vec![accepted, &compiled.resolved_refs]
                }
                None if env.faults.has(faults::UNDELEGATED_CHILD_ACCEPTED) => vec![&self.accepted],
                None => vec![&self.refused],
            };
            is_known.then_some(ParentStatus { parent, conditions })
        };
        route.object.spec.parent_refs.iter().filter_map(status).collect()
    }
}
