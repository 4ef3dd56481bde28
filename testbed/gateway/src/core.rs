//! The pure core: from a snapshot of the cluster to what is served and what is reported.
//!
//! Nothing here reads a clock, opens a socket or talks to Kubernetes; what it needs of the world
//! comes in through [`Environment`]. So every rule can be tested as a function.

pub mod attachment;
pub mod backends;
pub mod certificates;
mod condition;
mod config;
mod environment;
pub mod filters;
pub mod hostname;
pub mod listeners;
mod managed;
pub mod matching;
mod object_reference;
pub mod objects;
pub mod references;
pub mod route;
pub mod routing;
pub mod rules;
pub mod snapshot;
pub mod status;
mod status_update;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

pub use self::config::Config;
pub use self::environment::Environment;
use self::managed::{AttachedRoute, Managed};
use self::objects::{Gateway, GatewayClass, Key, Object};
use self::snapshot::Snapshot;
use self::status::{Condition, ParentStatus};
pub use self::status_update::{StatusKind, StatusUpdate};
use crate::faults::Deviation;

/// The features that this implementation supports, as `GatewayClass.status.supportedFeatures` names
/// them, sorted.
pub const SUPPORTED_FEATURES: &[&str] = &[
    "Gateway",
    "GatewayAddressEmpty",
    "GatewayHTTPListenerIsolation",
    "GatewayHTTPSListenerDetectMisdirectedRequests",
    "GatewayPort8080",
    "GatewayRouteHostnameIntersectionPrecedence",
    "HTTPRoute",
    "HTTPRoute303RedirectStatusCode",
    "HTTPRoute307RedirectStatusCode",
    "HTTPRoute308RedirectStatusCode",
    "HTTPRouteBackendProtocolH2C",
    "HTTPRouteBackendProtocolWebSocket",
    "HTTPRouteBackendRequestHeaderModification",
    "HTTPRouteBackendTimeout",
    "HTTPRouteBackendURLRewrite",
    "HTTPRouteHostRewrite",
    "HTTPRouteMethodMatching",
    "HTTPRouteNamedRouteRule",
    "HTTPRouteParentRefPort",
    "HTTPRoutePathRedirect",
    "HTTPRoutePathRewrite",
    "HTTPRoutePortRedirect",
    "HTTPRouteQueryParamMatching",
    "HTTPRouteRequestTimeout",
    "HTTPRouteResponseHeaderModification",
    "HTTPRouteSchemeRedirect",
    "ReferenceGrant",
];

/// What keeps a `GatewayClass` from being removed while Gateways use it.
pub const FINALIZER: &str = "gateway-exists-finalizer.gateway.networking.k8s.io";

/// Computes what is served and what is reported.
pub fn compute(snapshot: &Snapshot, env: &Environment<'_>) -> Config {
    let gateways: BTreeMap<_, _> = managed_gateways(snapshot, env)
        .map(|(key, gateway)| (key, Managed::new(gateway, snapshot, env)))
        .collect();
    let mut config = Config::default();
    let routes = evaluate_routes(snapshot, &gateways, env, &mut config);
    for (key, class) in &snapshot.gateway_classes {
        if class.spec.controller_name == env.controller_name {
            let status = gateway_class_status(class, snapshot, env);
            config.report(StatusKind::GatewayClass, key, class, &class.status, status);
            let kept = env.faults.has(Deviation::GatewayClassFinalizerKept)
                && !is_first_class(class, snapshot, env);
            if kept && !class.metadata.finalizers.iter().any(|name| name == FINALIZER) {
                config.unfinalized.push(key.clone());
            }
        }
    }
    for (key, managed) in &gateways {
        let attached = &routes.get(key).map_or(&[][..], Vec::as_slice);
        let status = managed.status(attached, env);
        let gateway = managed.gateway;
        config.report(StatusKind::Gateway, key, gateway, &gateway.status, status);
        managed.serve(attached, env, &mut config);
    }
    config
}

