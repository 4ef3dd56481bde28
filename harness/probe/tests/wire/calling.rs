//! Calls in gRPC: what is sent, and what is made of the answers.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use model::{
    exchange::{
        Backend,
        call::{Call, Code, call},
    },
    names::INFRA,
};
use probe::{Captured, Limits};

use crate::server::{HANG, Server, accept, prober_with, single};

const V1: Backend = Backend { name: "grpc-infra-backend-v1", namespace: INFRA };
const GET: Call = call("a.B", "Get").reaches(V1);

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Answers each call with its number, from 0.
async fn serve(
    answer: impl Fn(usize, &Request<Incoming>) -> Answer + Send + Sync + 'static,
) -> Server {
    let (answer, count) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    accept(move |_, stream| {
        let (answer, count) = (answer.clone(), count.clone());
        async move {
            let service = service_fn(|request| {
                let answer = answer(count.fetch_add(1, Ordering::SeqCst), &request);
                async { Ok::<_, Infallible>(answer) }
            });
            let server = http2::Builder::new(TokioExecutor::new());
            _ = server.serve_connection(TokioIo::new(stream), service).await;
        }
    })
    .await
}

/// A field of a message.
fn field(number: u8, value: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(value.len()).unwrap()], value].concat()
}

/// The body of an echo backend's answer.
fn echo(method: &str, pod: &str) -> Vec<u8> {
    let context = [field(1, INFRA.as_bytes()), field(4, pod.as_bytes())].concat();
    let assertions = [field(1, method.as_bytes()), field(3, b"a.com"), field(4, &context)].concat();
    let message = field(1, &assertions);
    [&[0, 0, 0, 0, u8::try_from(message.len()).unwrap()], &message[..]].concat()
}

fn answered(body: Vec<u8>, trailers: Option<&str>) -> Answer {
    let trailers = trailers.map(|status| {
        Ok(HeaderMap::from_iter([("grpc-status".parse().unwrap(), status.parse().unwrap())]))
    });
    let body = Full::new(Bytes::from(body)).with_trailers(std::future::ready(trailers));
    Response::builder().header("content-type", "application/grpc").body(body.boxed()).unwrap()
}

fn refused(status: &str) -> Answer {
    let answer = Response::builder().header("content-type", "application/grpc");
    answer.header("grpc-status", status).body(Full::default().boxed()).unwrap()
}

fn in_http(status: u16) -> Answer {
    Response::builder().status(status).body(Full::default().boxed()).unwrap()
}

const POD: &str = "grpc-infra-backend-v1-5d8f-x7k2p";

/// What is observed where this is answered to a call that must reach the first backend; empty if
/// nothing is wrong.
async fn observed(answer: impl Fn() -> Answer + Send + Sync + 'static) -> String {
    let server = serve(move |_, _| answer()).await;
    let (_, mismatches) = single().call_all(&server.target(), &[GET]).await;
    mismatches.into_iter().map(|mismatch| mismatch.observed).collect()
}

#[tokio::test]
async fn an_echo_is_compared_by_method_pod_and_namespace() {
    assert_eq!(observed(|| answered(echo("/a.B/Get", POD), Some("0"))).await, "");
    let other = "grpc-infra-backend-v2-5d8f-x7k2p";
    insta::assert_snapshot!(
        observed(move || answered(echo("/a.B/Put", other), Some("0"))).await,
        @r#"OK from grpc-infra-backend-v2 in gateway-conformance-infra; method: expected "/a.B/Get", the backend saw "/a.B/Put""#
    );
}

