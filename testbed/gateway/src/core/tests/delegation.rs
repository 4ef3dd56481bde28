//! Routes that hand requests on to routes: who gets them, and what is reported of each.

use super::*;

const ROOT: &str = "
{kind: Gateway, metadata: {name: gw, namespace: infra, generation: 1}, spec: {gatewayClassName: gw, listeners: [
  {name: http, port: 80, protocol: HTTP}]}}
---
{kind: HTTPRoute, metadata: {name: root, namespace: infra, generation: 1}, spec: {
  parentRefs: [{name: gw}], rules: [
  {matches: [{path: {value: /a}}], backendRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: a}]},
  {matches: [{path: {value: /own}}], backendRefs: [{name: two, port: 8080}]}]}}
";

/// A child of this parent that serves a path, and hands another one on.
fn child(name: &str, parent: &str, path: &str, next: &str) -> String {
    format!(
        "---
{{kind: HTTPRoute, metadata: {{name: {name}, namespace: infra, generation: 1}}, spec: {{
  parentRefs: [{{group: gateway.networking.k8s.io, kind: HTTPRoute, name: {parent}}}], rules: [
  {{matches: [{{path: {{value: {path}}}}}], backendRefs: [{{name: one, port: 8080}}]}},
  {{matches: [{{path: {{value: {path}/next}}}}],
    backendRefs: [{{group: gateway.networking.k8s.io, kind: HTTPRoute, name: {next}}}]}}]}}}}
"
    )
}

#[test]
fn a_chain_of_routes_hands_on_and_is_reported_step_by_step() {
    let chain =
        [ROOT, &child("a", "root", "/a/one", "b"), &child("b", "a", "/a/one/next/two", "nobody")]
            .concat();
    let world = world(&chain);
    assert_eq!(world.get("x", "/own"), "10.0.0.2:3000");
    assert_eq!(world.get("x", "/a/one"), "10.0.0.1:3000");
    assert_eq!(world.get("x", "/a/one/next/two"), "10.0.0.1:3000");
    assert_eq!(world.get("x", "/a/other"), "404");
    assert_eq!(world.get("x", "/a/one/next/two/next"), "500", "there is no such child");

    for (route, parent) in [("root", "gw"), ("a", "root"), ("b", "a")] {
        let parents = world.status(HTTP_ROUTE, route)["parents"].as_array().unwrap();
        assert_eq!(parents.len(), 1, "{route}");
        assert_eq!(parents[0]["parentRef"]["name"], parent);
        assert_eq!(world.route_condition(route, "Accepted"), "True/Accepted");
    }
    assert_eq!(world.route_condition("root", "ResolvedRefs"), "True/ResolvedRefs");
    assert_eq!(world.route_condition("a", "ResolvedRefs"), "True/ResolvedRefs");
    assert_eq!(world.route_condition("b", "ResolvedRefs"), "False/BackendNotFound");
    assert_eq!(world.listener("gw", "http")["attachedRoutes"], 1, "children are not attached");
}

#[test]
fn a_circle_is_refused_where_it_closes() {
    let world = world(&[ROOT, &child("a", "root", "/a/one", "a")].concat());
    assert_eq!(world.get("x", "/a/one"), "10.0.0.1:3000");
    assert_eq!(world.get("x", "/a/one/next"), "500");
    assert_eq!(world.route_condition("a", "ResolvedRefs"), "False/RefNotPermitted");
}

#[test]
fn a_parent_must_name_the_child_and_the_child_the_parent() {
    let world = world(
        &[ROOT, &child("a", "somebody", "/a/one", "a"), &child("b", "root", "/b", "b")].concat(),
    );
    assert_eq!(world.route_condition("root", "ResolvedRefs"), "False/BackendNotFound");
    assert_eq!(world.get("x", "/a/one"), "500");
    assert_eq!(world.route_condition("b", "Accepted"), "False/NoMatchingParent");
    assert_eq!(world.get("x", "/b"), "404");
}

#[test]
fn a_child_that_cannot_be_served_is_not_accepted() {
    let odd = child("a", "root", "/a/one", "b").replace(
        "{matches: [{path: {value: /a/one}}],",
        "{matches: [{path: {value: /a/one}}], filters: [{type: Odd}],",
    );
    let world = world(&[ROOT, &odd].concat());
    assert_eq!(world.route_condition("a", "Accepted"), "False/UnsupportedValue");
    assert_eq!(world.get("x", "/a/one"), "404");
}
