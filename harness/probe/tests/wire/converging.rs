//! How often is probed, when that ends, and what is said of it.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use http::Request;
use hyper::body::Incoming;
use model::{
    exchange::{Backend, get},
    names::INFRA,
    timing::Answers,
    verdict::Mismatch,
};
use probe::{Converged, Limits, Prober, Response, Sign, Target};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
    time::timeout,
};

use crate::server::{
    Answer, HANG, Server, V1, accept, captured, echo, json_answer, prober, prober_with, serve,
    single, status, with_header,
};

/// A prober that gives up soon.
fn hasty() -> Prober {
    prober_with(Limits {
        request: HANG,
        consistency: Duration::from_millis(500),
        longest_pause: Duration::from_millis(5),
        successes: 3,
    })
}

/// All of a mismatch that does not depend on time and chance.
fn stable(mismatch: &Mismatch, target: &Target) -> String {
    assert!(mismatch.since <= mismatch.waited, "{mismatch:?}");
    let wire = mismatch.wire.as_deref().unwrap_or_default();
    let (attempts, wire) = wire.split_once('\n').unwrap_or_default();
    assert!(attempts.starts_with("attempt "), "{attempts}");
    let port = format!(":{}", target.port);
    let Mismatch { subject, expected, observed, .. } = mismatch;
    format!("{subject}\nexpected {expected}\nobserved {observed}\n{wire}").replace(&port, ":PORT")
}

#[tokio::test]
async fn a_probe_ends_with_three_successes_in_a_row() {
    let server = serve(|number, request| match number {
        0 | 1 | 4 => status(404, ""),
        _ => echo(request),
    })
    .await;
    let prober = prober(Duration::from_secs(5));
    let converged = prober.converge(&server.target(), &get("/").reaches(V1)).await.unwrap();
    assert_eq!(converged.attempts, 8);
    assert_eq!(converged.first_error.as_deref(), Some("404 (no backend answered)"));
}

#[tokio::test]
async fn what_is_wrong_after_it_was_right_is_counted() {
    let server = serve(|number, request| match number {
        0 | 3 => status(404, ""),
        _ => echo(request),
    })
    .await;
    let limits =
        Limits { request: HANG, consistency: HANG, longest_pause: Duration::ZERO, successes: 6 };
    let converged = prober_with(limits).converge(&server.target(), &get("/").reaches(V1)).await;
    let Converged { attempts, answers, .. } = converged.unwrap();
    assert_eq!((attempts, answers), (10, Answers { total: 9, wrong: 1 }));
}

