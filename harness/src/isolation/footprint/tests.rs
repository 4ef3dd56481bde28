//! Which tests disturb each other, by their objects.

use cluster::OwnKind;
use model::exchange::{
    Backend,
    call::{Code, call},
    calls_through,
    conversation::tls,
    get, streams_through, through,
};

use super::*;

fn objects(yaml: &str) -> Vec<Object> {
    cluster::manifest::parse("test", yaml).unwrap()
}

fn route(name: &str, gateway: &str, hostname: &str, backend_namespace: &str) -> String {
    let hostnames = if hostname.is_empty() { "[]".into() } else { format!("[\"{hostname}\"]") };
    format!(
        "{{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {{name: {name}, namespace: infra}}, \
         spec: {{parentRefs: [{{name: {gateway}}}], hostnames: {hostnames}, \
         rules: [{{backendRefs: [{{name: web, namespace: {backend_namespace}, port: 8080}}]}}]}}}}"
    )
}

fn gateway(name: &str, protocol: &str) -> String {
    format!(
        "{{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {{name: {name}, namespace: infra}}, \
         spec: {{listeners: [{{name: one, port: 80, protocol: {protocol}}}]}}}}"
    )
}

fn footprint(documents: &[String]) -> Footprint {
    let base = listeners(&objects(&gateway("shared", "HTTP")));
    Footprint::read(
        &objects(&documents.join("\n---\n")),
        &base,
        &Services::new(),
        Declared::default(),
    )
}

fn apart(a: &Footprint, b: &Footprint) -> bool {
    a.conflict(b, |_, _| false).is_none()
}

#[test]
fn routes_on_one_listener_share_traffic_unless_their_hostnames_differ() {
    let any = footprint(&[route("a", "shared", "", "infra")]);
    let one = footprint(&[route("b", "shared", "one.example", "infra")]);
    let other = footprint(&[route("c", "shared", "other.example", "infra")]);
    let wild = footprint(&[route("d", "shared", "*.example", "infra")]);
    let meet = |a: &Footprint, b: &Footprint| a.conflict(b, |_, _| false);
    assert_eq!(meet(&any, &one), Some(Conflict::Routes));
    assert_eq!(meet(&one, &other), None);
    assert_eq!(meet(&one, &wild), Some(Conflict::Routes));
    let same_object = footprint(&[route("a", "shared", "one.example", "infra")]);
    assert_eq!(meet(&any, &same_object), Some(Conflict::More));
}

#[test]
fn gateways_of_their_own_are_apart_unless_they_have_one_address() {
    let a = footprint(&[gateway("a", "HTTP"), route("a", "a", "", "infra")]);
    let b = footprint(&[gateway("b", "HTTP"), route("b", "b", "", "infra")]);
    assert!(apart(&a, &b));
    assert!(a.conflict(&b, |_, _| true).is_some());
}

#[test]
fn a_plain_listener_without_routes_disturbs_nobody() {
    let idle = footprint(&[gateway("a", "HTTP")]);
    let secure = footprint(&[gateway("s", "HTTPS")]);
    let other_secure = footprint(&[gateway("t", "HTTPS")]);
    let busy = footprint(&[gateway("b", "HTTP"), route("b", "b", "", "infra")]);
    assert!(idle.conflict(&busy, |_, _| true).is_none());
    assert_eq!(secure.conflict(&other_secure, |_, _| true), Some(Conflict::More));
}

#[test]
fn a_grant_reaches_the_references_that_it_permits_and_those_that_it_nearly_does() {
    let grant = |kind: &str, name: &str| {
        footprint(&[format!(
            "{{apiVersion: gateway.networking.k8s.io/v1, kind: ReferenceGrant, metadata: {{name: g, namespace: web}}, \
             spec: {{from: [{{group: gateway.networking.k8s.io, kind: {kind}, namespace: infra}}], \
             to: [{{group: \"\", kind: Service{name}}}]}}}}"
        )])
    };
    let refused = footprint(&[gateway("a", "HTTP"), route("a", "a", "", "web")]);
    assert!(!apart(&refused, &grant("HTTPRoute", "")));
    assert!(!apart(&refused, &grant("HTTPRoute", ", name: web")));
    // What does not permit it would, if the name or the kind were ignored; but not if only one is.
    assert!(!apart(&refused, &grant("HTTPRoute", ", name: other")));
    assert!(!apart(&refused, &grant("Gateway", "")));
    assert!(apart(&refused, &grant("Gateway", ", name: other")));
}

