//! ListenerSets: which are taken, which listener comes first, and which routes are meant.

use super::*;

/// A ListenerSet with these listeners that names Gateway `gw`.
fn set(name: &str, namespace: &str, created: &str, listeners: &str) -> String {
    format!(
        "\n---\n{{kind: ListenerSet, metadata: {{name: {name}, namespace: {namespace}, generation: 5, \
         creationTimestamp: '{created}'}}, \
         spec: {{parentRef: {{name: gw, namespace: infra}}, listeners: [{listeners}]}}}}"
    )
}

fn allowing(from: &str, listeners: &str) -> String {
    let allowed = format!("allowedListeners: {{namespaces: {from}}}, listeners");
    gateway(listeners).replace("listeners", &allowed)
}

fn listener(name: &str, host: &str) -> String {
    format!("{{name: {name}, port: 80, protocol: HTTP, hostname: {host}}}")
}

impl World {
    fn set_condition(&self, set: &str, kind: &str) -> String {
        condition(&self.status(StatusKind::ListenerSet, set)["conditions"], kind)
    }

    fn set_listener(&self, set: &str, listener: &str) -> &Value {
        let listeners = self.status(StatusKind::ListenerSet, set)["listeners"].as_array();
        listeners
            .and_then(|listeners| listeners.iter().find(|entry| entry["name"] == listener))
            .expect("the listener is in the status")
    }

    fn attached_sets(&self) -> &Value {
        &self.status(StatusKind::Gateway, "gw")["attachedListenerSets"]
    }
}

#[test]
fn a_gateway_takes_the_sets_of_the_namespaces_that_it_allows() {
    for (gateway, infra, web) in [
        (gateway(HTTP), "False/NotAllowed", "False/NotAllowed"),
        (allowing("{}", HTTP), "False/NotAllowed", "False/NotAllowed"),
        (allowing("{from: None}", HTTP), "False/NotAllowed", "False/NotAllowed"),
        (allowing("{from: Same}", HTTP), "True/Accepted", "False/NotAllowed"),
        (allowing("{from: All}", HTTP), "True/Accepted", "True/Accepted"),
        (
            allowing("{from: Selector, selector: {matchLabels: {team: web}}}", HTTP),
            "False/NotAllowed",
            "True/Accepted",
        ),
    ] {
        let sets = set("near", "infra", "", &listener("a", "a.com"))
            + &set("far", "web", "", &listener("a", "b.com"));
        let world = world(&(gateway.clone() + &sets));
        for (name, expected) in [("near", infra), ("far", web)] {
            assert_eq!(world.set_condition(name, "Accepted"), expected, "{gateway}");
            let programmed = expected.replace("/Accepted", "/Programmed");
            assert_eq!(world.set_condition(name, "Programmed"), programmed, "{gateway}");
        }
        let taken = [infra, web].iter().filter(|it| it.starts_with("True")).count();
        assert_eq!(*world.attached_sets(), taken);
        let listeners = world.status(StatusKind::Gateway, "gw")["listeners"].as_array();
        assert_eq!(listeners.map(Vec::len), Some(1), "its own alone");
    }
}

#[test]
fn what_comes_first_is_served_and_a_set_is_accepted_while_something_is_left_of_it() {
    let tcp = |name: &str| format!("{{name: {name}, port: 80, protocol: TCP}}");
    let listeners = |all: &[String]| all.join(", ");
    let own = listener("own", "own.com");
    let sets = set(
        "young",
        "infra",
        "2026-01-02T00:00:00Z",
        &listeners(&[listener("taken", "old.com"), listener("mine", "mine.com")]),
    ) + &set("old", "infra", "2026-01-01T00:00:00Z", &listener("first", "old.com"))
        + &set(
            "other",
            "infra",
            "2026-01-02T00:00:00Z",
            &listeners(&[tcp("odd"), listener("taken", "own.com")]),
        );
    let world = world(&(allowing("{from: All}", &own) + &sets));
    assert_eq!(world.listener_condition("gw", "own", "Conflicted"), "False/NoConflicts");
    assert_eq!(world.gateway_condition("gw", "Accepted"), "True/Accepted");
    assert_eq!(world.set_condition("old", "Accepted"), "True/Accepted");
    assert_eq!(world.set_condition("young", "Accepted"), "True/ListenersNotValid");
    assert_eq!(world.set_condition("young", "Programmed"), "True/Programmed");
    assert_eq!(world.set_condition("other", "Accepted"), "False/ListenersNotValid");
    assert_eq!(world.set_condition("other", "Programmed"), "False/ListenersNotValid");
    assert_eq!(*world.attached_sets(), 2);
    for (set, listener, reason) in [
        ("young", "taken", "HostnameConflict"),
        ("other", "taken", "HostnameConflict"),
        ("other", "odd", "ProtocolConflict"),
    ] {
        let conditions = &world.set_listener(set, listener)["conditions"];
        assert_eq!(condition(conditions, "Conflicted"), format!("True/{reason}"), "{set}");
        assert_eq!(condition(conditions, "Accepted"), format!("False/{reason}"), "{set}");
        assert_eq!(condition(conditions, "Programmed"), format!("False/{reason}"), "{set}");
    }
    let mine = world.set_listener("young", "mine");
    assert_eq!(condition(&mine["conditions"], "Programmed"), "True/Programmed");
}

