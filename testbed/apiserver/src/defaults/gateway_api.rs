//! The defaults in the schemas of the Gateway API's `CustomResourceDefinitions`.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::rules::Rule;
use crate::resources::GATEWAY_API;

/// The rules of a kind, parents before what is in them.
pub fn rules(kind: &str) -> &'static [Rule] {
    static CLASS: LazyLock<Vec<Rule>> = LazyLock::new(|| pending(&["Accepted"]));
    static GATEWAY: LazyLock<Vec<Rule>> = LazyLock::new(gateway);
    static LISTENER_SET: LazyLock<Vec<Rule>> = LazyLock::new(listener_set);
    static HTTP_ROUTE: LazyLock<Vec<Rule>> = LazyLock::new(http_route);
    static GRPC_ROUTE: LazyLock<Vec<Rule>> = LazyLock::new(grpc_route);
    static STREAM_ROUTE: LazyLock<Vec<Rule>> = LazyLock::new(route);
    static POLICY: LazyLock<Vec<Rule>> = LazyLock::new(policy);
    match kind {
        "GatewayClass" => &CLASS,
        "Gateway" => &GATEWAY,
        "ListenerSet" => &LISTENER_SET,
        "HTTPRoute" => &HTTP_ROUTE,
        "GRPCRoute" => &GRPC_ROUTE,
        "TLSRoute" | "TCPRoute" | "UDPRoute" => &STREAM_ROUTE,
        "BackendTLSPolicy" => &POLICY,
        _ => &[],
    }
}

/// The conditions of an object that no controller has looked at yet.
fn pending(types: &[&str]) -> Vec<Rule> {
    let condition = |condition_type: &&str| {
        json!({
            "type": condition_type,
            "status": "Unknown",
            "reason": "Pending",
            "message": "Waiting for controller",
            "lastTransitionTime": "1970-01-01T00:00:00Z",
        })
    };
    let conditions: Vec<Value> = types.iter().map(condition).collect();
    vec![
        Rule::new("status", json!({"conditions": conditions})),
        Rule::new("status.conditions", conditions.into()),
    ]
}

fn listeners() -> Vec<Rule> {
    vec![
        Rule::new("spec.listeners[].allowedRoutes", json!({"namespaces": {"from": "Same"}})),
        Rule::new("spec.listeners[].allowedRoutes.namespaces", json!({"from": "Same"})),
        Rule::new("spec.listeners[].allowedRoutes.namespaces.from", json!("Same")),
        Rule::new("spec.listeners[].allowedRoutes.kinds[].group", json!(GATEWAY_API)),
        Rule::new("spec.listeners[].tls.mode", json!("Terminate")),
        Rule::new("spec.listeners[].tls.certificateRefs[].group", json!("")),
        Rule::new("spec.listeners[].tls.certificateRefs[].kind", json!("Secret")),
        Rule::new("status.listeners[].supportedKinds[].group", json!(GATEWAY_API)),
    ]
}

fn gateway() -> Vec<Rule> {
    let mut rules = pending(&["Accepted", "Programmed"]);
    rules.extend(listeners());
    rules.extend([
        Rule::new("spec.addresses[].type", json!("IPAddress")),
        Rule::new("spec.allowedListeners.namespaces", json!({"from": "None"})),
        Rule::new("spec.allowedListeners.namespaces.from", json!("None")),
        Rule::new("spec.tls.backend.clientCertificateRef.group", json!("")),
        Rule::new("spec.tls.backend.clientCertificateRef.kind", json!("Secret")),
        Rule::new("spec.tls.frontend.default.validation.mode", json!("AllowValidOnly")),
        Rule::new("spec.tls.frontend.perPort[].tls.validation.mode", json!("AllowValidOnly")),
        Rule::new("status.addresses[].type", json!("IPAddress")),
    ]);
    rules
}

fn listener_set() -> Vec<Rule> {
    let mut rules = pending(&["Accepted", "Programmed"]);
    rules.extend(listeners());
    rules.push(Rule::new("spec.parentRef.group", json!(GATEWAY_API)));
    rules.push(Rule::new("spec.parentRef.kind", json!("Gateway")));
    rules
}

/// What all routes have.
fn route() -> Vec<Rule> {
    vec![
        Rule::new("spec.parentRefs[].group", json!(GATEWAY_API)),
        Rule::new("spec.parentRefs[].kind", json!("Gateway")),
        Rule::new("spec.rules[].backendRefs[].group", json!("")),
        Rule::new("spec.rules[].backendRefs[].kind", json!("Service")),
        Rule::new("spec.rules[].backendRefs[].weight", json!(1)),
        Rule::new("status.parents[].parentRef.group", json!(GATEWAY_API)),
        Rule::new("status.parents[].parentRef.kind", json!("Gateway")),
    ]
}

