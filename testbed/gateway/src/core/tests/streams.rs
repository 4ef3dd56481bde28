//! TCP, UDP and TLS of which the server name alone is read.

use super::*;
use crate::core::features::{MIXED, TERMINATE};
use crate::core::streams::Handed;

const PASSTHROUGH: &str = "protocol: TLS, tls: {mode: Passthrough}";

/// A route of a kind at listeners of Gateway `gw`, as old as its second says.
fn stream_route(kind: &str, name: &str, second: u8, spec: &str) -> String {
    format!(
        "\n---\n{{kind: {kind}, metadata: {{name: {name}, namespace: infra, generation: 1, \
         creationTimestamp: '2026-01-01T00:00:0{second}Z'}}, \
         spec: {{parentRefs: [{{name: gw}}], {spec}}}}}"
    )
}

fn rules(backend: &str) -> String {
    format!("rules: [{{{}}}]", to(backend))
}

impl World {
    /// Where the next stream or datagram to a port goes.
    fn stream(&self, transport: Transport, number: u16, server_name: Option<&str>) -> String {
        let port = Port { transport, ..tcp(number) };
        let Some(Table::Stream(table)) = self.config.ports.get(&port) else {
            return "closed".to_owned();
        };
        let Some(Handed { certificate, endpoints }) = table.hand_on(server_name) else {
            return "refused".to_owned();
        };
        let endpoint = endpoints.next().expect("the endpoints are not empty");
        format!("{endpoint}{}", if certificate.is_some() { ", without its TLS" } else { "" })
    }
}

#[test]
fn the_oldest_of_several_tcp_routes_has_all_listeners_that_it_means() {
    let listeners = "{name: a, port: 9000, protocol: TCP}, {name: b, port: 9001, protocol: TCP}";
    let objects = gateway(listeners)
        + &stream_route("TCPRoute", "newer", 2, &rules("two"))
        + &stream_route("TCPRoute", "older", 1, &rules("one"));
    let healthy = world(&objects);
    for port in [9000, 9001] {
        assert_eq!(healthy.stream(Transport::Tcp, port, None), "10.0.0.1:3000");
    }
    assert_eq!(healthy.stream(Transport::Udp, 9000, None), "closed");
    assert_eq!(healthy.listener("gw", "a")["attachedRoutes"], 2, "both are attached");
    assert_eq!(healthy.listener("gw", "a")["supportedKinds"][0]["kind"], "TCPRoute");

    let faults = [faults::TCP_ROUTE_SECOND_LISTENER_IGNORED].into_iter().collect();
    let second = world_with(&objects, &faults).stream(Transport::Tcp, 9001, None);
    assert_eq!(second, "refused");
}

#[test]
fn a_stream_without_a_usable_backend_is_refused() {
    for backend in ["absent", "idle"] {
        let objects = gateway("{name: a, port: 9000, protocol: TCP}")
            + &stream_route("TCPRoute", "r", 1, &rules(backend));
        assert_eq!(world(&objects).stream(Transport::Tcp, 9000, None), "refused", "{backend}");
    }
}

#[test]
fn the_server_name_decides_between_listeners_and_then_between_routes() {
    let listeners = format!(
        "{{name: exact, port: 443, hostname: a.example.com, {PASSTHROUGH}}}, \
         {{name: wild, port: 443, hostname: '*.example.com', {PASSTHROUGH}}}"
    );
    let of =
        |hostnames: &str, backend: &str| format!("hostnames: [{hostnames}], {}", rules(backend));
    let world = world(
        &(gateway(&listeners)
            + &stream_route("TLSRoute", "wild", 1, &of("'*.example.com'", "one"))
            + &stream_route("TLSRoute", "exact", 2, &of("b.example.com", "two"))),
    );
    for (server_name, expected) in [
        (Some("a.example.com"), "10.0.0.1:3000"),
        (Some("B.example.com"), "10.0.0.2:3000"),
        (Some("c.example.com"), "10.0.0.1:3000"),
        (Some("example.com"), "refused"),
        (None, "refused"),
    ] {
        let endpoint = world.stream(Transport::Tcp, 443, server_name);
        assert_eq!(endpoint, expected, "{server_name:?}");
    }
    assert_eq!(world.listener_condition("gw", "wild", "Programmed"), "True/Programmed");
    assert_eq!(world.listener("gw", "wild")["supportedKinds"][0]["kind"], "TLSRoute");
}

