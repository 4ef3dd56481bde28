//! How often is probed, when that ends, and what is said of it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use model::{
    exchange::{Backend, get},
    names::INFRA,
    verdict::Mismatch,
};
use probe::{Limits, Prober, Response, Target};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
    time::timeout,
};

use crate::server::{
    V1, accept, captured, echo, json_answer, prober, prober_with, serve, status, with_header,
};

/// A prober that gives up soon.
fn hasty() -> Prober {
    prober_with(Limits {
        request: Duration::from_millis(300),
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
    let converged =
        prober.converge(&server.target(), &get("/").reaches(V1), prober.deadline()).await.unwrap();
    assert_eq!(converged.attempts, 8);
    assert_eq!(converged.first_error.as_deref(), Some("404 (no backend answered)"));
}

#[tokio::test]
async fn a_failure_shows_what_was_sent_and_what_came_back() {
    let server = serve(|_, _| {
        let answer = status(404, &format!("no route{}", "!".repeat(600)));
        with_header(with_header(answer, "server", "test"), "date", "today")
    })
    .await;
    let exchange = get("/one").host("example.org").with(&[("Version", "one")]).reaches(V1);
    let mismatch =
        hasty().converge(&server.target(), &exchange, hasty().deadline()).await.unwrap_err();
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
    let namespaces = model::names::Namespaces::prefixed("lane-2-");
    let prober = Prober::new(probe::Dialer::direct(), limits, namespaces, "test".to_owned());
    let mismatch = prober
        .converge(&server.target(), &get("/").reaches(V1), prober.deadline())
        .await
        .unwrap_err();
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
    let mismatch =
        prober.converge(&server.target(), &exchange, prober.deadline()).await.unwrap_err();
    insta::assert_snapshot!(mismatch.observed, @"404 (no backend answered), then as expected, then 503 (no backend answered)");
    assert!(mismatch.since < mismatch.waited);

    let server = vary(4).await;
    let mismatch =
        prober.converge(&server.target(), &exchange, prober.deadline()).await.unwrap_err();
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
        // The second path is one that a URL would change, so it goes another way.
        for path in ["/", "/a/../b"] {
            probes.push(async move {
                let target = crate::server::target(address, probe::Scheme::Http);
                hasty()
                    .converge(&target, &get(path).is(404), hasty().deadline())
                    .await
                    .unwrap_err()
                    .observed
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
    no answer within 300ms
    no answer within 300ms
    ");
}

#[tokio::test]
async fn a_request_that_is_under_way_at_the_deadline_is_let_to_its_end() {
    let silent = accept(|_, mut stream| async move {
        _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let limits = Limits {
        request: Duration::from_millis(300),
        consistency: Duration::from_millis(50),
        longest_pause: Duration::from_millis(10),
        successes: 3,
    };
    let prober = prober_with(limits);
    let mismatch =
        prober.converge(&silent.target(), &get("/").is(404), prober.deadline()).await.unwrap_err();
    insta::assert_snapshot!(stable(&mismatch, &silent.target()), @"
    GET / at Gateway same-namespace (127.0.0.1:PORT)
    expected 404
    observed no answer within 300ms
    > GET / HTTP/1.1
    > Host: 127.0.0.1:PORT
    > User-Agent: gateway-conformance
    > Accept: */*
    > Connection: close
    > X-Echo-Set-Header:
    ! no answer within 300ms
    ");
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
            _ = prober.converge(&target, &exchange, prober.deadline()) => panic!("nothing answered"),
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
    let prober = prober(Duration::from_millis(300));
    let (converged, mismatches) =
        prober.converge_all(&server.target(), &rows, prober.deadline()).await;
    assert_eq!(converged.len(), 2);
    assert_eq!(mismatches.len(), 1);
    assert!(mismatches[0].subject.starts_with("GET /two at Gateway same-namespace (127.0.0.1:"));
}

#[tokio::test]
async fn a_route_that_is_gone_answers_no_more() {
    let (prober, request) = (prober(Duration::from_secs(5)), get("/"));
    let still = |response: &Response| response.status.as_u16() != 404;
    let ends_at = async |target: &Target, limit: u64| {
        let limit = Duration::from_millis(limit);
        prober.answers_no_more(target, &request, still, limit, Duration::ZERO).await
    };
    let server = serve(|number, request| match number {
        0 | 4 => echo(request),
        1 => status(302, ""),
        3 => status(500, ""),
        _ => status(404, ""),
    })
    .await;
    assert!(ends_at(&server.target(), 5000).await);
    assert_eq!(server.connections.load(Ordering::SeqCst), 8);

    let steady = serve(|_, request| echo(request)).await;
    assert!(!ends_at(&steady.target(), 50).await);

    // In a reload there is no answer for a moment, and then the old one.
    let reload = |number: usize| (1..5).contains(&number);
    let reloads =
        serve(move |number, request| if reload(number) { status(503, "") } else { echo(request) })
            .await;
    assert!(!ends_at(&reloads.target(), 500).await);

    // A route that is late comes after a while of silence.
    let late = serve(|number, request| match number {
        0..6 | 40.. => status(404, ""),
        _ => echo(request),
    })
    .await;
    let (limit, lasting) = (Duration::from_secs(5), Duration::from_millis(300));
    assert!(prober.answers_no_more(&late.target(), &request, still, limit, lasting).await);
    assert!(late.connections.load(Ordering::SeqCst) > 40);

    let closed = steady.target();
    drop(steady);
    assert!(ends_at(&closed, 5000).await);
}

#[tokio::test]
async fn shares_are_right_when_one_round_is() {
    let jittered = Arc::new(AtomicUsize::new(0));
    let count = jittered.clone();
    // The first round ends with an error, the second is unfair, the third is fair.
    let server = serve(move |number, request| {
        if request.headers().contains_key("x-jitter") {
            count.fetch_add(1, Ordering::SeqCst);
        }
        let to_v1 = if number < 520 { number % 2 == 0 } else { number % 10 < 7 };
        let mut captured = captured(request);
        let backend = if to_v1 { "infra-backend-v1" } else { "infra-backend-v2" };
        captured["pod"] = json!(format!("{backend}-5d8f-x7k2p"));
        if number == 5 { status(503, "") } else { json_answer(&captured.to_string()) }
    })
    .await;
    let any = get("/").reaches(Backend { name: "", namespace: INFRA });
    let table = [("infra-backend-v1", 0.7), ("infra-backend-v2", 0.3), ("infra-backend-v3", 0.0)];
    let prober = prober(Duration::from_secs(30));
    let shares = prober.shares(&server.target(), &any, &table, prober.deadline()).await.unwrap();
    assert_eq!(shares.len(), 3);
    assert!((0.65..=0.75).contains(&shares[0].1) && shares[2].1.abs() < f64::EPSILON, "{shares:?}");
    let (requests, jittered) =
        (server.connections.load(Ordering::SeqCst), jittered.load(Ordering::SeqCst));
    assert!((1000..=1040).contains(&requests), "{requests}");
    assert!((300..=700).contains(&jittered), "{jittered}");
}

#[tokio::test]
async fn shares_of_a_gateway_that_answers_wrongly_are_told_by_round() {
    let server = serve(|_, request| echo(request)).await;
    let any = get("/").reaches(Backend { name: "", namespace: INFRA });
    let table = [("infra-backend-v1", 0.7), ("infra-backend-v2", 0.3)];
    let prober = prober(Duration::from_secs(30));
    let mismatch = prober.shares(&server.target(), &any, &table, prober.deadline()).await;
    let mismatch = mismatch.unwrap_err();
    let port = format!(":{}", server.target().port);
    let Mismatch { subject, expected, observed, wire, .. } = mismatch;
    let text = format!("{subject}\nexpected {expected}\nobserved {observed}\n{}", wire.unwrap());
    insta::assert_snapshot!(text.replace(&port, ":PORT"), @"
    500 times GET / at Gateway same-namespace (127.0.0.1:PORT)
    expected infra-backend-v1 70.0 %, infra-backend-v2 30.0 %, each within 5 points
    observed infra-backend-v1 100.0 % in the last of 10 rounds
    round 1: infra-backend-v1 100.0 %
    round 2: infra-backend-v1 100.0 %
    round 3: infra-backend-v1 100.0 %
    round 4: infra-backend-v1 100.0 %
    round 5: infra-backend-v1 100.0 %
    round 6: infra-backend-v1 100.0 %
    round 7: infra-backend-v1 100.0 %
    round 8: infra-backend-v1 100.0 %
    round 9: infra-backend-v1 100.0 %
    round 10: infra-backend-v1 100.0 %
    ");
}

#[tokio::test]
async fn a_replica_that_is_late_costs_no_round() {
    // Every other connection is answered by a replica that learns of the route later than the other.
    let late = 200;
    let server = serve(move |number, request| {
        let mut captured = captured(request);
        if number % 10 >= 7 {
            captured["pod"] = json!("infra-backend-v2-5d8f-x7k2p");
        }
        let is_unaware = number < late && number % 2 == 1;
        if is_unaware { status(404, "") } else { json_answer(&captured.to_string()) }
    })
    .await;
    let any = get("/").reaches(Backend { name: "", namespace: INFRA });
    let table = [("infra-backend-v1", 0.7), ("infra-backend-v2", 0.3)];
    let prober = prober(Duration::from_secs(30));
    prober.shares(&server.target(), &any, &table, prober.deadline()).await.unwrap();
    let requests = server.connections.load(Ordering::SeqCst);
    assert!(requests > late + 500, "a round was fair before the replica knew: {requests}");
}

#[tokio::test]
async fn an_absence_counts_once_the_presence_beside_it_is_there() {
    // Nothing is programmed for the first requests; what comes then may be wrong.
    let programmed = |wrong: bool| {
        serve(move |number, request| match request.uri().path() {
            _ if number < 30 => status(404, ""),
            "/two/" if !wrong => status(404, ""),
            _ => echo(request),
        })
    };
    let rows = [get("/two").reaches(V1), get("/two/").is(404)];
    for wrong in [false, true] {
        let server = programmed(wrong).await;
        let prober = prober(Duration::from_secs(1));
        let (converged, mismatches) =
            prober.converge_all(&server.target(), &rows, prober.deadline()).await;
        assert_eq!((converged.len(), mismatches.len()), if wrong { (1, 1) } else { (2, 0) });
        assert!(mismatches.iter().all(|mismatch| mismatch.subject.starts_with("GET /two/ ")));
        assert!(mismatches.iter().all(|mismatch| mismatch.steady), "no company explains it");
    }
}

#[test]
fn probes_can_run_on_any_thread() {
    fn send<T: Send>(_: &T) {}
    let prober = prober(Duration::from_secs(1));
    let target = crate::server::target("127.0.0.1:9".parse().unwrap(), probe::Scheme::Http);
    let exchange = get("/").is(404);
    send(&prober.once(&target, &exchange.request));
    send(&prober.converge(&target, &exchange, prober.deadline()));
    send(&prober.converge_all(&target, std::slice::from_ref(&exchange), prober.deadline()));
    let no_time = Duration::ZERO;
    send(&prober.answers_no_more(&target, &exchange.request, |_| true, no_time, no_time));
    send(&prober.shares(&target, &exchange, &[], prober.deadline()));
}