#[test]
fn a_route_is_attached_to_the_listeners_of_the_parent_that_it_names() {
    let of = |name: &str, parents: &str, path: &str| {
        let rules = format!("rules: [{{matches: [{{path: {{value: {path}}}}}], {}}}]", to("one"));
        route(name, &rules).replace("[{name: gw}]", &format!("[{parents}]"))
    };
    let objects = allowing("{from: All}", &listener("own", "own.com"))
        + &set("s", "infra", "", &listener("added", "added.com"))
        + &of("both", "{name: gw}, {kind: ListenerSet, name: s}", "/both")
        + &of("of-gateway", "{name: gw}", "/gateway")
        + &of("of-set", "{kind: ListenerSet, name: s}", "/set")
        + &of("astray", "{name: gw, sectionName: added}", "/astray");
    let world = world(&objects);
    let backend = "10.0.0.1:3000";
    for (path, own, added) in [
        ("/both", backend, backend),
        ("/gateway", backend, "404"),
        ("/set", "404", backend),
        ("/astray", "404", "404"),
    ] {
        assert_eq!(world.get("own.com", path), own, "{path}");
        assert_eq!(world.get("added.com", path), added, "{path}");
    }
    assert_eq!(world.listener("gw", "own")["attachedRoutes"], 2);
    assert_eq!(world.set_listener("s", "added")["attachedRoutes"], 2);
    assert_eq!(world.route_condition("astray", "Accepted"), "False/NoMatchingParent");
    let parent = &world.status(HTTP_ROUTE, "of-set")["parents"][0]["parentRef"];
    assert_eq!(parent["kind"], "ListenerSet");
}

#[test]
fn same_is_the_namespace_of_the_set_and_its_references_need_a_grant_of_its_own() {
    let grant = |kind: &str, namespace: &str| {
        format!(
            "\n---\n{{kind: ReferenceGrant, metadata: {{name: {kind}-{namespace}, namespace: infra}}, spec: {{\
             from: [{{group: gateway.networking.k8s.io, kind: {kind}, namespace: {namespace}}}], \
             to: [{{group: '', kind: Secret}}]}}}}"
        )
    };
    let https = "{name: tls, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert, namespace: infra}]}}";
    let inside = "\n---\n{kind: HTTPRoute, metadata: {name: inside, namespace: web}, spec: \
                  {parentRefs: [{kind: ListenerSet, name: s}], rules: [{}]}}";
    let outside = route("outside", "rules: [{}]")
        .replace("{name: gw}", "{kind: ListenerSet, name: s, namespace: web}");
    let objects = allowing("{from: All}", HTTP)
        + &set("s", "web", "", https)
        + inside
        + &outside
        + &certificate_secret();
    for (grant, expected) in [
        (grant("ListenerSet", "web"), "True/ResolvedRefs"),
        (grant("Gateway", "infra"), "False/RefNotPermitted"),
        (grant("Gateway", "web"), "False/RefNotPermitted"),
        (grant("ListenerSet", "infra"), "False/RefNotPermitted"),
    ] {
        let world = world(&(objects.clone() + &grant));
        let tls = &world.set_listener("s", "tls")["conditions"];
        assert_eq!(condition(tls, "ResolvedRefs"), expected, "{grant}");
        let accepted = world.set_condition("s", "Accepted").starts_with("True");
        assert_eq!(accepted, expected.starts_with("True"), "{grant}");
        assert_eq!(world.route_condition("inside", "Accepted"), "True/Accepted");
        let refused = world.route_condition("outside", "Accepted");
        assert_eq!(refused, "False/NotAllowedByListeners");
    }
}