/// Two listeners on one port, where TLS ends and where it does not.
const MIXED_LISTENERS: &str = "\
    {name: ends, port: 443, protocol: TLS, hostname: a.org, tls: {mode: Terminate, certificateRefs: [{name: cert}]}}, \
    {name: passes, port: 443, protocol: TLS, hostname: b.org, tls: {mode: Passthrough}}";

#[test]
fn tls_ends_at_one_listener_and_passes_another_on_the_same_port() {
    let objects = gateway(MIXED_LISTENERS)
        + &certificate_secret()
        + &stream_route("TLSRoute", "r", 1, &rules("one"));
    let world = world(&objects);
    for (server_name, expected) in [
        ("a.org", "10.0.0.1:3000, without its TLS"),
        ("b.org", "10.0.0.1:3000"),
        ("c.org", "refused"),
    ] {
        assert_eq!(world.stream(Transport::Tcp, 443, Some(server_name)), expected);
    }
    assert_eq!(world.listener_condition("gw", "ends", "Programmed"), "True/Programmed");
}

#[test]
fn what_is_not_supported_is_not_claimed_and_takes_no_kind() {
    let features = |world: &World| world.status(StatusKind::GatewayClass, "gw").to_string();
    let world = |without: &[&str]| {
        let without: Vec<_> = without.iter().map(|&name| name.to_owned()).collect();
        let objects = gateway(MIXED_LISTENERS) + &certificate_secret();
        world_of(&objects, &Faults::default(), &without, &BTreeMap::new())
    };
    let whole = world(&[]);
    assert!([MIXED, TERMINATE].iter().all(|feature| features(&whole).contains(feature)));

    let unmixed = world(&[MIXED]);
    for listener in ["ends", "passes"] {
        let accepted = unmixed.listener_condition("gw", listener, "Accepted");
        assert_eq!(accepted, "False/ProtocolConflict");
        assert_eq!(unmixed.listener("gw", listener)["supportedKinds"], json!([]));
    }
    assert!(!features(&unmixed).contains(MIXED));

    let passing = world(&[MIXED, TERMINATE]);
    assert_eq!(passing.listener_condition("gw", "ends", "Accepted"), "False/UnsupportedValue");
    assert_eq!(passing.listener("gw", "ends")["supportedKinds"], json!([]));
    assert_eq!(passing.listener_condition("gw", "passes", "Accepted"), "True/Accepted");
    assert!(!features(&passing).contains(TERMINATE));
}

#[test]
fn a_udp_route_means_the_udp_port_of_a_service() {
    let service = "\n---\n{kind: Service, metadata: {name: both, namespace: infra}, \
                   spec: {ports: [{name: tcp, port: 8080}, {name: udp, port: 8080, protocol: UDP}]}}";
    let slice = "\n---\n{kind: EndpointSlice, metadata: {name: both, namespace: infra, \
                 labels: {kubernetes.io/service-name: both}}, endpoints: [{addresses: [10.0.0.7]}], \
                 ports: [{name: tcp, port: 1}, {name: udp, port: 2}]}";
    let objects = gateway("{name: a, port: 53, protocol: UDP}")
        + service
        + slice
        + &stream_route("UDPRoute", "r", 1, &rules("both"));
    let world = world(&objects);
    assert_eq!(world.stream(Transport::Udp, 53, None), "10.0.0.7:2");

    let to_tcp = objects.replace("{name: both, port: 8080}", "{name: one, port: 8080}");
    let world = super::world(&to_tcp);
    let route = StatusKind::Route(RouteKind::Udp);
    let conditions = &world.status(route, "r")["parents"][0]["conditions"];
    assert_eq!(condition(conditions, "ResolvedRefs"), "False/BackendNotFound");
}

#[test]
fn ports_of_two_transports_are_two_ports_and_streams_share_none() {
    for (listeners, reasons) in [
        (["TCP", "UDP"], ["False/NoConflicts"; 2]),
        (["TCP, hostname: a.com", "TCP, hostname: b.com"], ["True/ProtocolConflict"; 2]),
        (["UDP", "UDP"], ["True/ProtocolConflict"; 2]),
        (["TCP", "HTTP"], ["True/ProtocolConflict"; 2]),
    ] {
        let [a, b] = listeners.map(|protocol| format!("port: 9000, protocol: {protocol}"));
        let world = world(&gateway(&format!("{{name: a, {a}}}, {{name: b, {b}}}")));
        let conflicted = ["a", "b"].map(|it| world.listener_condition("gw", it, "Conflicted"));
        assert_eq!(conflicted, reasons, "{listeners:?}");
    }
}
