//! The rules of the specification, case by case: objects in, routing and statuses out.

mod delegation;
mod deviations;
mod kinds;
mod listener_sets;
mod streams;
mod timeout_policies;
mod tls;

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::backends::Destination;
use super::matching::RequestHead;
use super::port::{Port, Transport};
use super::route_kind::RouteKind;
use super::routing::Routed;
use super::snapshot::tests::snapshot;
use super::tables::Table;
use super::wishes::Wish;
use super::*;
use crate::faults::Faults;

const CONTROLLER: &str = "example.dev/reference";
const HTTP_ROUTE: StatusKind = StatusKind::Route(RouteKind::Http);

/// Services `one`, `two` in `infra` and `far` in `web`, each with an endpoint of its own, and the
/// class.
const BASE: &str = "
{kind: GatewayClass, metadata: {name: gw, generation: 1}, spec: {controllerName: example.dev/reference}}
---
{kind: Namespace, metadata: {name: infra, labels: {team: infra}}}
---
{kind: Namespace, metadata: {name: web, labels: {team: web}}}
---
{kind: Service, metadata: {name: one, namespace: infra}, spec: {ports: [{port: 8080}]}}
---
{kind: Service, metadata: {name: two, namespace: infra}, spec: {ports: [{port: 8080}]}}
---
{kind: Service, metadata: {name: idle, namespace: infra}, spec: {ports: [{port: 8080}]}}
---
{kind: Service, metadata: {name: far, namespace: web}, spec: {ports: [{port: 8080}]}}
---
{kind: EndpointSlice, metadata: {name: one, namespace: infra, labels: {kubernetes.io/service-name: one}},
 ports: [{name: '', port: 3000}], endpoints: [{addresses: [10.0.0.1]}]}
---
{kind: EndpointSlice, metadata: {name: two, namespace: infra, labels: {kubernetes.io/service-name: two}},
 ports: [{name: '', port: 3000}], endpoints: [{addresses: [10.0.0.2]}]}
---
{kind: EndpointSlice, metadata: {name: far, namespace: web, labels: {kubernetes.io/service-name: far}},
 ports: [{name: '', port: 3000}], endpoints: [{addresses: [10.0.0.3], conditions: {ready: true}},
 {addresses: [10.0.0.9], conditions: {ready: false}}]}
";

/// A TCP port of Gateway `gw`.
fn tcp(number: u16) -> Port {
    let gateway = Key::new("infra", "gw");
    Port { gateway, transport: Transport::Tcp, number }
}

struct World {
    config: Config,
}

fn world(objects: &str) -> World {
    world_with(objects, &Faults::default())
}

fn world_with(objects: &str, faults: &Faults) -> World {
    world_where(objects, faults, &BTreeMap::new())
}

fn world_where(objects: &str, faults: &Faults, bind_failures: &BTreeMap<Port, String>) -> World {
    world_of(objects, faults, &[], bind_failures)
}

fn world_of(
    objects: &str,
    faults: &Faults,
    without: &[String],
    bind_failures: &BTreeMap<Port, String>,
) -> World {
    let snapshot = snapshot(&format!("{BASE}---\n{objects}"));
    let address = vec![Ipv4Addr::LOCALHOST.into()];
    let can_have = |wish| matches!(wish, Wish::Any | Wish::This(Ipv4Addr::LOCALHOST));
    let addresses: BTreeMap<_, _> = snapshot
        .gateways
        .iter()
        .filter(|(_, gateway)| Wish::of(&gateway.spec.addresses, faults).into_iter().all(can_have))
        .map(|(key, _)| (key.clone(), address.clone()))
        .collect();
    let env = Environment {
        controller_name: CONTROLLER,
        faults,
        without,
        addresses: &addresses,
        pending: &BTreeSet::new(),
        bind_failures,
        tells_features: true,
        now: "2026-01-01T00:00:00Z",
    };
    World { config: compute(&snapshot, &env) }
}

impl World {
    fn status(&self, kind: StatusKind, name: &str) -> &Value {
        let update = self
            .config
            .statuses
            .iter()
            .find(|update| update.kind == kind && update.key.name == name);
        &update.unwrap_or_else(|| panic!("no status for {name}")).status
    }

