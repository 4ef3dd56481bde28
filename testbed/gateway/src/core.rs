//! The pure core: from a snapshot of the cluster to what is served and what is reported.
//!
//! Nothing here reads a clock, opens a socket or talks to Kubernetes; what it needs of the world
//! comes in through [`Environment`]. So every rule can be tested as a function.

pub mod attachment;
mod authorities;
pub mod backend_tls;
mod backend_tls_policy;
mod backend_verifier;
pub mod backends;
pub mod certificates;
mod children;
mod client_certificate;
pub mod client_validation;
mod condition;
mod config;
pub mod cors;
mod delegation;
mod duration;
mod environment;
pub mod features;
pub mod filters;
mod gateway_tls;
mod grpc_method;
pub mod holder;
pub mod hostname;
mod kind_conflicts;
mod listener_conflicts;
pub mod listener_set;
mod listener_sets;
pub mod listener_state;
mod listeners;
mod managed;
pub mod matching;
pub mod mirrors;
mod narrowing;
mod object_reference;
pub mod objects;
mod policies;
pub mod port;
pub mod references;
pub mod retries;
pub mod route;
pub mod route_kind;
mod routes;
pub mod routing;
pub mod rules;
pub mod snapshot;
pub mod source;
pub mod status;
mod status_update;
pub mod streams;
pub mod tables;
#[cfg(test)]
mod tests;
mod timeout_policies;
mod timeout_policy;
pub mod timeouts;
mod value_pattern;
pub mod wishes;

use std::collections::BTreeMap;

use serde_json::Value;

pub use self::config::Config;
use self::delegation::Delegations;
pub use self::environment::Environment;
pub use self::features::OPTIONAL_FEATURES;
use self::managed::Managed;
use self::objects::{Gateway, GatewayClass, Key, Object};
use self::snapshot::Snapshot;
use self::status::Condition;
pub use self::status_update::{StatusKind, StatusUpdate};
use self::timeout_policies::TimeoutPolicies;
use crate::faults;

/// What keeps a `GatewayClass` from being removed while Gateways use it.
pub const FINALIZER: &str = "gateway-exists-finalizer.gateway.networking.k8s.io";

/// Computes what is served and what is reported.
pub fn compute(snapshot: &Snapshot, env: &Environment<'_>) -> Config {
    let gateways: BTreeMap<_, _> = managed_gateways(snapshot, env)
        .map(|(key, gateway)| (key, Managed::new(gateway, snapshot, env)))
        .collect();
    let mut config = Config::default();
    let timeouts = TimeoutPolicies::judge(snapshot, env, &mut config);
    let delegations = Delegations::of(snapshot, env);
    let routes = routes::evaluate(snapshot, &delegations, &gateways, env, &mut config);
    for (key, class) in &snapshot.gateway_classes {
        if class.spec.controller_name == env.controller_name {
            let status = gateway_class_status(class, snapshot, env);
            config.report(StatusKind::GatewayClass, key, class, &class.status, status);
            let kept = env.faults.has(faults::GATEWAY_CLASS_FINALIZER_KEPT)
                && !is_first_class(class, snapshot, env);
            if kept && !class.metadata.finalizers.iter().any(|name| name == FINALIZER) {
                config.unfinalized.push(key.clone());
            }
        }
    }
    policies::report(snapshot, &routes, env, &mut config);
    for (key, managed) in &gateways {
        let attached = &routes.get(key).map_or(&[][..], Vec::as_slice);
        managed.report(attached, env, &mut config);
        managed.serve(attached, &timeouts, env, &mut config);
    }
    config
}

/// The Gateways of our classes, but those that a fault leaves out.
fn managed_gateways<'a>(
    snapshot: &'a Snapshot,
    env: &'a Environment<'_>,
) -> impl Iterator<Item = (&'a Key, &'a Object<Gateway>)> {
    let too_long =
        |key: &Key| key.name.len() > 63 && env.faults.has(faults::LONG_GATEWAY_NAME_IGNORED);
    snapshot.gateways_of(env.controller_name).filter(move |(key, _)| !too_long(key))
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
    if env.faults.has(faults::ONLY_FIRST_GATEWAY_CLASS_ACCEPTED)
        && !is_first_class(class, snapshot, env)
    {
        return class.status.clone();
    }
    status::gateway_class(class, &accepted, &features::claimed(env), env)
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
