use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};
use serde_json::json;

use super::*;

const NAMES: [&str; 3] = ["v1", "v2", "manual"];

fn known() -> Services {
    let objects: Vec<Object> = NAMES
        .iter()
        .map(|name| {
            let selector = if *name == "manual" { json!(null) } else { json!({ "app": name }) };
            serde_json::from_value(json!({
                "apiVersion": "v1", "kind": "Service",
                "metadata": { "name": name, "namespace": "infra" }, "spec": { "selector": selector },
            }))
            .unwrap()
        })
        .collect();
    services(&objects)
}

fn rules(hostnames: &Value, rules: &Value) -> Vec<Rule> {
    let route: Object = serde_json::from_value(json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": { "name": "r", "namespace": "infra" },
        "spec": { "hostnames": hostnames, "rules": rules },
    }))
    .unwrap();
    Rule::of_route(&route, &known())
}

/// A route for paths that begin with this one, to this Service.
fn prefix(path: &str, backend: &str) -> Vec<Rule> {
    let matches = json!([{ "path": { "type": "PathPrefix", "value": path } }]);
    rules(&json!([]), &json!([{ "matches": matches, "backendRefs": [{ "name": backend }] }]))
}

fn answer(status: u16, pod: &str) -> Response {
    let echo = json!({ "pod": pod, "namespace": "infra" });
    let headers = match pod {
        "" => HeaderMap::new(),
        _ => [("content-type".parse().unwrap(), "application/json".parse().unwrap())]
            .into_iter()
            .collect(),
    };
    Response {
        version: Version::HTTP_11,
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        body: Bytes::from(echo.to_string()),
        session: None,
    }
}

#[test]
fn each_rule_is_asked_by_every_match_and_hostname() {
    let rules = rules(
        &json!(["*.example", "one.test"]),
        &json!([
            { "matches": [
                { "path": { "value": "/one" }, "headers": [{ "name": "a", "value": "b" }] },
                { "path": { "value": "/other" } },
            ]},
            { "matches": [{ "queryParams": [{ "name": "q", "value": "1" }] }] },
            { "backendRefs": [] },
        ]),
    );
    let asked = |listener| -> Vec<_> {
        let samples = rules.iter().flat_map(|rule| {
            let samples = rule.samples(listener);
            assert!(samples.iter().all(|sample| rule.may_match(sample)), "{rule:?} {samples:?}");
            samples
        });
        samples
            .map(|sample| format!("{}{}", sample.host.unwrap_or_default(), sample.path))
            .collect()
    };
    let hosts = ["drained.example", "one.test"];
    let first = hosts.iter().flat_map(|host| [format!("{host}/one"), format!("{host}/other")]);
    let others = ["/?q=1", "/"];
    let others = others.iter().flat_map(|path| hosts.map(|host| format!("{host}{path}")));
    assert_eq!(asked(None), first.chain(others).collect::<Vec<_>>());
    assert_eq!(rules[0].samples(None)[0].headers, [("a".to_owned(), "b".to_owned())]);

    // A listener serves the hosts that are in both.
    let at = ["two.example/one", "two.example/other", "two.example/?q=1", "two.example/"];
    assert_eq!(asked(Some("two.example")), at);
    assert_eq!(asked(Some("*.test"))[0], "one.test/one");
    assert_eq!(asked(Some("elsewhere")), [""; 0]);
    let all = prefix("/", "v1");
    assert_eq!(all[0].samples(None)[0].host, None);
    assert_eq!(all[0].samples(Some("*.test"))[0].host.as_deref(), Some("drained.test"));
}

#[test]
fn hostnames_meet_in_the_narrower_one() {
    for (a, b, both) in [
        ("a.test", "a.test", Some("a.test")),
        ("a.test", "b.test", None),
        ("*.test", "a.b.test", Some("a.b.test")),
        ("*.test", "test", None),
        ("*.test", "*.b.test", Some("*.b.test")),
        ("*.a.test", "*.b.test", None),
    ] {
        assert_eq!(intersection(a, b), both);
        assert_eq!(intersection(b, a), both);
    }
}

