//! Which answers count as right, and how the others are called.

use futures::future::{BoxFuture, join_all};
use http::Request;
use hyper::body::Incoming;
use model::exchange::{Backend, Exchange, Redirect, get, redirect, request};
use serde_json::{Value, json};

use crate::server::{Answer, V1, captured, echo, json_answer, serve, single, status, with_header};

/// What is observed of an answer, or `None` if it is right.
fn observe(
    exchange: Exchange,
    answer: impl Fn(&Request<Incoming>) -> Answer + Send + Sync + 'static,
) -> BoxFuture<'static, Option<String>> {
    Box::pin(async move {
        let server = serve(move |_, request| answer(request)).await;
        let result = single().converge(&server.target(), &exchange).await;
        result.err().map(|mismatch| mismatch.observed)
    })
}

/// What is observed of wrong answers, a line for each.
async fn lines<const N: usize>(observed: [BoxFuture<'static, Option<String>>; N]) -> String {
    join_all(observed).await.into_iter().map(Option::unwrap).collect::<Vec<_>>().join("\n")
}

/// What is observed of an echo that differs in one field.
fn altered(
    exchange: Exchange,
    field: &'static str,
    value: Value,
) -> BoxFuture<'static, Option<String>> {
    observe(exchange, move |request| {
        let mut captured = captured(request);
        captured[field] = value.clone();
        json_answer(&captured.to_string())
    })
}

/// What is observed of an echo that differs in these fields.
fn captured_as(
    exchange: Exchange,
    fields: &'static [(&'static str, &'static str)],
) -> BoxFuture<'static, Option<String>> {
    observe(exchange, move |request| {
        let mut captured = captured(request);
        for (field, value) in fields {
            captured[*field] = json!(value);
        }
        json_answer(&captured.to_string())
    })
}

const PLAIN: Exchange = get("/one?two=3").host("example.org").reaches(V1);
const HEADERS: Exchange =
    get("/").with(&[("Version", "one"), ("Color", "blue")]).reaches(V1).without(&["X-Gone"]);

