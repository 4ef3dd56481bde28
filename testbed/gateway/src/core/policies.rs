//! Policies at the Gateways through whose routes they have an effect, and what is reported of them.

use serde_json::{Value, json};

use super::backend_tls::{self, Policy};
use super::managed::AttachedRoute;
use super::objects::{GATEWAY_GROUP, Key};
use super::routes::RoutesByGateway;
use super::snapshot::Snapshot;
use super::status;
use super::{Config, Environment, StatusKind};
use crate::faults;

/// Reports what became of all `BackendTLSPolicy`s.
pub fn report(
    snapshot: &Snapshot,
    routes: &RoutesByGateway<'_>,
    env: &Environment<'_>,
    config: &mut Config,
) {
    for (key, policy) in &snapshot.backend_tls_policies {
        let has_effect = |routes: &[AttachedRoute<'_>]| {
            routes.iter().any(|it| !it.attachment.listeners.is_empty() && reaches(it, policy))
        };
        let gateways = routes.iter().filter(|(_, routes)| has_effect(routes));
        let mut gateways: Vec<&Key> = gateways.map(|(gateway, _)| gateway).collect();
        if env.faults.has(faults::SECOND_ANCESTOR_NOT_REPORTED) {
            gateways.truncate(1);
        }
        let judged = backend_tls::judge(policy, snapshot, env);
        let conditions = [&judged.accepted, &judged.resolved_refs];
        let ancestors = gateways.into_iter().map(|gateway| (ancestor(gateway), &conditions[..]));
        if let Some(status) = status::policy(policy, &policy.status, ancestors.collect(), env) {
            config.report(StatusKind::BackendTlsPolicy, key, policy, &policy.status, status);
        }
    }
}

fn ancestor(Key { namespace, name }: &Key) -> Value {
    json!({ "group": GATEWAY_GROUP, "kind": "Gateway", "namespace": namespace, "name": name })
}

/// Whether a route refers to a Service that is a target of the policy.
fn reaches(AttachedRoute { route, .. }: &AttachedRoute<'_>, policy: &Policy) -> bool {
    let namespace = &route.metadata.namespace;
    let mut references = route.object.spec.rules.iter().flat_map(|rule| &rule.backend_refs);
    references.any(|reference| {
        let reference = &reference.object;
        let there = reference.namespace.as_ref().unwrap_or(namespace);
        let is_service = reference.kind.as_deref().unwrap_or("Service") == "Service";
        let mut targets = policy.spec.target_refs.iter().map(|target| &target.object);
        is_service
            && *there == policy.metadata.namespace
            && targets.any(|target| target.name == reference.name)
    })
}
