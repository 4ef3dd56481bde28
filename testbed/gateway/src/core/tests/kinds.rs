//! Routes of several kinds.

use super::super::route::{Route, RouteRef};
use super::*;

const GRPC_ROUTE: StatusKind = StatusKind::Route(RouteKind::Grpc);
const HTTP_AND_GRPC: [RouteKind; 2] = [RouteKind::Http, RouteKind::Grpc];

#[test]
fn listeners_take_the_kinds_of_their_protocol_that_are_served() {
    for (protocol, expected) in [
        ("HTTP", &HTTP_AND_GRPC[..]),
        ("HTTPS", &HTTP_AND_GRPC),
        ("TLS", &[RouteKind::Tls]),
        ("TCP", &[RouteKind::Tcp]),
        ("UDP", &[RouteKind::Udp]),
        ("SCTP", &[]),
    ] {
        assert_eq!(RouteKind::taken_by(protocol).collect::<Vec<_>>(), expected, "{protocol}");
    }
}

#[test]
fn routes_of_two_kinds_and_one_name_are_judged_and_counted_each() {
    let far = "rules: [{backendRefs: [{name: far, namespace: web, port: 8080}]}]";
    let http = route("r", far);
    let grpc = http.replace("HTTPRoute", "GRPCRoute");
    let grant = "\n---\n{kind: ReferenceGrant, metadata: {name: g, namespace: web}, spec: {\
        from: [{group: gateway.networking.k8s.io, kind: GRPCRoute, namespace: infra}], \
        to: [{group: '', kind: Service}]}}";
    let only_http =
        "{name: http, port: 80, protocol: HTTP, allowedRoutes: {kinds: [{kind: HTTPRoute}]}}";
    let objects = gateway(only_http) + &http + &grpc + grant;
    for (faults, counted) in [
        (Faults::default(), 1),
        ([faults::ATTACHED_ROUTES_COUNTS_REJECTED].into_iter().collect(), 2),
    ] {
        let world = world_with(&objects, &faults);
        for (kind, accepted, resolved_refs) in [
            (HTTP_ROUTE, "True/Accepted", "False/RefNotPermitted"),
            (GRPC_ROUTE, "False/NotAllowedByListeners", "True/ResolvedRefs"),
        ] {
            let conditions = &world.status(kind, "r")["parents"][0]["conditions"];
            assert_eq!(condition(conditions, "Accepted"), accepted, "{kind:?}");
            assert_eq!(condition(conditions, "ResolvedRefs"), resolved_refs, "{kind:?}");
        }
        assert_eq!(world.listener("gw", "http")["attachedRoutes"], counted);
    }
}

fn grpc_route(name: &str, spec: &str) -> String {
    route(name, spec).replace("HTTPRoute", "GRPCRoute")
}

#[test]
fn calls_go_by_service_and_method_and_then_by_headers() {
    let spec = "rules: [\
        {matches: [{method: {service: a.B}}], backendRefs: [{name: one, port: 8080}]}, \
        {matches: [{method: {service: a.B, method: Get}}], backendRefs: [{name: two, port: 8080}]}, \
        {matches: [{method: {service: a.B, method: Get}, headers: [{name: who, value: me}]}], \
         backendRefs: [{name: one, port: 8080}]}]";
    let world = world(&(gateway(HTTP) + &grpc_route("r", spec)));
    assert_eq!(world.get("a.com", "/a.B/Put"), "10.0.0.1:3000");
    assert_eq!(world.get("a.com", "/a.B/Get"), "10.0.0.2:3000");
    let mine = world.request(80, None, "a.com", "/a.B/Get", &[("who", "me")]);
    assert_eq!(mine, "10.0.0.1:3000");
    assert_eq!(world.get("a.com", "/a.C/Get"), "404");
}

#[test]
fn of_two_kinds_with_a_common_hostname_the_older_route_is_accepted() {
    let rules = format!("rules: [{{{}}}]", to("one"));
    let aged = |document: String, time: &str| {
        document.replace("metadata: {", &format!("metadata: {{creationTimestamp: '{time}', "))
    };
    for (http_host, grpc_host, grpc_time, expected) in [
        ("a.com", "a.com", "2026-01-01T00:00:00Z", ["True/Accepted", "False/HostnameConflict"]),
        ("a.com", "*.com", "2025-01-01T00:00:00Z", ["False/HostnameConflict", "True/Accepted"]),
        ("a.com", "b.com", "2026-01-01T00:00:00Z", ["True/Accepted", "True/Accepted"]),
    ] {
        let hosted = |host: &str| format!("hostnames: ['{host}'], {rules}");
        let http = aged(route("h", &hosted(http_host)), "2025-06-01T00:00:00Z");
        let grpc = aged(grpc_route("g", &hosted(grpc_host)), grpc_time);
        let world = world(&(gateway(HTTP) + &http + &grpc));
        let accepted = [(HTTP_ROUTE, "h"), (GRPC_ROUTE, "g")].map(|(kind, name)| {
            condition(&world.status(kind, name)["parents"][0]["conditions"], "Accepted")
        });
        assert_eq!(accepted, expected, "{http_host} {grpc_host}");
        let count = accepted.iter().filter(|it| *it == "True/Accepted").count();
        assert_eq!(world.listener("gw", "http")["attachedRoutes"], count);
    }
}

#[test]
fn a_kind_without_hostnames_has_none_whatever_its_objects_say() {
    let object: Object<Route> =
        serde_json::from_value(json!({ "metadata": {}, "spec": { "hostnames": ["a.com"] } }))
            .expect("it is a route");
    let hostnames = |kind| RouteRef { kind, object: &object }.hostnames().len();
    assert_eq!([RouteKind::Tls, RouteKind::Tcp].map(hostnames), [1, 0]);
}