fn of_kind(kind: &str, name: &str, gateway: &str) -> String {
    route(name, gateway, "", "infra").replace("HTTPRoute", kind)
}

#[test]
fn routes_of_two_kinds_are_never_in_company_on_one_listener() {
    let http = footprint(&[route("a", "shared", "a.example", "infra")]);
    let calls = footprint(&[of_kind("GRPCRoute", "b", "shared")]);
    let more_calls = footprint(&[of_kind("GRPCRoute", "c", "shared")]);
    assert_eq!(http.conflict(&calls, |_, _| false), Some(Conflict::More));
    assert_eq!(calls.conflict(&more_calls, |_, _| false), Some(Conflict::Routes));
}

#[test]
fn what_is_no_http_shares_its_port_with_nobody() {
    let streams = |protocol: &str, name: &str| {
        footprint(&[gateway(name, protocol), of_kind(&format!("{protocol}Route"), name, name)])
    };
    let (tls, other_tls, tcp) = (streams("TLS", "a"), streams("TLS", "b"), streams("TCP", "c"));
    let http = footprint(&[gateway("h", "HTTP"), route("h", "h", "", "infra")]);
    for other in [&other_tls, &tcp, &http] {
        assert!(apart(&tls, other));
        assert_eq!(tls.conflict(other, |_, _| true), Some(Conflict::More));
    }
}

