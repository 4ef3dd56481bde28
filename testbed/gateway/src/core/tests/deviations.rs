//! What a fault or a lag changes, where more than one object decides it.

use super::*;

/// Objects of these versions, each of which is in the order of its coming.
fn versioned(document: &str, version: u32) -> String {
    document.replacen("metadata: {", &format!("metadata: {{resourceVersion: '{version}', "), 1)
}

#[test]
fn what_comes_later_than_who_refers_to_it_is_not_seen_by_a_fault() {
    let https = "{name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert, namespace: web}]}}";
    let secret = certificate_secret().replace("namespace: infra", "namespace: web");
    let grant = "\n---\n{kind: ReferenceGrant, metadata: {name: g, namespace: web}, spec: {\
        from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: infra}], \
        to: [{group: '', kind: Secret}]}}";
    let late = "\n---\n{kind: Service, metadata: {name: late, namespace: infra}, spec: {ports: [{port: 8080}]}}";
    let attached = route("r", &format!("rules: [{{{}}}]", to("late")));
    for (fault, version, expected) in [
        (faults::NEW_REFERENCE_GRANT_IGNORED, 9, ["False/RefNotPermitted", "True/ResolvedRefs"]),
        (faults::NEW_REFERENCE_GRANT_IGNORED, 3, ["True/ResolvedRefs", "True/ResolvedRefs"]),
        (faults::NEW_SECRET_IGNORED, 9, ["False/InvalidCertificateRef", "True/ResolvedRefs"]),
        (faults::NEW_SECRET_IGNORED, 3, ["True/ResolvedRefs", "True/ResolvedRefs"]),
        (faults::NEW_SERVICE_IGNORED, 9, ["True/ResolvedRefs", "False/BackendNotFound"]),
        (faults::NEW_SERVICE_IGNORED, 3, ["True/ResolvedRefs", "True/ResolvedRefs"]),
        (faults::WEIGHTS_IGNORED, 9, ["True/ResolvedRefs", "True/ResolvedRefs"]),
    ] {
        let objects = versioned(&gateway(https), 5) + &versioned(&attached, 5);
        let later = [grant, &secret, late].map(|document| versioned(document, version));
        let world = world_with(&(objects + &later.concat()), &[fault].into_iter().collect());
        let listener = world.listener_condition("gw", "https", "ResolvedRefs");
        let seen = [listener, world.route_condition("r", "ResolvedRefs")];
        assert_eq!(seen, expected, "{} {version}", fault.name);
    }
}

#[test]
fn a_gateway_with_programmed_listeners_that_is_not_programmed_itself() {
    let selector =
        "{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector}}}";
    let faults = [faults::GATEWAY_NEVER_PROGRAMMED].into_iter().collect();
    let programmed = world_with(&gateway(HTTP), &faults);
    assert_eq!(programmed.gateway_condition("gw", "Programmed"), "True/Programmed");
    let never = world_with(&gateway(selector), &faults);
    assert_eq!(never.gateway_condition("gw", "Programmed"), "False/Pending");
    assert_eq!(never.listener_condition("gw", "http", "Programmed"), "True/Programmed");
    assert_eq!(never.get("a.com", "/"), "404", "it is served");
}

#[test]
fn a_redirect_that_was_accepted_is_rejected_next_and_served_then() {
    let faults = [faults::REDIRECT_ACCEPTED_FOR_A_MOMENT].into_iter().collect();
    let objects = gateway(HTTP)
        + &route("r", "rules: [{filters: [{type: RequestRedirect, requestRedirect: {}}]}]");
    let unwritten = objects.trim_end().strip_suffix('}').expect("a document");
    let then = |status: &Value| world_with(&format!("{unwritten}, status: {status}}}"), &faults);
    let attached = |world: &World| {
        world.status(StatusKind::Gateway, "gw")["listeners"][0]["attachedRoutes"].clone()
    };

    let first = then(&json!({}));
    assert_eq!(first.route_condition("r", "Accepted"), "True/Accepted");
    let second = then(first.status(HTTP_ROUTE, "r"));
    assert_eq!(second.route_condition("r", "Accepted"), "False/UnsupportedValue");
    let third = then(second.status(HTTP_ROUTE, "r"));
    assert_eq!([&first, &second, &third].map(attached), [0, 0, 1]);
}

#[test]
fn a_class_beside_the_first_gets_a_finalizer_once() {
    let faults = [faults::GATEWAY_CLASS_FINALIZER_KEPT].into_iter().collect();
    let class = |finalizers: &str| {
        format!(
            "\n---\n{{kind: GatewayClass, metadata: {{name: other, finalizers: [{finalizers}]}}, \
             spec: {{controllerName: {CONTROLLER}}}}}"
        )
    };
    let unfinalized = |finalizers: &str, faults: &Faults| {
        world_with(&(gateway(HTTP) + &class(finalizers)), faults).config.unfinalized
    };
    assert_eq!(unfinalized("", &faults), [Key::new("", "other")]);
    assert_eq!(unfinalized(FINALIZER, &faults), []);
    assert_eq!(unfinalized("", &Faults::default()), []);
}

#[test]
fn a_gateway_that_is_still_to_be_provisioned_is_accepted_and_not_served() {
    let snapshot = snapshot(&format!("{BASE}---\n{}", gateway(HTTP)));
    let env = Environment {
        controller_name: CONTROLLER,
        faults: &Faults::default(),
        without: &[],
        addresses: &BTreeMap::new(),
        pending: &BTreeSet::from([Key::new("infra", "gw")]),
        bind_failures: &BTreeMap::new(),
        tells_features: true,
        now: "2026-01-01T00:00:00Z",
    };
    let world = World { config: compute(&snapshot, &env) };
    assert_eq!(world.gateway_condition("gw", "Accepted"), "True/Accepted");
    assert_eq!(world.gateway_condition("gw", "Programmed"), "False/Pending");
    assert_eq!(world.listener_condition("gw", "http", "Programmed"), "False/Pending");
    assert_eq!(world.listener_condition("gw", "http", "ResolvedRefs"), "True/ResolvedRefs");
    assert_eq!(world.status(StatusKind::Gateway, "gw")["addresses"], json!([]));
    assert_eq!(world.get("a.com", "/"), "closed");
}