#[tokio::test]
async fn what_is_no_echo_is_told() {
    let whole = || echo("/a.B/Get", POD);
    let texts = [
        observed(move || answered(whole(), None)).await,
        observed(move || answered(whole(), Some("14"))).await,
        observed(|| answered(Vec::new(), Some("0"))).await,
        observed(move || answered(whole()[..9].to_vec(), Some("0"))).await,
        observed(|| answered(vec![0, 0, 0, 0, 1, 7], Some("0"))).await,
        observed(|| refused("12")).await,
        observed(|| in_http(404)).await,
        observed(|| in_http(200)).await,
    ];
    insta::assert_snapshot!(texts.join("\n"), @"
    INTERNAL (no grpc-status)
    UNAVAILABLE
    OK, but it has no message
    OK, but its body is not one whole message
    OK, but its message is not of an echo backend
    UNIMPLEMENTED
    UNIMPLEMENTED (404 in HTTP)
    UNKNOWN (200 in HTTP)
    ");
}

#[tokio::test]
async fn a_server_of_http1_is_told() {
    let server = crate::server::serve(|_, _| crate::server::status(404, "")).await;
    let (_, mismatches) = single().call_all(&server.target(), &[GET]).await;
    assert!(!mismatches[0].observed.is_empty());
}

#[tokio::test]
async fn a_404_says_that_nobody_implements_it() {
    let server =
        serve(|number, _| if number % 2 == 0 { refused("12") } else { in_http(404) }).await;
    let calls = [call("a.B", "Get").is(Code::UNIMPLEMENTED)];
    let limits =
        Limits { request: HANG, consistency: HANG, longest_pause: Duration::ZERO, successes: 4 };
    let (converged, mismatches) = prober_with(limits).call_all(&server.target(), &calls).await;
    assert_eq!((converged.len(), mismatches), (1, vec![]));
}

#[tokio::test]
async fn a_connection_that_is_closed_is_a_failure_and_no_status() {
    let server = accept(|_, stream| async move { drop(stream) }).await;
    let (converged, mismatches) =
        single().call_all(&server.target(), &[call("a.B", "Get").fails()]).await;
    assert_eq!((converged.len(), mismatches), (1, vec![]));
    let calls = [call("a.B", "Get").is(Code::UNIMPLEMENTED)];
    let (_, mismatches) = single().call_all(&server.target(), &calls).await;
    assert_eq!(mismatches.len(), 1);
}

#[tokio::test]
async fn an_absence_is_looked_at_again_once_the_others_are_there() {
    // Nothing is served before the fifth call, and no `Put` after it.
    let server = serve(|number, request| match request.uri().path() {
        path if number > 4 => answered(echo(path, POD), Some("0")),
        _ => refused("12"),
    })
    .await;
    let limits = Limits {
        request: HANG,
        consistency: Duration::from_millis(500),
        longest_pause: Duration::from_millis(5),
        successes: 2,
    };
    let calls = [GET, call("a.B", "Put").is(Code::UNIMPLEMENTED)];
    let (converged, mismatches) = prober_with(limits).call_all(&server.target(), &calls).await;
    assert_eq!(converged.len(), 1);
    let observed = &mismatches[0].observed;
    assert!(observed.ends_with("OK from grpc-infra-backend-v1 in gateway-conformance-infra"));
}

#[tokio::test]
async fn a_failure_shows_the_call_and_the_answer() {
    let server = serve(|_, request| {
        assert_eq!(request.uri().authority().unwrap(), "example.org");
        let mut answer = answered(echo("/a.B/Put", POD), Some("0"));
        answer.headers_mut().insert("date", "today".parse().unwrap());
        answer
    })
    .await;
    let call = call("a.B", "Get").host("example.org").with(&[("Version", "one")]).reaches(V1);
    let (_, mismatches) = single().call_all(&server.target(), &[call]).await;
    let [mismatch] = mismatches.as_slice() else { panic!("{mismatches:?}") };
    let text = format!(
        "{}\nexpected {}\nobserved {}\n{}",
        mismatch.subject,
        mismatch.expected,
        mismatch.observed,
        mismatch.wire.as_deref().unwrap_or_default()
    );
    let text = text.replace(&format!(":{}", server.address.port()), ":PORT");
    insta::assert_snapshot!(text, @r#"
    a.B/Get (authority example.org) Version=one at Gateway same-namespace (127.0.0.1:PORT)
    expected OK from grpc-infra-backend-v1 in gateway-conformance-infra
    observed method: expected "/a.B/Get", the backend saw "/a.B/Put"
    attempt 1
    > POST /a.B/Get HTTP/2.0
    > :authority: example.org
    > content-type: application/grpc
    > te: trailers
    > user-agent: gateway-conformance
    > version: one
    > grpc-timeout: 60000m
    < HTTP/2.0 200 OK
    < content-type: application/grpc
    < date: today
    < content-length: 87
      from Pod grpc-infra-backend-v1-5d8f-x7k2p in gateway-conformance-infra, which saw /a.B/Put for a.com
    < grpc-status: 0
    "#);
}

#[tokio::test]
async fn a_deleted_route_takes_calls_no_more_once_nobody_implements_the_method() {
    let server = serve(|number, request| match number {
        0..6 => answered(echo(request.uri().path(), POD), Some("0")),
        6 => in_http(503),
        _ => refused("12"),
    })
    .await;
    let limits = Limits {
        request: HANG,
        consistency: HANG,
        longest_pause: Duration::from_millis(5),
        successes: 3,
    };
    let prober = prober_with(limits);
    let (target, none) = (server.target(), Duration::ZERO);
    let any = |_: &Captured| true;
    assert!(prober.takes_call_no_more(&target, &GET.invocation, any, HANG, none).await);
    assert!(server.connections.load(Ordering::SeqCst) >= 10);

    let server = serve(|_, request| answered(echo(request.uri().path(), POD), Some("0"))).await;
    let limit = Duration::from_millis(100);
    let target = server.target();
    assert!(!prober.takes_call_no_more(&target, &GET.invocation, any, limit, none).await);
    let is_own = |captured: &Captured| !POD.starts_with(&captured.pod);
    assert!(prober.takes_call_no_more(&target, &GET.invocation, is_own, HANG, none).await);
}