#[test]
fn calls_and_conversations_have_a_route_as_requests_do() {
    const CALLS: &[Through] = &[calls_through(
        "shared",
        &[call("a.B", "Get").is(Code::INTERNAL), call("a.B", "Put").is(Code::UNIMPLEMENTED)],
    )];
    const NOBODY: Backend = Backend { name: "", namespace: "infra" };
    const STREAMS: &[Through] = &[streams_through("t", &[tls("one", "a.example").reaches(NOBODY)])];
    let base = listeners(&objects(&gateway("shared", "HTTP")));
    let unanswered = |documents: &[String], sends| {
        let declared = Declared { infra: "infra", sends, ..Declared::default() };
        let objects = objects(&documents.join("\n---\n"));
        let footprint = Footprint::read(&objects, &base, &Services::new(), declared);
        footprint.unanswered().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(unanswered(&[of_kind("GRPCRoute", "a", "shared")], CALLS), [""; 0]);
    assert_eq!(unanswered(&[route("a", "shared", "", "infra")], CALLS), ["a.B/Get"]);
    let tls_route = |hostname| route("a", "t", hostname, "infra").replace("HTTPRoute", "TLSRoute");
    let with = |hostname| unanswered(&[gateway("t", "TLS"), tls_route(hostname)], STREAMS);
    assert_eq!(with("*.example"), [""; 0]);
    assert_eq!(with("b.example"), ["TLS for a.example to listener one"]);
}

#[test]
fn a_policy_for_a_service_of_another_runs_alone() {
    let http = footprint(&[gateway("a", "HTTP"), route("a", "a", "a.example", "infra")]);
    let policy = "{apiVersion: gateway.networking.k8s.io/v1, kind: BackendTLSPolicy, \
        metadata: {name: p, namespace: infra}, \
        spec: {targetRefs: [{group: '', kind: Service, name: s}]}}";
    let service =
        "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: infra}, spec: {}}";
    let of_another = footprint(&[policy.into()]);
    assert_eq!(of_another.conflict(&http, |_, _| false), Some(Conflict::More));
    assert!(apart(&footprint(&[policy.into(), service.into()]), &http));
}

fn set(name: &str, gateway: &str, port: u16) -> String {
    format!(
        "{{apiVersion: gateway.networking.k8s.io/v1, kind: ListenerSet, metadata: {{name: {name}, namespace: infra}}, \
         spec: {{parentRef: {{name: {gateway}}}, listeners: [{{name: one, port: {port}, protocol: HTTP}}]}}}}"
    )
}

const ASKING: &[Through] = &[through("shared", &[get("/").is(404)])];

#[test]
fn who_adds_listeners_to_a_base_gateway_is_alone_with_it() {
    let extending = footprint(&[set("a", "shared", 8080)]);
    let attached = footprint(&[route("b", "shared", "a.example", "infra")]);
    let other = footprint(&[gateway("g", "HTTP"), route("c", "g", "", "infra")]);
    let also_extending = footprint(&[set("d", "shared", 8081)]);
    for at_shared in [&attached, &also_extending] {
        assert_eq!(extending.conflict(at_shared, |_, _| false), Some(Conflict::More));
        assert_eq!(at_shared.conflict(&extending, |_, _| false), Some(Conflict::More));
    }
    assert!(apart(&extending, &other));
    let (base, none) = (listeners(&objects(&gateway("shared", "HTTP"))), Services::new());
    let counting = Declared { infra: "infra", exclusive: &["shared"], ..Declared::default() };
    let counting = Footprint::read(&[], &base, &none, counting);
    assert!(!apart(&counting, &extending));
    let asking = Declared { infra: "infra", sends: ASKING, ..Declared::default() };
    let asking = Footprint::read(&[], &base, &none, asking);
    assert!(!apart(&asking, &extending));
}

#[test]
fn routes_of_a_listener_set_answer_at_its_listeners_alone() {
    let parent = "{kind: ListenerSet, name: s}";
    let at_set = |name: &str| route(name, "s", "", "infra").replace("{name: s}", parent);
    let own = footprint(&[gateway("g", "HTTP"), set("s", "g", 8080), at_set("a")]);
    assert_eq!(own.gateways, BTreeSet::from([("infra".to_owned(), "g".to_owned())]));
    let ports: Vec<_> = own.traffic.iter().map(|there| there.port).collect();
    assert_eq!(ports, [8080]);
    // Where all Gateways have one address, another one's routes at the port may answer.
    let at_80 = footprint(&[gateway("h", "HTTP"), route("b", "h", "", "infra")]);
    let at_8080 = footprint(&[gateway("i", "HTTP"), set("s2", "i", 8080), {
        at_set("c").replace("name: s}", "name: s2}")
    }]);
    assert_eq!(own.conflict(&at_80, |_, _| true), None);
    assert_eq!(own.conflict(&at_8080, |_, _| true), Some(Conflict::Routes));
    assert_eq!(own.conflict(&at_8080, |_, _| false), None);
}

const AT_FIRST: &[Through] = &[through("shared", &[get("/").is(500)])];
const AT_OTHER: &[Through] = &[through("shared", &[get("/").is(500)]).at("other")];

#[test]
fn what_is_sent_to_a_named_listener_goes_to_its_port() {
    let two = gateway("shared", "HTTP")
        .replace("HTTP}", "HTTP}, {name: other, port: 8080, protocol: HTTP}");
    let base = listeners(&objects(&two));
    let route = objects(&route("a", "shared, sectionName: other", "", "infra"));
    let unanswered = |sends| {
        let declared = Declared { infra: "infra", sends, ..Declared::default() };
        Footprint::read(&route, &base, &Services::new(), declared).unanswered().count()
    };
    assert_eq!([unanswered(AT_FIRST), unanswered(AT_OTHER)], [1, 0]);
}

#[test]
fn who_counts_routes_is_alone_with_the_gateway() {
    let base = listeners(&objects(&gateway("shared", "HTTP")));
    let declared = Declared { infra: "infra", exclusive: &["shared"], ..Declared::default() };
    let counting = Footprint::read(&[], &base, &Services::new(), declared);
    let attached = footprint(&[route("a", "shared", "a.example", "infra")]);
    assert!(!apart(&counting, &attached));
    assert!(!apart(&attached, &counting));
}

#[test]
fn a_policy_of_an_unknown_kind_disturbs_nobody_if_its_targets_come_with_it() {
    let limit = OwnKind {
        group: "footprint.example.com".into(),
        version: "v1".into(),
        name: "FootprintLimit".into(),
        plural: "footprintlimits".into(),
        namespaced: true,
    };
    Kind::learn(limit).unwrap();
    let with = |spec: &str| {
        let policy = format!(
            "apiVersion: footprint.example.com/v1\nkind: FootprintLimit\n\
             metadata: {{name: l, namespace: infra}}\nspec: {spec}\n"
        );
        footprint(&[gateway("g", "HTTP"), policy])
    };
    let other = footprint(&[route("b", "shared", "b.example", "infra")]);
    let at = |kind: &str, name: &str| format!("{{targetRefs: [{{kind: {kind}, name: {name}}}]}}");
    for spec in ["{}", &at("Gateway", "g"), "{targetRef: {kind: Gateway, name: g}}"] {
        assert!(apart(&with(spec), &other), "{spec}");
    }
    let selecting = "{targetSelectors: [{kind: Gateway}]}";
    for spec in [&*at("Gateway", "shared"), &at("HTTPRoute", "g"), selecting] {
        assert!(!apart(&with(spec), &other), "{spec}");
    }
    let alone = Declared { infra: "infra", alone: true, ..Declared::default() };
    let alone = Footprint::read(&[], &Listeners::new(), &Services::new(), alone);
    assert!(!apart(&alone, &other));
}