    /// Status and reason of a condition of the first parent of a route.
    fn route_condition(&self, route: &str, kind: &str) -> String {
        condition(&self.status(HTTP_ROUTE, route)["parents"][0]["conditions"], kind)
    }

    fn gateway_condition(&self, gateway: &str, kind: &str) -> String {
        condition(&self.status(StatusKind::Gateway, gateway)["conditions"], kind)
    }

    fn listener(&self, gateway: &str, listener: &str) -> &Value {
        let listeners = self.status(StatusKind::Gateway, gateway)["listeners"].as_array();
        listeners
            .and_then(|listeners| listeners.iter().find(|entry| entry["name"] == listener))
            .expect("the listener is in the status")
    }

    fn listener_condition(&self, gateway: &str, listener: &str, kind: &str) -> String {
        condition(&self.listener(gateway, listener)["conditions"], kind)
    }

    /// Where a request to port 80 of Gateway `gw` goes: an endpoint, or a status.
    fn get(&self, host: &str, path: &str) -> String {
        self.request(80, None, host, path, &[])
    }

    fn request(
        &self,
        port: u16,
        server_name: Option<&str>,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> String {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
                (name, HeaderValue::from_str(value).expect("a value"))
            })
            .collect();
        let head =
            RequestHead { method: &Method::GET, host, path, query, headers: &headers, raw: &[] };
        let Some(Table::Http(table)) = self.config.ports.get(&tcp(port)) else {
            return "closed".to_owned();
        };
        match table.route(server_name, &head) {
            Routed::Nowhere => "404".to_owned(),
            Routed::Misdirected => "421".to_owned(),
            Routed::To(entry) => match entry.action.backends.pick() {
                None => entry.action.without_backend.as_str().to_owned(),
                Some(backend) => match &backend.destination {
                    Destination::Nowhere(status) => status.as_str().to_owned(),
                    Destination::Endpoints(endpoints) => {
                        endpoints.next().expect("there are endpoints").to_string()
                    }
                },
            },
        }
    }
}

fn condition(conditions: &Value, kind: &str) -> String {
    let conditions = conditions.as_array().expect("there are conditions");
    let found = conditions.iter().find(|condition| condition["type"] == kind);
    found.map_or("absent".to_owned(), |condition| {
        let text = |field: &str| condition[field].as_str().unwrap_or_default().to_owned();
        format!("{}/{}", text("status"), text("reason"))
    })
}

fn gateway(listeners: &str) -> String {
    format!(
        "{{kind: Gateway, metadata: {{name: gw, namespace: infra, generation: 3}}, \
         spec: {{gatewayClassName: gw, listeners: [{listeners}]}}}}"
    )
}

const HTTP: &str = "{name: http, port: 80, protocol: HTTP}";

fn route(name: &str, spec: &str) -> String {
    format!(
        "\n---\n{{kind: HTTPRoute, metadata: {{name: {name}, namespace: infra, generation: 2}}, \
         spec: {{parentRefs: [{{name: gw}}], {spec}}}}}"
    )
}

fn to(backend: &str) -> String {
    format!("backendRefs: [{{name: {backend}, port: 8080}}]")
}

#[test]
fn a_simple_route_is_accepted_counted_and_served() {
    let rules = format!("rules: [{{{}}}]", to("one"));
    let world = world(&(gateway(HTTP) + &route("r", &rules)));
    assert_eq!(world.get("a.com", "/"), "10.0.0.1:3000");
    assert_eq!(world.route_condition("r", "Accepted"), "True/Accepted");
    assert_eq!(world.route_condition("r", "ResolvedRefs"), "True/ResolvedRefs");
    assert_eq!(world.gateway_condition("gw", "Accepted"), "True/Accepted");
    assert_eq!(world.gateway_condition("gw", "Programmed"), "True/Programmed");
    assert_eq!(world.listener_condition("gw", "http", "Conflicted"), "False/NoConflicts");
    let parent = &world.status(HTTP_ROUTE, "r")["parents"][0];
    let reference = json!({
        "group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "infra", "name": "gw",
    });
    assert_eq!(parent["parentRef"], reference);
    assert_eq!(parent["conditions"][0]["observedGeneration"], 2);
    let status = world.status(StatusKind::Gateway, "gw");
    assert_eq!(status["addresses"], json!([{ "type": "IPAddress", "value": "127.0.0.1" }]));
    assert_eq!(status["listeners"][0]["attachedRoutes"], 1);
    assert_eq!(status["listeners"][0]["supportedKinds"][0]["kind"], "HTTPRoute");
    let class = world.status(StatusKind::GatewayClass, "gw");
    assert_eq!(condition(&class["conditions"], "Accepted"), "True/Accepted");
}

