//! Routes of several kinds.

use super::super::objects::Route;
use super::super::route::RouteRef;
use super::*;

const GRPC_ROUTE: StatusKind = StatusKind::Route(RouteKind::Grpc);

#[test]
fn listeners_take_the_kinds_of_their_protocol_that_are_served() {
    for (protocol, expected) in [
        ("HTTP", &[RouteKind::Http][..]),
        ("HTTPS", &[RouteKind::Http]),
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
    let objects = gateway(HTTP) + &http + &grpc + grant;
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

#[test]
fn a_kind_without_hostnames_has_none_whatever_its_objects_say() {
    let object: Object<Route> =
        serde_json::from_value(json!({ "metadata": {}, "spec": { "hostnames": ["a.com"] } }))
            .expect("it is a route");
    let hostnames = |kind| RouteRef { kind, object: &object }.hostnames().len();
    assert_eq!([RouteKind::Tls, RouteKind::Tcp].map(hostnames), [1, 0]);
}