#[test]
fn a_rule_matches_by_all_that_its_match_says() {
    let sample = |path: &str, host: &str| Sample {
        method: "GET".into(),
        path: path.into(),
        host: (!host.is_empty()).then(|| host.into()),
        headers: vec![("Version".into(), "one".into())],
    };
    let one = |matched: Value| rules(&json!([]), &json!([{ "matches": [matched] }])).remove(0);
    let path = |kind: &str, value: &str| one(json!({ "path": { "type": kind, "value": value } }));
    assert!(path("PathPrefix", "/v2/").may_match(&sample("/v2", "")));
    assert!(path("PathPrefix", "/v2").may_match(&sample("/v2/x", "")));
    assert!(!path("PathPrefix", "/v2").may_match(&sample("/v2example", "")));
    assert!(path("PathPrefix", "/").may_match(&sample("/any", "")));
    assert!(path("Exact", "/v2").may_match(&sample("/v2?q=1", "")));
    assert!(!path("Exact", "/v2").may_match(&sample("/v2/", "")));
    assert!(path("RegularExpression", "/x").may_match(&sample("/v2", "")));

    let header = |value: &str| one(json!({ "headers": [{ "name": "version", "value": value }] }));
    assert!(header("one").may_match(&sample("/", "")));
    assert!(!header("two").may_match(&sample("/", "")));
    assert!(!one(json!({ "method": "POST" })).may_match(&sample("/", "")));
    let query = one(json!({ "queryParams": [{ "name": "q", "value": "1" }] }));
    assert!(query.may_match(&sample("/?p=0&q=1", "")));
    assert!(!query.may_match(&sample("/?q=2", "")));

    let wild = rules(&json!(["*.example", "one.test"]), &json!([{}])).remove(0);
    assert!(wild.may_match(&sample("/", "a.b.example")));
    assert!(wild.may_match(&sample("/", "one.test")));
    assert!(!wild.may_match(&sample("/", "example")));
    assert!(!wild.may_match(&sample("/", "")), "the Gateway's address is no hostname");
}

#[test]
fn answers_are_told_apart_by_who_gives_them() {
    let answers = |rule: Value| rules(&json!([]), &json!([rule])).remove(0).answers;
    let v1 = answers(json!({ "backendRefs": [{ "name": "v1" }] }));
    assert!(v1.may_include(&answer(200, "v1-abc-def")));
    assert!(!v1.may_include(&answer(200, "v2-abc-def")));
    assert!(v1.may_include(&answer(200, "")), "who gave it is not known");
    for status in [404, 500, 503, 301] {
        assert!(!v1.may_include(&answer(status, "")), "{status}");
    }

    let refused = answers(json!({ "backendRefs": [{ "name": "v1", "kind": "Other" }] }));
    assert!(refused.may_include(&answer(500, "")));
    assert!(refused.may_include(&answer(200, "v1-abc-def")), "as if the kind were ignored");
    assert!(!refused.differ_from(&v1));
    let elsewhere = answers(json!({ "backendRefs": [{ "name": "v1", "namespace": "web" }] }));
    assert!(elsewhere.may_include(&answer(500, "")) && elsewhere.differ_from(&v1));

    let redirect = answers(json!({ "filters": [{ "type": "RequestRedirect" }] }));
    assert!(redirect.may_include(&answer(302, "")) && redirect.differ_from(&v1));
    let nobody = answers(json!({}));
    assert!(nobody.may_include(&answer(500, "")) && nobody.differ_from(&v1));
    assert!(!nobody.differ_from(&refused));
    for unknown in [
        json!({ "backendRefs": [{ "name": "manual" }] }),
        json!({ "filters": [{ "type": "ExtensionRef" }], "backendRefs": [{ "name": "v2" }] }),
    ] {
        let unknown = answers(unknown);
        assert!(unknown.may_include(&answer(200, "v1-abc-def")) && !unknown.differ_from(&v1));
    }
}