#[test]
fn gateways_of_other_controllers_are_left_alone() {
    let objects = gateway(HTTP).replace("gatewayClassName: gw", "gatewayClassName: other");
    let world = world(&(objects + &route("r", "rules: []")));
    assert!(world.config.ports.is_empty());
    assert_eq!(world.config.statuses.len(), 1, "only that of the class");
}

#[test]
fn precedence_is_exact_then_longest_prefix_then_headers_then_rule_order() {
    let rule = |matched: &str, backend: &str| format!("{{matches: [{matched}], {}}}", to(backend));
    let rules = [
        rule("{path: {value: /match/}}", "one"),
        rule("{path: {type: Exact, value: /match}}", "two"),
        rule("{path: {value: /match/prefix}}", "two"),
        rule("{headers: [{name: version, value: two}]}", "two"),
        rule("{headers: [{name: color, value: blue}]}", "one"),
        rule("{}", "one"),
    ];
    let world = world(&(gateway(HTTP) + &route("r", &format!("rules: [{}]", rules.join(", ")))));
    let (one, two) = ("10.0.0.1:3000", "10.0.0.2:3000");
    for (path, headers, expected) in [
        ("/match", &[][..], two),
        ("/match/any", &[], one),
        ("/match/prefix/any", &[], two),
        ("/", &[], one),
        ("/", &[("Version", "two")], two),
        ("/", &[("Version", "two"), ("Color", "blue")], two),
    ] {
        assert_eq!(world.request(80, None, "a.com", path, headers), expected, "{path} {headers:?}");
    }
}

#[test]
fn the_most_specific_listener_takes_the_host_and_no_other() {
    let listener = |name: &str, host: &str| {
        format!("{{name: {name}, port: 80, protocol: HTTP, hostname: '{host}'}}")
    };
    let listeners =
        [listener("a", "*.com"), listener("b", "*.foo.com"), listener("c", "x.foo.com")];
    let attached = |section: &str, backend: &str| {
        let parent = format!("parentRefs: [{{name: gw, sectionName: {section}}}]");
        route(section, &format!("rules: [{{{}}}]", to(backend)))
            .replace("parentRefs: [{name: gw}]", &parent)
    };
    let objects = gateway(&listeners.join(", ")) + &attached("b", "one") + &attached("c", "two");
    let world = world(&objects);
    assert_eq!(world.get("x.foo.com", "/"), "10.0.0.2:3000");
    assert_eq!(world.get("y.foo.com", "/"), "10.0.0.1:3000");
    assert_eq!(world.get("foo.com", "/"), "404", "listener a has no routes");
    assert_eq!(world.get("foo.org", "/"), "404", "no listener");
}

#[test]
fn a_more_specific_hostname_of_a_route_wins_over_a_longer_path_and_age() {
    let listener = "{name: http, port: 80, protocol: HTTP, hostname: a.foo.com}";
    let rules = |path: &str, backend: &str| {
        format!("rules: [{{matches: [{{path: {{value: {path}}}}}], {}}}]", to(backend))
    };
    let objects = gateway(listener)
        + &route("wide", &format!("hostnames: ['*.foo.com'], {}", rules("/long/path", "one")))
        + &route("exact", &format!("hostnames: [a.foo.com], {}", rules("/long", "two")));
    let world = world(&objects);
    assert_eq!(world.get("a.foo.com", "/long/path"), "10.0.0.2:3000");
    assert_eq!(world.get("a.foo.com", "/other"), "404");
}

