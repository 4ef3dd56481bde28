//! The kinds of the Gateway API: what their definitions' schemas and CEL rules demand.

mod routes;

use serde_json::{Value, json};

use super::members::{elements, require};
use super::names::{HOSTNAME, is_hostname};
use crate::object::text;
use crate::status_error::Cause;

pub fn check(kind: &str, value: &Value, causes: &mut Vec<Cause>) {
    let spec = &value["spec"];
    if !spec.is_object() {
        causes.push(Cause::required("spec", ""));
        return;
    }
    match kind {
        "GatewayClass" => require(spec, "spec", &["controllerName"], causes),
        "Gateway" => {
            require(spec, "spec", &["gatewayClassName"], causes);
            check_listeners(value, true, causes);
        }
        "ListenerSet" => {
            require(spec, "spec", &["parentRef"], causes);
            check_listeners(value, false, causes);
        }
        "ReferenceGrant" | "ReferencePolicy" => check_grant(value, causes),
        "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute" => {
            routes::check(value, causes);
        }
        _ => {}
    }
}

fn check_listeners(value: &Value, of_gateway: bool, causes: &mut Vec<Cause>) {
    let path = "spec.listeners";
    let count = elements(value, path).count();
    // A Gateway may leave its listeners to ListenerSets only where it allows them.
    let may_be_empty = of_gateway && !value["spec"]["allowedListeners"].is_null();
    if count == 0 && !may_be_empty {
        causes.push(Cause::required(path, ""));
    }
    if count > 64 {
        let message = "must have at most 64 items";
        causes.push(Cause::invalid(path, &count.into(), message));
    }
    let mut names = Vec::new();
    let mut sockets = Vec::new();
    for (place, listener) in elements(value, path) {
        let required: &[&str] =
            if of_gateway { &["name", "port", "protocol"] } else { &["name", "protocol"] };
        require(listener, &place, required, causes);
        check_listener(path, &place, listener, causes);
        if names.contains(&&listener["name"]) {
            causes.push(Cause::duplicate(&place, &json!({"name": listener["name"]})));
        }
        names.push(&listener["name"]);
        sockets.push((&listener["port"], &listener["protocol"], text(listener, "/hostname")));
    }
    let repeated = |(index, socket)| sockets.iter().take(index).any(|earlier| earlier == socket);
    if sockets.iter().enumerate().any(repeated) {
        let message = "Combination of port, protocol and hostname must be unique for each listener";
        causes.push(Cause::rule(path, message));
    }
}

fn check_listener(path: &str, place: &str, listener: &Value, causes: &mut Vec<Cause>) {
    if let Some(port) = listener["port"].as_i64()
        && !(1..=65535).contains(&port)
    {
        let message = "must be between 1 and 65535";
        causes.push(Cause::invalid(format!("{place}.port"), &listener["port"], message));
    }
    let tls = &listener["tls"];
    let (protocol, mode) = (text(listener, "/protocol"), text(tls, "/mode"));
    let hostname = text(listener, "/hostname");
    let broken = [
        (
            matches!(protocol, "HTTP" | "TCP" | "UDP") && !tls.is_null(),
            "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
        ),
        (
            protocol == "HTTPS" && mode == "Passthrough",
            "tls mode must be Terminate for protocol HTTPS",
        ),
        (protocol == "TLS" && mode.is_empty(), "tls mode must be set for protocol TLS"),
        (
            matches!(protocol, "TCP" | "UDP") && !hostname.is_empty(),
            "hostname must not be specified for protocols ['TCP', 'UDP']",
        ),
    ];
    let broken = broken.into_iter().filter(|(is_broken, _)| *is_broken);
    causes.extend(broken.map(|(_, rule)| Cause::rule(path, rule)));
    let filled = |member: &str| match &tls[member] {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    };
    if mode == "Terminate" && !(filled("certificateRefs") || filled("options")) {
        let rule = "certificateRefs or options must be specified when mode is Terminate";
        causes.push(Cause::rule(format!("{place}.tls"), rule));
    }
    if !(hostname.is_empty() || is_hostname(hostname)) {
        let field = format!("{place}.hostname");
        causes.push(Cause::invalid(field, &listener["hostname"], HOSTNAME));
    }
}

fn check_grant(value: &Value, causes: &mut Vec<Cause>) {
    for (path, members) in [("spec.from", &["kind", "namespace"][..]), ("spec.to", &["kind"])] {
        if elements(value, path).next().is_none() {
            causes.push(Cause::required(path, ""));
        }
        for (place, element) in elements(value, path) {
            require(element, &place, members, causes);
            if element["group"].is_null() {
                causes.push(Cause::required(format!("{place}.group"), ""));
            }
        }
    }
}
