//! Rules of a route, compiled: what they match, and what happens to what they match.

use std::sync::Arc;

use http::StatusCode;

use super::Environment;
use super::backends::{self, Backends};
use super::filters::Filters;
use super::matching::RequestMatch;
use super::mirrors::{self, Mirror};
use super::retries::Retries;
use super::route::{BackendReference, Filter, Match, RouteRef, Rule};
use super::route_kind::RouteKind;
use super::snapshot::Snapshot;
use super::source::Source;
use super::status::Condition;
use super::timeouts::Timeouts;
use crate::faults;

/// What happens to the requests of a rule.
#[derive(Debug)]
pub struct Action {
    /// The rule's filters.
    pub filters: Filters,
    /// The backends.
    pub backends: Backends,
    /// Who gets copies of the requests.
    pub mirrors: Vec<Mirror>,
    /// The answer where no backend can be picked.
    pub without_backend: StatusCode,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// What is sent to a backend again.
    pub retries: Retries,
}

/// The rules of a route, and what its status says of them.
#[derive(Debug)]
pub struct CompiledRules {
    /// Each rule's matches, of which one suffices, and what it does. In the route's order.
    pub rules: Vec<(Vec<RequestMatch>, Arc<Action>)>,
    /// Condition `ResolvedRefs`.
    pub resolved_refs: Condition,
    /// Condition `Accepted`, where the route must not be accepted whoever its parents are.
    pub unsupported: Option<Condition>,
}

impl CompiledRules {
    /// The policies that its backends are reached by.
    pub fn policies(&self) -> impl Iterator<Item = &Source> {
        self.rules.iter().flat_map(|(_, action)| action.backends.policies())
    }

    /// Whether there are rules, and each of them redirects.
    pub fn only_redirects(&self) -> bool {
        let mut rules = self.rules.iter();
        !self.rules.is_empty() && rules.all(|(_, action)| action.filters.redirect.is_some())
    }
}

/// Compiles the rules of a route and resolves their references.
pub fn compile(route: RouteRef<'_>, snapshot: &Snapshot, env: &Environment<'_>) -> CompiledRules {
    let mut problems = Problems::default();
    let mut rules = Vec::new();
    for (index, rule) in route.spec.rules.iter().enumerate() {
        match compile_rule(rule, route, snapshot, env, &mut problems) {
            Ok(rule) => rules.push(rule),
            Err(reason) => problems.unsupported.push(format!("rule {index}: {reason}")),
        }
    }
    let unsupported = (!problems.unsupported.is_empty())
        .then(|| Condition::no("Accepted", "UnsupportedValue", problems.unsupported.join("; ")));
    let missing = || {
        let mut conditions = problems.unresolved.iter();
        conditions.find(|condition| condition.reason == "BackendNotFound")
    };
    let rejected = env.faults.has(faults::MISSING_BACKEND_REJECTS_ROUTE).then(missing).flatten();
    let rejected = rejected.map(|condition| Condition { kind: "Accepted", ..condition.clone() });
    CompiledRules {
        rules,
        resolved_refs: problems.resolved_refs(env),
        unsupported: unsupported.or(rejected),
    }
}

#[derive(Default)]
struct Problems {
    unresolved: Vec<Condition>,
    unsupported: Vec<String>,
}

impl Problems {
    /// One condition for all references: the reason of the first that does not resolve, and the
    /// messages of all.
    fn resolved_refs(&self, env: &Environment<'_>) -> Condition {
        let hidden = |condition: &&Condition| {
            condition.reason == "BackendNotFound"
                && env.faults.has(faults::MISSING_BACKEND_RESOLVED)
        };
        let mut unresolved = self.unresolved.iter().filter(|condition| !hidden(condition));
        match unresolved.next() {
            None => Condition::yes("ResolvedRefs", "ResolvedRefs"),
            Some(first) => {
                let mut messages = vec![first.message.as_str()];
                messages.extend(unresolved.map(|condition| condition.message.as_str()));
                messages.dedup();
                Condition { message: messages.join("; "), ..first.clone() }
            }
        }
    }
}

fn compile_rule(
    rule: &Rule,
    route: RouteRef<'_>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
    problems: &mut Problems,
) -> Result<(Vec<RequestMatch>, Arc<Action>), String> {
    if rule.name.is_some() && env.faults.has(faults::NAMED_RULE_REFUSED) {
        return Err("rules with names are not supported".to_owned());
    }
    if route.kind == RouteKind::Grpc
        && !rule.filters.is_empty()
        && env.faults.has(faults::GRPC_FILTERS_REFUSED)
    {
        return Err("filters of calls are not supported".to_owned());
    }
    let mut resolved = Vec::with_capacity(rule.backend_refs.len());
    for reference in &rule.backend_refs {
        let filters = backend_filters(reference, rule, env);
        if filters.iter().any(Filter::is_mirror) {
            return Err("mirrors of single backends are not supported".to_owned());
        }
        let filters = Filters::compile(filters, env.faults)?;
        let (backend, unresolved) = backends::resolve(reference, filters, route, snapshot, env);
        problems.unresolved.extend(unresolved.map(|unresolved| unresolved.condition));
        resolved.push(backend);
    }
    let (mirrors, unresolved) = mirrors::compile(&rule.filters, route, snapshot, env);
    problems.unresolved.extend(unresolved.into_iter().map(|unresolved| unresolved.condition));
    let mut matches = if rule.matches.is_empty() {
        vec![RequestMatch::compile(&Match::default())?]
    } else {
        rule.matches.iter().map(RequestMatch::compile).collect::<Result<_, _>>()?
    };
    if env.faults.has(faults::MATCHES_ARE_ANDED) {
        matches = RequestMatch::all(matches);
    }
    let without_backend = if env.faults.has(faults::NO_BACKEND_REFS_GIVES_404) {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let action = Action {
        filters: Filters::compile(&rule.filters, env.faults)?,
        backends: Backends::new(resolved),
        mirrors,
        without_backend,
        timeouts: Timeouts::compile(&rule.timeouts, env.faults)?,
        retries: Retries::compile(rule, env.faults)?,
    };
    Ok((matches, Arc::new(action)))
}

/// The filters of a backendRef.
fn backend_filters<'r>(
    reference: &'r BackendReference,
    rule: &'r Rule,
    env: &Environment<'_>,
) -> &'r [Filter] {
    if env.faults.has(faults::BACKEND_FILTERS_IGNORED) {
        return &[];
    }
    if env.faults.has(faults::BACKEND_FILTERS_OF_FIRST_USED) {
        return rule.backend_refs.first().map_or(&[], |first| &first.filters);
    }
    &reference.filters
}