#[test]
fn requests_over_another_listeners_connection_are_misdirected() {
    let secret = certificate_secret();
    let tls = "protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: cert}]}";
    let listeners = format!("{{name: any, {tls}}}, {{name: exact, hostname: b.org, {tls}}}");
    let rules = format!("hostnames: [a.org], rules: [{{{}}}]", to("one"));
    let world = world(&(gateway(&listeners) + &route("r", &rules) + &secret));
    assert_eq!(world.listener_condition("gw", "any", "Programmed"), "True/Programmed");
    for (server_name, host, expected) in [
        ("a.org", "a.org", "10.0.0.1:3000"),
        ("a.org", "unknown.org", "404"),
        ("a.org", "b.org", "421"),
        ("b.org", "a.org", "421"),
    ] {
        let answer = world.request(443, Some(server_name), host, "/", &[]);
        assert_eq!(answer, expected, "{server_name} {host}");
    }
}

#[test]
fn references_that_do_not_resolve_give_500_and_their_reason() {
    let grant = "\n---\n{kind: ReferenceGrant, metadata: {name: g, namespace: web}, spec: {\
        from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: infra}], \
        to: [{group: '', kind: Service}]}}";
    for (backend, grant, expected, answer) in [
        ("{name: none, port: 8080}", "", "False/BackendNotFound", "500"),
        ("{name: one, port: 1}", "", "False/BackendNotFound", "500"),
        ("{name: one, port: 8080, kind: Odd}", "", "False/InvalidKind", "500"),
        ("{name: far, namespace: web, port: 8080}", "", "False/RefNotPermitted", "500"),
        ("{name: far, namespace: web, port: 8080}", grant, "True/ResolvedRefs", "10.0.0.3:3000"),
        ("{name: idle, port: 8080}", "", "True/ResolvedRefs", "503"),
        ("{name: one, port: 8080, weight: 0}", "", "True/ResolvedRefs", "500"),
    ] {
        let rules = format!("rules: [{{backendRefs: [{backend}]}}]");
        let world = world(&(gateway(HTTP) + &route("r", &rules) + grant));
        assert_eq!(world.route_condition("r", "ResolvedRefs"), expected, "{backend}");
        assert_eq!(world.route_condition("r", "Accepted"), "True/Accepted", "{backend}");
        assert_eq!(world.get("a.com", "/"), answer, "{backend}");
    }
}

#[test]
fn an_invalid_rule_does_not_fall_through_to_the_next() {
    let rules = format!("rules: [{{{}}}, {{{}}}]", to("none"), to("one"));
    let world = world(&(gateway(HTTP) + &route("r", &rules)));
    assert_eq!(world.get("a.com", "/"), "500");
}

#[test]
fn routes_are_rejected_for_a_reason() {
    for (listener, parent, hostnames, expected) in [
        (HTTP, "{name: gw, sectionName: http1}", "", "False/NoMatchingParent"),
        (HTTP, "{name: gw, port: 81}", "", "False/NoMatchingParent"),
        (HTTP, "{name: gw, port: 80, sectionName: http}", "", "True/Accepted"),
        (
            "{name: http, port: 80, protocol: HTTP, hostname: a.com}",
            "{name: gw}",
            "hostnames: [b.com], ",
            "False/NoMatchingListenerHostname",
        ),
        (
            "{name: http, port: 80, protocol: HTTP, allowedRoutes: {kinds: [{kind: GRPCRoute}]}}",
            "{name: gw}",
            "",
            "False/NotAllowedByListeners",
        ),
    ] {
        let rules = format!("{hostnames}rules: [{{{}}}]", to("one"));
        let objects = gateway(listener) + &route("r", &rules);
        let parents = format!("parentRefs: [{parent}]");
        let world = world(&objects.replace("parentRefs: [{name: gw}]", &parents));
        assert_eq!(world.route_condition("r", "Accepted"), expected, "{listener} {parent}");
        assert_eq!(world.route_condition("r", "ResolvedRefs"), "True/ResolvedRefs");
        let attached = i32::from(expected.starts_with("True"));
        assert_eq!(
            world.status(StatusKind::Gateway, "gw")["listeners"][0]["attachedRoutes"],
            attached
        );
    }
}