#[test]
fn silence_is_what_a_gateway_without_the_route_says() {
    let signs = |rule: Value, is_shared| {
        let answers = rules(&json!([]), &json!([rule])).remove(0).answers;
        let all = [
            (404, ""),
            (500, ""),
            (503, ""),
            (504, ""),
            (400, ""),
            (200, "v1-a-b"),
            (200, "v2-a-b"),
        ];
        all.map(|(status, pod)| match answers.sign(&answer(status, pod), is_shared) {
            Sign::Still => 's',
            Sign::Gone => 'g',
            Sign::Unclear => 'u',
        })
        .iter()
        .collect::<String>()
    };
    let v1 = || json!({ "backendRefs": [{ "name": "v1" }] });
    assert_eq!(signs(v1(), false), "gsuuuss");
    assert_eq!(signs(v1(), true), "gguugsg", "another test's rule answers by now");
    // What the rule itself answers is no sign that it is gone.
    let limited = || json!({ "backendRefs": [{ "name": "v1" }], "timeouts": { "request": "1s" } });
    assert_eq!(signs(limited(), false), "gsssuss");
    let retried = || json!({ "backendRefs": [{ "name": "v1" }], "retry": { "attempts": 1 } });
    assert_eq!(signs(retried(), false), "gssssss", "a backend may say that it was asked wrongly");
    assert_eq!(signs(limited(), true), "ggssgsg");
    assert_eq!(signs(json!({}), true), "gsuuggg");
    assert_eq!(signs(json!({ "backendRefs": [{ "name": "manual" }] }), false), "gssssss");
}

#[test]
fn a_test_follows_one_whose_routes_can_be_seen_to_be_gone() {
    let (all_v1, all_v2, one_v1) = (prefix("/", "v1"), prefix("/", "v2"), prefix("/one", "v1"));
    let follows =
        |next: &[Rule], ended: &[Rule], passed: bool| may_follow(next, &traces(ended), passed);
    assert!(follows(&one_v1, &all_v1, false), "a request for / is answered by none of them");
    assert!(!follows(&all_v1, &one_v1, true), "any request for /one is answered by both alike");
    assert!(follows(&all_v2, &one_v1, true), "not alike");
    assert!(!follows(&all_v2, &one_v1, false), "but what a failed test's rules do is not known");

    let both: Vec<_> = all_v2.iter().chain(&one_v1).cloned().collect();
    assert!(
        !follows(&both, &all_v1, true),
        "its answers for / would be right for /one, though others answer / by now"
    );
    assert!(
        !follows(&all_v1, &[all_v1.clone(), all_v2.clone()].concat(), true),
        "one request may show two rules"
    );
    assert!(follows(&[], &all_v1, false));
    assert!(follows(&all_v1, &[], false));
}

#[tokio::test]
async fn each_match_is_called_for_each_hostname() {
    let route: Object = serde_json::from_value(json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GRPCRoute",
        "metadata": { "name": "r", "namespace": "infra" },
        "spec": { "hostnames": ["*.example"], "rules": [
            { "matches": [
                { "method": { "service": "a.B", "method": "Get" } },
                { "headers": [{ "name": "version", "value": "one" }] },
            ] },
            {},
        ] },
    }))
    .unwrap();
    let listeners = [Some("a.example".to_owned()), None].into();
    let mut texts = Vec::new();
    for sample in traces_at(&Rule::of_route(&route, &known()), &listeners).keys() {
        let text = sample.with_call(async |call| call.to_string()).await;
        texts.push(text.replace(GRPC_ECHO, "ECHO"));
    }
    texts.sort();
    assert_eq!(
        texts,
        [
            "ECHO/Echo (authority a.example)",
            "ECHO/Echo (authority a.example) version=one",
            "ECHO/Echo (authority drained.example)",
            "ECHO/Echo (authority drained.example) version=one",
            "a.B/Get (authority a.example)",
            "a.B/Get (authority drained.example)",
        ]
    );
}