/// The Gateways of our classes, but those that a fault leaves out.
fn managed_gateways<'a>(
    snapshot: &'a Snapshot,
    env: &'a Environment<'_>,
) -> impl Iterator<Item = (&'a Key, &'a Object<Gateway>)> {
    let too_long =
        |key: &Key| key.name.len() > 63 && env.faults.has(Deviation::LongGatewayNameIgnored);
    snapshot.gateways_of(env.controller_name).filter(move |(key, _)| !too_long(key))
}

/// The routes that refer to each Gateway, whether they are accepted there or not.
type RoutesByGateway<'a> = BTreeMap<Key, Vec<AttachedRoute<'a>>>;

fn evaluate_routes<'a>(
    snapshot: &'a Snapshot,
    gateways: &BTreeMap<&Key, Managed<'_>>,
    env: &Environment<'_>,
    config: &mut Config,
) -> RoutesByGateway<'a> {
    let mut routes = RoutesByGateway::new();
    let parents_used = if env.faults.has(Deviation::SecondParentIgnored) { 1 } else { usize::MAX };
    for (key, route) in &snapshot.http_routes {
        let mut compiled = None;
        let mut outcomes = Vec::new();
        for parent in route.spec.parent_refs.iter().take(parents_used) {
            let gateway = attachment::parent_gateway(parent, &key.namespace);
            let Some((gateway, managed)) =
                gateway.and_then(|gateway| gateways.get_key_value(&gateway))
            else {
                continue;
            };
            let compiled =
                compiled.get_or_insert_with(|| Rc::new(rules::compile(route, snapshot, env)));
            let Managed { gateway: object, listeners } = managed;
            let mut attachment =
                attachment::attach(route, parent, object, listeners, snapshot, env);
            if let (Some(unsupported), true) = (&compiled.unsupported, attachment.accepted.status) {
                attachment.accepted = unsupported.clone();
                attachment.listeners.clear();
            }
            if env.faults.has(Deviation::RedirectAcceptedForAMoment)
                && compiled.only_redirects()
                && status::has_entry(route, env)
            {
                let message = "on second thoughts, there is no backend".to_owned();
                attachment.accepted = Condition::no("Accepted", "UnsupportedValue", message);
            }
            outcomes.push((
                parent,
                (*gateway).clone(),
                AttachedRoute { route, compiled: Rc::clone(compiled), attachment },
            ));
        }
        let parents: Vec<_> = outcomes
            .iter()
            .map(|(parent, _, outcome)| ParentStatus {
                parent,
                conditions: parent_conditions(outcome, env),
            })
            .collect();
        if let Some(status) = status::http_route(route, &parents, env) {
            config.report(StatusKind::HttpRoute, key, route, &route.status, status);
        }
        for (_, gateway, outcome) in outcomes {
            routes.entry(gateway).or_default().push(outcome);
        }
    }
    routes
}

/// The conditions of a route at one of its parents.
fn parent_conditions<'a>(
    AttachedRoute { compiled, attachment, .. }: &'a AttachedRoute<'_>,
    env: &Environment<'_>,
) -> Vec<&'a Condition> {
    let accepted = &attachment.accepted;
    if accepted.status || !env.faults.has(Deviation::ResolvedRefsOmittedWhenRejected) {
        vec![accepted, &compiled.resolved_refs]
    } else {
        vec![accepted]
    }
}

fn gateway_class_status(
    class: &Object<GatewayClass>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> Value {
    let accepted = if class.spec.parameters_ref.is_some() {
        let message = "there are no parameters; leave out spec.parametersRef".to_owned();
        Condition::no("Accepted", "InvalidParameters", message)
    } else {
        Condition::yes("Accepted", "Accepted")
    };
    if env.faults.has(Deviation::OnlyFirstGatewayClassAccepted)
        && !is_first_class(class, snapshot, env)
    {
        return class.status.clone();
    }
    status::gateway_class(class, &accepted, SUPPORTED_FEATURES, env)
}

/// Whether a class is the oldest of ours.
fn is_first_class(
    class: &Object<GatewayClass>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> bool {
    let ours = snapshot
        .gateway_classes
        .values()
        .filter(|other| other.spec.controller_name == env.controller_name);
    let first = ours.min_by_key(|other| (&other.metadata.creation_timestamp, &other.metadata.name));
    first.is_some_and(|first| first.metadata.name == class.metadata.name)
}