#[test]
fn allowed_namespaces() {
    for (namespaces, expected) in [
        ("{}", "False/NotAllowedByListeners"),
        ("{from: Same}", "False/NotAllowedByListeners"),
        ("{from: All}", "True/Accepted"),
        ("{from: Selector, selector: {matchLabels: {team: web}}}", "True/Accepted"),
        ("{from: Selector, selector: {matchLabels: {team: infra}}}", "False/NotAllowedByListeners"),
        (
            "{from: Selector, selector: {matchExpressions: [{key: team, operator: In, values: [web]}]}}",
            "True/Accepted",
        ),
    ] {
        let listener = format!(
            "{{name: http, port: 80, protocol: HTTP, allowedRoutes: {{namespaces: {namespaces}}}}}"
        );
        let route = "\n---\n{kind: HTTPRoute, metadata: {name: r, namespace: web}, spec: \
            {parentRefs: [{name: gw, namespace: infra}], rules: [{}]}}";
        let world = world(&(gateway(&listener) + route));
        assert_eq!(world.route_condition("r", "Accepted"), expected, "{namespaces}");
    }
}

#[test]
fn listeners_that_cannot_be_served_say_why() {
    let odd = "{name: odd, port: 1, protocol: ODD}";
    let world_odd = world(&gateway(odd));
    assert_eq!(world_odd.gateway_condition("gw", "Accepted"), "False/ListenersNotValid");
    assert_eq!(world_odd.listener_condition("gw", "odd", "Accepted"), "False/UnsupportedProtocol");
    assert_eq!(world_odd.listener("gw", "odd")["supportedKinds"], json!([]));
    let mixed = world(&gateway(&format!("{HTTP}, {odd}")));
    assert_eq!(mixed.gateway_condition("gw", "Accepted"), "True/ListenersNotValid");
    assert_eq!(mixed.gateway_condition("gw", "Programmed"), "True/Programmed");

    let kinds = |kinds: &str| {
        let allowed = format!("allowedRoutes: {{kinds: [{kinds}]}}");
        world(&gateway(&format!("{{name: http, port: 80, protocol: HTTP, {allowed}}}")))
    };
    let none = kinds("{kind: Odd}");
    assert_eq!(none.listener_condition("gw", "http", "ResolvedRefs"), "False/InvalidRouteKinds");
    assert_eq!(none.listener("gw", "http")["supportedKinds"], json!([]));
    let some = kinds("{kind: Odd}, {kind: HTTPRoute}");
    assert_eq!(some.listener_condition("gw", "http", "ResolvedRefs"), "False/InvalidRouteKinds");
    assert_eq!(some.listener("gw", "http")["supportedKinds"].as_array().map(Vec::len), Some(1));

    let conflict = world(&gateway(&format!("{HTTP}, {{name: two, port: 80, protocol: HTTP}}")));
    assert_eq!(conflict.listener_condition("gw", "two", "Conflicted"), "True/HostnameConflict");
    let https = "{name: two, port: 80, protocol: HTTPS, hostname: a.com}";
    let conflict = world(&gateway(&format!("{HTTP}, {https}")));
    assert_eq!(conflict.listener_condition("gw", "http", "Conflicted"), "True/ProtocolConflict");
    assert_eq!(conflict.get("a.com", "/"), "closed");
}

#[test]
fn a_port_that_cannot_be_opened_is_reported_with_the_systems_words() {
    let failures = BTreeMap::from([(tcp(80), "permission denied".to_owned())]);
    let world = world_where(&gateway(HTTP), &Faults::default(), &failures);
    assert_eq!(world.listener_condition("gw", "http", "Accepted"), "False/PortUnavailable");
    assert_eq!(world.listener_condition("gw", "http", "Programmed"), "False/Invalid");
    let message = &world.listener("gw", "http")["conditions"][0]["message"];
    assert!(message.as_str().is_some_and(|text| text.contains("permission denied")), "{message}");
    assert_eq!(world.get("a.com", "/"), "closed");
}