#[tokio::test]
async fn what_the_backend_saw_must_be_what_was_sent() {
    assert_eq!(observe(PLAIN, echo).await, None);
    assert_eq!(observe(HEADERS, echo).await, None);
    let any = Backend { name: "", ..V1 };
    assert_eq!(altered(get("/").reaches(any), "pod", json!("other")).await, None);
    // A backend sees the name of the Gateway where the request had none of its own.
    assert_eq!(altered(get("/").reaches(V1), "host", json!("rewritten")).await, None);

    let observed = [
        altered(PLAIN, "pod", json!("infra-backend-v2-5d8f-x7k2p")),
        altered(PLAIN, "namespace", json!("elsewhere")),
        altered(PLAIN, "namespace", json!(null)),
        altered(PLAIN, "pod", json!("")),
        altered(PLAIN, "host", json!("example.org:80")),
        altered(PLAIN, "method", json!("POST")),
        altered(PLAIN, "path", json!("/one")),
        altered(HEADERS, "headers", json!({"version": ["one", "two"], "X-Gone": ["here"]})),
        altered(HEADERS, "headers", json!(null)),
    ];
    insta::assert_snapshot!(lines(observed).await, @r#"
    200 from infra-backend-v2 in gateway-conformance-infra
    200 from infra-backend-v1 in elsewhere
    200 from infra-backend-v1-5d8f-x7k2p, which names no namespace
    200 with JSON that names no pod
    host: expected "example.org", the backend saw "example.org:80"
    method: expected "GET", the backend saw "POST"
    path: expected "/one?two=3", the backend saw "/one"
    header Version: expected "one", the backend saw "one,two"; header Color: expected "blue", the backend saw none; header X-Gone: expected none, the backend saw "here"
    header Version: expected "one", the backend saw none; header Color: expected "blue", the backend saw none
    "#);
}

#[tokio::test]
async fn several_values_of_a_header_are_joined_with_commas() {
    let exchange = get("/").with(&[("X-Add", "sent")]).reaches(V1).as_headers(&[("X-Add", "a,b")]);
    assert_eq!(altered(exchange, "headers", json!({"X-Add": ["a", "b"]})).await, None);
    assert_eq!(altered(exchange, "headers", json!({"x-add": ["a,b"]})).await, None);
    assert!(altered(exchange, "headers", json!({"X-Add": ["b", "a"]})).await.is_some());
}

#[tokio::test]
async fn what_a_filter_changes_must_be_what_the_backend_sees() {
    let rewritten = get("/one").host("a.example").reaches(V1).as_host("b.example").as_path("/two");
    let named = get("/").reaches(Backend { name: "", ..V1 }).named_in("X-Name");
    let as_sent = captured_as(rewritten, &[]);
    assert_eq!(captured_as(rewritten, &[("host", "b.example"), ("path", "/two")]).await, None);
    let name = |names: Value| altered(named, "headers", json!({ "x-name": names }));
    assert_eq!(name(json!(["infra-backend-v1"])).await, None);

    let observed = [
        as_sent,
        name(json!(["infra-backend-v2"])),
        name(json!(["infra-backend-v1", "infra-backend-v1"])),
        altered(named, "headers", json!({})),
    ];
    insta::assert_snapshot!(lines(observed).await, @r#"
    host: expected "b.example", the backend saw "a.example"; path: expected "/two", the backend saw "/one"
    header X-Name: expected the name of infra-backend-v1-5d8f-x7k2p, the backend saw "infra-backend-v2"
    header X-Name: expected the name of infra-backend-v1-5d8f-x7k2p, the backend saw "infra-backend-v1,infra-backend-v1"
    header X-Name: expected the name of infra-backend-v1-5d8f-x7k2p, the backend saw none
    "#);
}

#[tokio::test]
async fn the_headers_of_an_answer_are_compared_where_the_exchange_says_how_they_must_be() {
    fn with(
        exchange: Exchange,
        values: &'static [&'static str],
    ) -> BoxFuture<'static, Option<String>> {
        observe(exchange, move |request| {
            let mut answer = echo(request);
            let values = values.iter().map(|value| value.parse().unwrap());
            values.for_each(|value| _ = answer.headers_mut().append("x-one", value));
            answer
        })
    }
    let plain = get("/").reaches(V1);
    let exact = plain.answers_with(&[("X-One", "a,b")]);
    let listed = plain.answers_with_one_of(&[("X-One", &["a,b", "*"])]);
    assert_eq!(with(exact, &["a", "b"]).await, None);
    assert_eq!(with(exact, &["a,b"]).await, None);
    for values in [&["a,b"][..], &["b", "a"], &["b , a"], &["*"]] {
        assert_eq!(with(listed, values).await, None, "{values:?}");
    }
    assert_eq!(with(plain.answers_without(&["X-One"]), &[]).await, None);

    let observed = [
        with(exact, &["a, b"]),
        with(exact, &[]),
        with(listed, &["a"]),
        with(listed, &[]),
        with(plain.answers_without(&["X-One"]), &["a"]),
        observe(exact, |_| status(404, "")),
    ];
    insta::assert_snapshot!(lines(observed).await, @r#"
    header X-One: expected "a,b", the client saw "a, b"
    header X-One: expected "a,b", the client saw none
    header X-One: expected "a,b" or "*", the client saw "a"
    header X-One: expected "a,b" or "*", the client saw none
    header X-One: expected none, the client saw "a"
    404 (no backend answered)
    "#);
}

#[tokio::test]
async fn what_the_gateway_answers_itself_no_backend_has_seen() {
    let own = request("OPTIONS", "/").is_own(&[200, 204, 403]).answers_without(&["X-One"]);
    assert_eq!(observe(own, |_| status(204, "")).await, None);
    assert_eq!(observe(own, |_| status(200, "fine")).await, None);
    assert_eq!(observe(own, |_| json_answer("{}")).await, None);
    assert_eq!(observe(own, |_| with_header(status(403, ""), "x-one", "1")).await, None);
    let refusal =
        |_: &_| with_header(status(403, r#"{"path":"/"}"#), "content-type", "application/json");
    assert_eq!(observe(own, refusal).await, None);

    let observed = [
        observe(own, echo),
        observe(own, |_| status(404, "")),
        observe(own, |_| with_header(status(204, ""), "x-one", "1")),
    ];
    insta::assert_snapshot!(lines(observed).await, @r#"
    200 from infra-backend-v1 in gateway-conformance-infra
    404 (no backend answered)
    header X-One: expected none, the client saw "1"
    "#);
}

#[tokio::test]
async fn an_answer_that_is_no_echo_is_told_by_its_content_type() {
    let observed = [
        observe(PLAIN, |_| status(200, "hello")),
        observe(PLAIN, |request| {
            with_header(echo(request), "content-type", "application/json; charset=utf-8")
        }),
        observe(PLAIN, |_| json_answer("{")),
        observe(get("/").is(404), |_| {
            with_header(status(404, ""), "content-type", "application/json")
        }),
        observe(PLAIN, |_| status(404, "default backend")),
        observe(PLAIN, |_| status(503, "")),
    ];
    insta::assert_snapshot!(lines(observed).await, @"
    200 (not from an echo backend: no Content-Type)
    200 (not from an echo backend: Content-Type application/json; charset=utf-8)
    200 with JSON that is not an echo: EOF while parsing an object at line 1 column 1
    404 with JSON that is not an echo: EOF while parsing a value at line 1 column 0
    404 (no backend answered)
    503 (no backend answered)
    ");
}

#[tokio::test]
async fn of_a_status_nothing_else_is_looked_at() {
    assert_eq!(observe(get("/").is(404), |_| status(404, "whatever")).await, None);
    assert_eq!(observe(get("/").is(504), |_| status(408, "")).await, None);
    assert_eq!(observe(get("/").is(408), |_| status(504, "")).await, None);

    let observed = [
        observe(get("/").is(504), |_| status(503, "")),
        observe(get("/").is(500), |_| status(504, "")),
        observe(get("/").is(404), echo),
        observe(get("/").is(302), |_| status(302, "")),
    ];
    insta::assert_snapshot!(lines(observed).await, @"
    503 (no backend answered)
    504 (no backend answered)
    200 from infra-backend-v1 in gateway-conformance-infra
    302 without a Location header
    ");
}

#[tokio::test]
async fn a_redirect_is_compared_by_the_parts_of_its_location() {
    fn to(exchange: Exchange, location: &'static str) -> BoxFuture<'static, Option<String>> {
        observe(exchange, move |_| with_header(status(302, ""), "location", location))
    }
    fn gives(redirect: Redirect) -> Exchange {
        get("/one?two=3").gives(redirect)
    }
    let elsewhere = gives(redirect(302).host("example.org"));
    let secure = gives(redirect(302).scheme("https").port(8443));

    assert_eq!(to(elsewhere, "http://example.org/one").await, None);
    assert_eq!(to(elsewhere, "http://example.org:80/one?other").await, None);
    assert_eq!(to(elsewhere, "//example.org/one").await, None);
    assert_eq!(to(secure, "https://any.example:8443/one").await, None);
    assert_eq!(to(gives(redirect(302).path("/two")), "http://any.example/two").await, None);

    let observed = [
        to(elsewhere, "http://example.com/one"),
        to(elsewhere, "https://example.org/one"),
        to(elsewhere, "http://example.org:8080/two"),
        to(secure, "https://example.org/one"),
        to(elsewhere, "http://["),
        observe(elsewhere, |_| with_header(status(301, ""), "location", "/one")),
        observe(elsewhere, echo),
    ];
    insta::assert_snapshot!(lines(observed).await, @"
    302 to http://example.com/one (expected host example.org)
    302 to https://example.org/one (expected scheme http, port 80)
    302 to http://example.org:8080/two (expected port 80, path /one)
    302 to https://example.org/one (expected port 8443)
    302 to http://[, which is not a URL
    301 to /one
    200 from infra-backend-v1 in gateway-conformance-infra
    ");
}

#[tokio::test]
async fn a_failure_is_any_status_that_says_so() {
    const FAILS: Exchange = get("/").fails();
    const ONE_OF: Exchange = get("/").is_one_of(&[500, 503]);
    for (code, fails, one_of) in
        [(200, false, false), (400, true, false), (408, false, false), (503, true, true)]
    {
        let answers = |exchange| observe(exchange, move |_| status(code, ""));
        assert_eq!(answers(FAILS).await.is_none(), fails, "{code}");
        assert_eq!(answers(ONE_OF).await.is_none(), one_of, "{code}");
    }
}