#[tokio::test]
async fn a_failure_shows_what_was_sent_and_what_came_back() {
    let server = serve(|_, _| {
        let answer = status(404, &format!("no route{}", "!".repeat(600)));
        with_header(with_header(answer, "server", "test"), "date", "today")
    })
    .await;
    let exchange = get("/one").host("example.org").with(&[("Version", "one")]).reaches(V1);
    let mismatch = hasty().converge(&server.target(), &exchange).await.unwrap_err();
    let text = stable(&mismatch, &server.target()).replace(&"!".repeat(592), "!…!");
    insta::assert_snapshot!(text, @"
    GET /one (Host: example.org) Version=one at Gateway same-namespace (127.0.0.1:PORT)
    expected 200 from infra-backend-v1 in gateway-conformance-infra
    observed 404 (no backend answered)
    > GET /one HTTP/1.1
    > Host: example.org
    > User-Agent: gateway-conformance
    > Accept: */*
    > Connection: close
    > X-Echo-Set-Header:
    > Version: one
    < HTTP/1.1 404 Not Found
    < server: test
    < date: today
    < connection: close
    < content-length: 608
    no route!…!… (608 bytes in all)
    ");
    assert!(mismatch.since.unwrap() >= Duration::from_millis(500), "{:?}", mismatch.since);
}

#[tokio::test]
async fn a_namespace_is_called_as_it_is_in_the_cluster() {
    let server = serve(|_, request| echo(request)).await;
    let limits = Limits {
        request: Duration::from_secs(1),
        consistency: Duration::from_millis(50),
        longest_pause: Duration::from_millis(5),
        successes: 1,
    };
    let namespaces = model::names::Namespaces::plain().of_copy("lane-2-");
    let prober = Prober::new(probe::Dialer::direct(), limits, namespaces, "test".to_owned());
    let mismatch = prober.converge(&server.target(), &get("/").reaches(V1)).await.unwrap_err();
    insta::assert_snapshot!(format!("{}\n{}", mismatch.expected, mismatch.observed), @"
    200 from infra-backend-v1 in lane-2-gateway-conformance-infra
    200 from infra-backend-v1 in gateway-conformance-infra
    ");
}

#[tokio::test]
async fn answers_that_vary_are_told_in_their_order() {
    let vary = |period: usize| {
        serve(move |number, request| match number % period {
            0 => status(404, ""),
            1 => echo(request),
            2 => status(503, ""),
            _ => status(500, ""),
        })
    };
    let prober = hasty();
    let exchange = get("/").reaches(V1);

    let server = serve(|number, request| match number {
        0 => status(404, ""),
        1 => echo(request),
        _ => status(503, ""),
    })
    .await;
    let mismatch = prober.converge(&server.target(), &exchange).await.unwrap_err();
    insta::assert_snapshot!(mismatch.observed, @"404 (no backend answered), then as expected, then 503 (no backend answered)");
    assert!(mismatch.since < mismatch.waited);

    let server = vary(4).await;
    let mismatch = prober.converge(&server.target(), &exchange).await.unwrap_err();
    let (count, _) = mismatch.observed.split_once(' ').unwrap();
    assert!(count.parse::<u32>().unwrap() > 3, "{}", mismatch.observed);
    assert_eq!(mismatch.observed.matches(", then ").count(), 2, "{}", mismatch.observed);
}

#[tokio::test]
async fn a_missing_answer_is_told_by_its_reason() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let closing = accept(|_, mut stream| async move {
        _ = stream.read(&mut [0; 1024]).await;
    })
    .await;
    let cut = accept(|_, mut stream| async move {
        _ = stream.read(&mut [0; 1024]).await;
        _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut").await;
    })
    .await;
    let babbling = accept(|_, mut stream| async move {
        _ = stream.read(&mut [0; 1024]).await;
        _ = stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await;
        _ = stream.read(&mut [0; 1024]).await;
    })
    .await;
    let silent = accept(|_, mut stream| async move {
        _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let mut probes = Vec::new();
    for address in [closed, closing.address, cut.address, babbling.address, silent.address] {
        let limit = if address == silent.address { Duration::from_millis(50) } else { HANG };
        for path in ["/", "/a/../b"] {
            probes.push(async move {
                let target = crate::server::target(address, probe::Scheme::Http);
                let once = single().in_passing(limit).within(Duration::ZERO);
                once.converge(&target, &get(path).is(404)).await.unwrap_err().observed
            });
        }
    }
    let observed = join_all(probes).await;
    insta::assert_snapshot!(observed.join("\n"), @"
    connection refused
    connection refused
    the connection was closed without an answer
    the connection was closed without an answer
    the connection was closed within the answer
    the connection was closed within the answer
    the answer is malformed: invalid HTTP version parsed
    the answer is malformed: invalid HTTP version parsed
    no answer within 50ms
    no answer within 50ms
    ");
}

#[tokio::test]
async fn a_request_under_way_at_the_deadline_is_not_cut_off() {
    // Each answer comes when the limit is long over.
    let server = accept(|_, stream| async move {
        _ = timeout(Duration::from_millis(100), pending::<()>()).await;
        crate::server::http(stream, echo).await;
    })
    .await;
    let limits = |successes| Limits {
        request: Duration::from_secs(5),
        consistency: Duration::from_millis(10),
        longest_pause: Duration::from_millis(5),
        successes,
    };
    let (target, exchange) = (server.target(), get("/").reaches(V1));
    let converged = prober_with(limits(1)).converge(&target, &exchange).await.unwrap();
    assert_eq!(converged.attempts, 1);
    // One that is not the last of those in a row comes too late for the next to begin.
    let mismatch = prober_with(limits(3)).converge(&target, &exchange).await.unwrap_err();
    assert_eq!(mismatch.observed, "as expected");
    assert!(mismatch.wire.unwrap().starts_with("attempt 1\n"));
    // A request has its own limit.
    let hanging = accept(|_, mut stream| async move {
        _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let limits = Limits { request: Duration::from_millis(50), ..limits(3) };
    let mismatch = prober_with(limits).converge(&hanging.target(), &exchange).await.unwrap_err();
    assert_eq!(mismatch.observed, "no answer within 50ms");
    // What is asked in passing has one for both.
    let in_passing = prober(Duration::from_secs(60)).in_passing(Duration::from_millis(40));
    let mismatch = in_passing.converge(&hanging.target(), &exchange).await.unwrap_err();
    assert_eq!((mismatch.observed.as_str(), mismatch.steady), ("no answer within 40ms", false));
}

#[tokio::test]
async fn a_dropped_probe_leaves_no_connection() {
    let (sender, mut ends) = mpsc::unbounded_channel();
    let server = accept(move |_, mut stream| {
        let sender = sender.clone();
        async move {
            let request = stream.read(&mut [0; 1024]).await;
            sender.send(request.is_ok_and(|length| length > 0)).unwrap();
            sender.send(stream.read(&mut [0; 1024]).await.is_ok_and(|length| length == 0)).unwrap();
        }
    })
    .await;
    let (prober, target) = (prober(Duration::from_secs(60)), server.target());
    for path in ["/", "/a/../b"] {
        let exchange = get(path).is(404);
        tokio::select! {
            _ = prober.converge(&target, &exchange) => panic!("nothing answered"),
            begun = ends.recv() => assert!(begun.unwrap()),
        }
        let ended = timeout(Duration::from_secs(5), ends.recv()).await;
        assert_eq!(ended, Ok(Some(true)), "{path}");
    }
}

#[tokio::test]
async fn a_table_is_probed_at_once() {
    // Nobody is answered before all have asked.
    let barrier = Arc::new(tokio::sync::Barrier::new(3));
    let server = accept(move |number, stream| {
        let barrier = barrier.clone();
        async move {
            if number < 3 {
                barrier.wait().await;
            }
            crate::server::http(stream, echo).await;
        }
    })
    .await;
    let v2 = Backend { name: "infra-backend-v2", namespace: INFRA };
    let rows = [get("/one").reaches(V1), get("/two").reaches(v2), get("/three").reaches(V1)];
    let (converged, mismatches) = single().converge_all(&server.target(), &rows).await;
    assert_eq!(converged.len(), 2);
    assert_eq!(mismatches.len(), 1);
    assert!(mismatches[0].subject.starts_with("GET /two at Gateway same-namespace (127.0.0.1:"));
}

#[tokio::test]
async fn what_takes_long_is_asked_for_at_once_but_for_what_would_queue_at_a_backend() {
    let slow = get("/").taking(Duration::from_millis(100));
    // Nobody is answered before all of a row have asked.
    let barrier = Arc::new(tokio::sync::Barrier::new(3));
    let server = accept(move |_, stream| {
        let barrier = barrier.clone();
        async move {
            barrier.wait().await;
            crate::server::http(stream, echo).await;
        }
    })
    .await;
    prober(HANG).converge(&server.target(), &slow.reaches(V1)).await.unwrap();

    // Each is answered when others had the time to ask.
    let under_way = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let counts = (under_way, most.clone());
    let server = accept(move |_, stream| {
        let (under_way, most) = counts.clone();
        async move {
            most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            _ = timeout(Duration::from_millis(50), pending::<()>()).await;
            let answer = |request: &Request<Incoming>| {
                under_way.fetch_sub(1, Ordering::SeqCst);
                echo(request)
            };
            crate::server::http(stream, answer).await;
        }
    })
    .await;
    let counted = slow.in_turn().reaches(V1);
    let converged = prober(HANG).converge(&server.target(), &counted).await.unwrap();
    assert_eq!((converged.attempts, most.load(Ordering::SeqCst)), (3, 1));
}

/// A server that is not programmed at first, and from then on answers `/gone` like this.
async fn programmed_later(gone: fn(&Request<Incoming>) -> Answer) -> Server {
    let began = Instant::now();
    serve(move |_, request| {
        if began.elapsed() < Duration::from_millis(50) {
            return status(404, "");
        }
        if request.uri().path() == "/gone" { gone(request) } else { echo(request) }
    })
    .await
}

#[tokio::test]
async fn an_absence_counts_when_the_presences_are_there() {
    let rows = [get("/gone").is(404), get("/").reaches(V1)];
    let right = programmed_later(|_| status(404, "")).await;
    let (converged, mismatches) = prober(HANG).converge_all(&right.target(), &rows).await;
    assert_eq!((converged.len(), mismatches.len()), (2, 0), "{mismatches:?}");
    assert_eq!(converged[0].1.attempts, 6);

    let wrong = programmed_later(echo).await;
    let limit = Duration::from_secs(1);
    let (converged, mismatches) = prober(limit).converge_all(&wrong.target(), &rows).await;
    assert_eq!((converged.len(), mismatches.len()), (1, 1), "{converged:?}");
    assert!(mismatches[0].subject.starts_with("GET /gone "), "{mismatches:?}");
    assert!(mismatches[0].observed.starts_with("200 from infra-backend-v1"), "{mismatches:?}");
    assert!(mismatches[0].steady);

    // Without a presence, and where one is missing, the first look stands.
    let wrong = programmed_later(echo).await;
    let (converged, _) = hasty().converge_all(&wrong.target(), &rows[..1]).await;
    assert!(converged.iter().all(|(_, row)| row.attempts == 3), "{converged:?}");
    let never = [rows[0], get("/gone").is(500)];
    let (converged, _) = hasty().converge_all(&right.target(), &never).await;
    assert_eq!((converged.len(), converged[0].1.attempts), (1, 3));
}

#[tokio::test]
async fn what_is_steadily_wrong_is_told_apart() {
    let steady = async |answer: fn(usize, &Request<Incoming>) -> Answer| {
        let server = serve(answer).await;
        hasty().converge(&server.target(), &get("/").reaches(V1)).await.unwrap_err().steady
    };
    let same = |_: usize, _: &_| status(404, "");
    let overloaded = |_: usize, _: &_| status(503, "");
    let vary = |number: usize, _: &_| status(if number.is_multiple_of(2) { 404 } else { 500 }, "");
    let at_times =
        |number: usize, request: &_| if number % 3 == 2 { status(404, "") } else { echo(request) };
    let all = vec![steady(same), steady(overloaded), steady(vary), steady(at_times)];
    assert_eq!(join_all(all).await, [true, false, false, false]);
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let target = crate::server::target(closed, probe::Scheme::Http);
    assert!(!hasty().converge(&target, &get("/").is(404)).await.unwrap_err().steady);
}

/// By the status alone.
fn sign(response: &Response) -> Sign {
    match response.status.as_u16() {
        404 => Sign::Gone,
        503 => Sign::Unclear,
        _ => Sign::Still,
    }
}

#[tokio::test]
async fn a_route_that_is_gone_answers_no_more() {
    let (prober, request) = (prober(Duration::from_secs(5)), get("/"));
    let ends_at = async |target: &Target, limit: Duration| {
        prober.answers_no_more(target, &request, sign, limit, Duration::ZERO).await
    };
    let server = serve(|number, request| match number {
        0 | 4 => echo(request),
        1 => status(302, ""),
        3 => status(500, ""),
        _ => status(404, ""),
    })
    .await;
    assert!(ends_at(&server.target(), Duration::from_secs(60)).await);
    assert_eq!(server.connections.load(Ordering::SeqCst), 8);

    let steady = serve(|_, request| echo(request)).await;
    assert!(!ends_at(&steady.target(), Duration::from_millis(50)).await);

    let closed = steady.target();
    drop(steady);
    assert!(ends_at(&closed, Duration::from_millis(600)).await);
}

#[tokio::test]
async fn a_gateway_that_reloads_is_not_silent() {
    // Some errors in a row, and then the route again. The limit gives errors a period that never ends.
    let server = accept(|number, stream| async move {
        match number {
            0 | 8 => crate::server::http(stream, echo).await,
            1..=3 => crate::server::http(stream, |_| status(503, "")).await,
            4..=7 => drop(stream),
            _ => crate::server::http(stream, |_| status(404, "")).await,
        }
    })
    .await;
    let (prober, request) = (prober(Duration::from_secs(5)), get("/"));
    let limit = Duration::from_secs(100_000);
    assert!(prober.answers_no_more(&server.target(), &request, sign, limit, Duration::ZERO).await);
    assert_eq!(server.connections.load(Ordering::SeqCst), 12);
}

#[tokio::test]
async fn a_silence_must_last_where_a_route_may_come_late() {
    let server = serve(|number, request| match number {
        5 => echo(request),
        _ => status(404, ""),
    })
    .await;
    let (prober, request, target) = (prober(Duration::from_secs(5)), get("/"), server.target());
    let (limit, lasting) = (Duration::from_secs(60), Duration::from_millis(300));
    let began = Instant::now();
    assert!(prober.answers_no_more(&target, &request, sign, limit, lasting).await);
    assert!(server.connections.load(Ordering::SeqCst) > 6 && began.elapsed() >= lasting);
}

#[tokio::test]
async fn shares_are_right_when_one_count_is() {
    let jittered = Arc::new(AtomicUsize::new(0));
    let count = jittered.clone();
    // The first count ends with an error, the second is unfair, the third is fair.
    let server = serve(move |number, request| {
        if request.headers().contains_key("x-jitter") {
            count.fetch_add(1, Ordering::SeqCst);
        }
        let to_v1 = if number < 60 { number % 2 == 0 } else { number % 10 < 7 };
        let mut captured = captured(request);
        let backend = if to_v1 { "infra-backend-v1" } else { "infra-backend-v2" };
        captured["pod"] = json!(format!("{backend}-5d8f-x7k2p"));
        if number == 5 { status(503, "") } else { json_answer(&captured.to_string()) }
    })
    .await;
    let any = get("/").reaches(Backend { name: "", namespace: INFRA });
    let table = [("infra-backend-v1", 0.7), ("infra-backend-v2", 0.3), ("infra-backend-v3", 0.0)];
    let prober = prober(Duration::from_secs(30));
    let shares = prober.shares(&server.target(), &any, &table).await.unwrap();
    assert_eq!(shares.len(), 2);
    assert!((0.65..=0.75).contains(&shares[0].1), "{shares:?}");
    let (requests, jittered) =
        (server.connections.load(Ordering::SeqCst), jittered.load(Ordering::SeqCst));
    assert!((1_000..=3_000).contains(&requests), "{requests}");
    assert!((3 * requests..=7 * requests).contains(&(10 * jittered)), "{jittered} of {requests}");
}

#[tokio::test]
async fn a_replica_that_is_late_takes_no_count_away() {
    // Every other connection meets one that is not programmed for a third of a second.
    let began = Instant::now();
    let server = serve(move |number, request| {
        if number % 2 == 1 && began.elapsed() < Duration::from_millis(300) {
            return status(404, "");
        }
        let mut captured = captured(request);
        let backend = if number % 10 < 7 { "infra-backend-v1" } else { "infra-backend-v2" };
        captured["pod"] = json!(format!("{backend}-5d8f-x7k2p"));
        json_answer(&captured.to_string())
    })
    .await;
    let any = get("/").reaches(Backend { name: "", namespace: INFRA });
    let table = [("infra-backend-v1", 0.7), ("infra-backend-v2", 0.3)];
    let shares = prober(Duration::from_secs(30)).shares(&server.target(), &any, &table).await;
    assert!(shares.is_ok(), "{shares:?}");
}

#[tokio::test]
async fn shares_of_a_gateway_that_answers_wrongly_are_not_counted() {
    let server = serve(|_, _| status(503, "")).await;
    let any = get("/").reaches(Backend { name: "", namespace: INFRA });
    let mismatch = hasty().shares(&server.target(), &any, &[("infra-backend-v1", 1.0)]).await;
    let mismatch = mismatch.unwrap_err();
    assert_eq!(mismatch.observed, "503 (no backend answered)");
    assert!(mismatch.subject.starts_with("GET / at Gateway same-namespace"), "{mismatch:?}");
}

#[tokio::test]
async fn shares_of_a_gateway_that_errs_now_and_then_are_told_by_count() {
    // Often enough that no count is without, seldom enough for some in a row to be right.
    let server = serve(|number, request| match number % 50 {
        49 => status(503, ""),
        _ => echo(request),
    })
    .await;
    let any = get("/").reaches(Backend { name: "", namespace: INFRA });
    let table = [("infra-backend-v1", 0.7), ("infra-backend-v2", 0.3)];
    let mismatch = hasty().shares(&server.target(), &any, &table).await.unwrap_err();
    let port = format!(":{}", server.target().port);
    let Mismatch { subject, expected, observed, wire, .. } = mismatch;
    let text = format!("{subject}\nexpected {expected}\nobserved {observed}\n{}", wire.unwrap());
    insta::assert_snapshot!(text.replace(&port, ":PORT"), @"
    the shares of GET / at Gateway same-namespace (127.0.0.1:PORT)
    expected infra-backend-v1 70.0 %, infra-backend-v2 30.0 %; 3 points off pass, 6 do not
    observed 503 (no backend answered), in the last of 10 counts
    count 1: 503 (no backend answered)
    count 2: 503 (no backend answered)
    count 3: 503 (no backend answered)
    count 4: 503 (no backend answered)
    count 5: 503 (no backend answered)
    count 6: 503 (no backend answered)
    count 7: 503 (no backend answered)
    count 8: 503 (no backend answered)
    count 9: 503 (no backend answered)
    count 10: 503 (no backend answered)
    ");
}

#[tokio::test]
async fn what_must_not_fail_once_begins_anew_where_a_replica_may_be_late() {
    let server = serve(|number, request| match number {
        40..=42 => status(404, ""),
        _ => echo(request),
    })
    .await;
    let prober = prober(Duration::from_secs(30));
    prober.unbroken(&server.target(), &get("/").reaches(V1), 100).await.unwrap();
    // Three, then 38 of the first row and two more until three are right again, then all of the second.
    assert_eq!(server.connections.load(Ordering::SeqCst), 41 + 2 + 3 + 100);
}

#[tokio::test]
async fn what_must_not_fail_once_fails_by_one_answer_of_a_backend() {
    let server = serve(|number, request| match number {
        42 => json_answer(&json!({ "pod": "other-5d8f-x7k2p", "namespace": INFRA }).to_string()),
        _ => echo(request),
    })
    .await;
    let prober = prober(Duration::from_secs(30));
    let mismatch = prober.unbroken(&server.target(), &get("/").reaches(V1), 100).await.unwrap_err();
    let wire = mismatch.wire.unwrap();
    let text = format!("{}\n{}", mismatch.observed, wire.lines().next().unwrap());
    insta::assert_snapshot!(text, @r#"
    200 from other in gateway-conformance-infra; method: expected "GET", the backend saw ""; path: expected "/", the backend saw "" (request 40 of 100)
    request 40 of 100
    "#);
}

#[tokio::test]
async fn where_no_backend_may_answer_one_that_does_may_be_late() {
    let refused = get("/").is_one_of(&[500, 502, 503]);
    let server = serve(|number, request| match number {
        10 => echo(request),
        _ => status(503, ""),
    })
    .await;
    prober(Duration::from_secs(30)).unbroken(&server.target(), &refused, 20).await.unwrap();
    // Three, then eight of the first row, three again, and all of the second.
    assert_eq!(server.connections.load(Ordering::SeqCst), 3 + 8 + 3 + 20);

    let server = serve(|number, request| match number % 10 {
        9 => echo(request),
        _ => status(503, ""),
    })
    .await;
    hasty().unbroken(&server.target(), &refused, 20).await.unwrap_err();
}

#[tokio::test]
async fn what_never_holds_is_not_asked_a_hundred_times() {
    let server = serve(|_, _| status(404, "")).await;
    let mismatch = hasty().unbroken(&server.target(), &get("/").reaches(V1), 100).await;
    assert_eq!(mismatch.unwrap_err().observed, "404 (no backend answered)");
}

#[test]
fn probes_can_run_on_any_thread() {
    fn send<T: Send>(_: &T) {}
    let prober = prober(Duration::from_secs(1));
    let target = crate::server::target("127.0.0.1:9".parse().unwrap(), probe::Scheme::Http);
    let (exchange, none) = (get("/").is(404), Duration::ZERO);
    send(&prober.once(&target, &exchange.request));
    send(&prober.converge(&target, &exchange));
    send(&prober.converge_all(&target, std::slice::from_ref(&exchange)));
    send(&prober.answers_no_more(&target, &exchange.request, |_| Sign::Still, none, none));
    send(&prober.shares(&target, &exchange, &[]));
    send(&prober.unbroken(&target, &exchange, 1));
}