#[test]
fn a_gateway_that_asks_for_what_is_not_supported_is_not_served() {
    for (spec, accepted, programmed) in [
        ("addresses: [{type: IPAddress}]", "True/Accepted", "True/Programmed"),
        ("addresses: [{value: 127.0.0.1}]", "True/Accepted", "True/Programmed"),
        ("addresses: [{value: 10.0.0.7}]", "True/Accepted", "False/AddressNotUsable"),
        ("addresses: [{type: odd/kind}]", "False/UnsupportedAddress", "False/Invalid"),
        ("infrastructure: {parametersRef: {name: x}}", "False/InvalidParameters", "False/Invalid"),
    ] {
        let objects =
            gateway(HTTP).replace("gatewayClassName: gw", &format!("gatewayClassName: gw, {spec}"));
        let world = world(&objects);
        assert_eq!(world.gateway_condition("gw", "Accepted"), accepted, "{spec}");
        assert_eq!(world.gateway_condition("gw", "Programmed"), programmed, "{spec}");
        let served = world.get("a.com", "/") != "closed";
        assert_eq!(served, programmed == "True/Programmed", "{spec}");
    }
}

#[test]
fn certificates_that_do_not_resolve() {
    let broken = "\n---\n{kind: Secret, metadata: {name: broken, namespace: infra}, \
                  data: {tls.crt: SGVsbG8=, tls.key: SGVsbG8=}}";
    let far = certificate_secret().replace("namespace: infra", "namespace: web");
    for (reference, expected) in [
        ("{name: none}", "False/InvalidCertificateRef"),
        ("{name: broken}", "False/InvalidCertificateRef"),
        ("{name: broken, kind: Odd}", "False/InvalidCertificateRef"),
        ("{name: cert, namespace: web}", "False/RefNotPermitted"),
        ("{name: none, namespace: web}", "False/RefNotPermitted"),
    ] {
        let listener = format!(
            "{{name: https, port: 443, protocol: HTTPS, tls: {{certificateRefs: [{reference}]}}}}"
        );
        let attached = route("r", &format!("rules: [{{{}}}]", to("one")));
        let world = world(&(gateway(&listener) + &attached + broken + &far));
        assert_eq!(
            world.listener_condition("gw", "https", "ResolvedRefs"),
            expected,
            "{reference}"
        );
        assert_eq!(world.listener_condition("gw", "https", "Programmed"), "False/Invalid");
        assert_eq!(world.listener("gw", "https")["attachedRoutes"], 1, "counted all the same");
        assert_eq!(world.request(443, None, "a.com", "/", &[]), "closed");
    }
}

#[test]
fn what_others_wrote_in_a_route_stays_and_our_own_goes_with_its_parent() {
    let parents = format!(
        "status: {{parents: [{{controllerName: other, parentRef: {{name: x}}, odd: 1, conditions: []}}, \
         {{controllerName: {CONTROLLER}, parentRef: {{name: gone}}, conditions: []}}]}}"
    );
    let document = route("r", "rules: [{}]");
    let document = format!("{}, {parents}}}", document.strip_suffix('}').expect("a document"));
    let world = world(&(gateway(HTTP) + &document));
    let parents = world.status(HTTP_ROUTE, "r")["parents"].as_array().expect("a list");
    assert_eq!(parents.len(), 2);
    assert_eq!(
        parents[0],
        json!({"controllerName": "other", "parentRef": {"name": "x"}, "odd": 1, "conditions": []})
    );
    assert_eq!(parents[1]["parentRef"]["name"], "gw");
}

#[test]
fn a_fault_changes_what_it_is_named_after() {
    let rules = format!("rules: [{{{}}}]", to("none"));
    let objects = gateway(HTTP) + &route("r", &rules);
    let world = world_with(&objects, &[faults::INVALID_BACKEND_GIVES_404].into_iter().collect());
    assert_eq!(world.get("a.com", "/"), "404");
}

fn certificate_secret() -> String {
    use base64::Engine as _;
    let encode = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    let params = rcgen::CertificateParams::new(["a.org".to_owned()]).expect("the name is valid");
    let certificate = params.self_signed(&key).expect("a certificate can be made");
    format!(
        "\n---\n{{kind: Secret, metadata: {{name: cert, namespace: infra}}, \
         data: {{tls.crt: {}, tls.key: {}}}}}",
        encode(certificate.pem()),
        encode(key.serialize_pem())
    )
}