/// The filters of rules and of their backends, which have the same defaults.
macro_rules! in_filters {
    ($rules:expr, $($path:literal => $value:expr),+ $(,)?) => {
        $(
            $rules.push(Rule::new(concat!("spec.rules[].filters[].", $path), $value));
            $rules.push(Rule::new(concat!("spec.rules[].backendRefs[].filters[].", $path), $value));
        )+
    };
}

fn grpc_route() -> Vec<Rule> {
    let mut rules = route();
    rules.extend([
        Rule::new("spec.rules[].matches[].headers[].type", json!("Exact")),
        Rule::new("spec.rules[].matches[].method.type", json!("Exact")),
    ]);
    in_filters!(
        rules,
        "requestMirror.backendRef.group" => json!(""),
        "requestMirror.backendRef.kind" => json!("Service"),
        "requestMirror.fraction.denominator" => json!(100),
    );
    rules
}

fn http_route() -> Vec<Rule> {
    let any_path = json!({"type": "PathPrefix", "value": "/"});
    let mut rules = vec![
        Rule::new("spec.rules", json!([{"matches": [{"path": any_path}]}])),
        Rule::new("spec.rules[].matches", json!([{"path": any_path}])),
        Rule::new("spec.rules[].matches[].path", any_path),
        Rule::new("spec.rules[].matches[].path.type", json!("PathPrefix")),
        Rule::new("spec.rules[].matches[].path.value", json!("/")),
        Rule::new("spec.rules[].matches[].headers[].type", json!("Exact")),
        Rule::new("spec.rules[].matches[].queryParams[].type", json!("Exact")),
        Rule::new("spec.rules[].sessionPersistence.type", json!("Cookie")),
        Rule::new("spec.rules[].sessionPersistence.cookie.lifetimeType", json!("Session")),
        Rule::new("spec.rules[].sessionPersistence.cookie.path", json!("/")),
    ];
    rules.extend(route());
    in_filters!(
        rules,
        "cors.maxAge" => json!(5),
        "externalAuth.backendRef.group" => json!(""),
        "externalAuth.backendRef.kind" => json!("Service"),
        "requestMirror.backendRef.group" => json!(""),
        "requestMirror.backendRef.kind" => json!("Service"),
        "requestMirror.fraction.denominator" => json!(100),
        "requestRedirect.statusCode" => json!(302),
    );
    rules
}

fn policy() -> Vec<Rule> {
    vec![
        Rule::new("status.ancestors[].ancestorRef.group", json!(GATEWAY_API)),
        Rule::new("status.ancestors[].ancestorRef.kind", json!("Gateway")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(kind: &str, mut object: Value) -> Value {
        for rule in rules(kind) {
            rule.apply(&mut object);
        }
        object
    }

    #[test]
    fn an_http_route_without_rules_matches_everything() {
        let route = filled("HTTPRoute", json!({"spec": {"parentRefs": [{"name": "g"}]}}));
        let path = json!({"type": "PathPrefix", "value": "/"});
        assert_eq!(route["spec"]["rules"], json!([{"matches": [{"path": path}]}]));
        assert_eq!(route["spec"]["parentRefs"][0]["kind"], "Gateway");
    }

    #[test]
    fn what_is_set_stays_and_what_is_not_there_is_not_invented() {
        let route = json!({"spec": {"rules": [
            {"matches": [{"path": {"value": "/a"}, "headers": [{"name": "x", "value": "y"}]}]},
            {"backendRefs": [{"name": "b", "weight": 0}]},
        ]}});
        let route = filled("HTTPRoute", route);
        let expected = json!([
            {"matches": [{
                "path": {"type": "PathPrefix", "value": "/a"},
                "headers": [{"type": "Exact", "name": "x", "value": "y"}],
            }]},
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{"group": "", "kind": "Service", "name": "b", "weight": 0}],
            },
        ]);
        assert_eq!(route["spec"]["rules"], expected);
    }

    #[test]
    fn tls_has_defaults_only_where_there_is_tls() {
        let gateway = json!({"spec": {"listeners": [
            {"name": "http"},
            {"name": "https", "tls": {"certificateRefs": [{"name": "c"}]}},
        ]}});
        let gateway = filled("Gateway", gateway);
        assert!(gateway["spec"]["listeners"][0].get("tls").is_none());
        let tls = json!({
            "mode": "Terminate",
            "certificateRefs": [{"group": "", "kind": "Secret", "name": "c"}],
        });
        assert_eq!(gateway["spec"]["listeners"][1]["tls"], tls);
        assert_eq!(gateway["status"]["conditions"][1]["type"], "Programmed");
    }
}
