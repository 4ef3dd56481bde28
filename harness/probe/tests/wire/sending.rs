//! What reaches a Gateway.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use http::{HeaderMap, HeaderName, Method, Version};
use model::{
    exchange::{get, request},
    names::Namespaces,
};
use probe::{Dialer, Identities, Limits, ProbeError, Prober, Scheme, Target};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::mpsc,
    time::timeout,
};

use crate::server::{HANG, V1, accept, echo, prober, prober_with, serve, target};

type Seen = Arc<Mutex<Vec<(Method, String, HeaderMap)>>>;

async fn recorder() -> (crate::server::Server, Seen) {
    let seen = Seen::default();
    let log = seen.clone();
    let server = serve(move |_, request| {
        let path = request.uri().to_string();
        log.lock().unwrap().push((request.method().clone(), path, request.headers().clone()));
        echo(request)
    })
    .await;
    (server, seen)
}

#[tokio::test]
async fn a_request_arrives_as_it_is_written() {
    let (server, seen) = recorder().await;
    let prober = prober(Duration::from_secs(5));
    // A URL would change all but the first.
    for path in ["/one?two=3&two", "/a/../b", "/a/%2e/b", "/a/b?{c}|d'e"] {
        let request = get(path).host("very.specific.com:1234").with(&[("Version", "one")]);
        prober.once(&server.target(), &request).await.unwrap();

        let (method, arrived, headers) = seen.lock().unwrap().pop().unwrap();
        assert_eq!((method, arrived.as_str()), (Method::GET, path));
        let expected = [
            ("host", "very.specific.com:1234"),
            ("version", "one"),
            ("x-echo-set-header", ""),
            ("user-agent", "gateway-conformance"),
            ("connection", "close"),
            ("accept", "*/*"),
        ];
        assert_eq!(headers.len(), expected.len(), "{path}: {headers:?}");
        for (name, value) in expected {
            assert_eq!(headers[name], value, "{path}");
        }
    }
}

#[tokio::test]
async fn a_method_that_may_have_a_body_says_that_there_is_none() {
    let (server, seen) = recorder().await;
    for method in ["PATCH", "POST", "PUT", "GET"] {
        let asked = request(method, "/");
        prober(Duration::from_secs(5)).once(&server.target(), &asked).await.unwrap();
    }
    let seen = seen.lock().unwrap();
    let lengths = seen.iter().map(|(_, _, headers)| headers.get("content-length"));
    let lengths: Vec<_> = lengths.map(|it| it.map(|length| length.to_str().unwrap())).collect();
    assert_eq!(lengths, [Some("0"), Some("0"), Some("0"), None]);
}

#[tokio::test]
async fn in_http2_the_host_is_no_header() {
    let (server, seen) = recorder().await;
    let request = get("/one?two").host("example.org").with(&[("Version", "one")]).in_http2();
    let answer = prober(Duration::from_secs(5)).once(&server.target(), &request).await.unwrap();
    assert_eq!(answer.version, Version::HTTP_2);
    assert_eq!(answer.captured().unwrap().unwrap().host, "example.org");

    let (_, arrived, headers) = seen.lock().unwrap().pop().unwrap();
    assert_eq!(arrived, "http://example.org/one?two");
    let names: BTreeSet<_> = headers.keys().map(HeaderName::as_str).collect();
    assert_eq!(names, BTreeSet::from(["accept", "user-agent", "version", "x-echo-set-header"]));
}

#[tokio::test]
async fn names_of_headers_are_written_as_gos_client_writes_them() {
    let (wrote, mut heads) = mpsc::unbounded_channel();
    let server = accept(move |_, mut stream| {
        let wrote = wrote.clone();
        async move {
            let (mut head, mut part) = (Vec::new(), [0; 1024]);
            while !head.ends_with(b"\r\n\r\n") {
                let length = stream.read(&mut part).await.unwrap();
                head.extend_from_slice(&part[..length]);
            }
            wrote.send(String::from_utf8(head).unwrap()).unwrap();
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        }
    })
    .await;
    let prober = prober(Duration::from_secs(5));
    for path in ["/", "/a/../b"] {
        let request =
            get(path).host("example.org").with(&[("version", "one"), ("X-HEADER-set2", "x")]);
        prober.once(&server.target(), &request).await.unwrap();
        let head = heads.recv().await.unwrap();
        let names: Vec<_> =
            head.lines().skip(1).filter_map(|line| line.split(':').next()).collect();
        let expected = [
            "Host",
            "User-Agent",
            "Accept",
            "Connection",
            "X-Echo-Set-Header",
            "Version",
            "X-Header-Set2",
            "",
        ];
        assert_eq!(names, expected, "{path}");
    }
}

#[tokio::test]
async fn the_host_is_the_gateways_address_if_none_is_given() {
    let (server, seen) = recorder().await;
    let prober = prober(Duration::from_secs(5));
    prober.once(&server.target(), &get("/")).await.unwrap();
    assert_eq!(seen.lock().unwrap()[0].2["host"], server.address.to_string());

    let host = |host: &str, port, scheme| {
        let (host, label, identities) = (host.to_owned(), String::new(), Identities::default());
        Target { host, port, scheme, identities, label }.authority()
    };
    let https = || Scheme::Https { roots_pem: Arc::default() };
    assert_eq!(host("10.0.0.1", 80, Scheme::Http), "10.0.0.1");
    assert_eq!(host("10.0.0.1", 443, Scheme::Http), "10.0.0.1:443");
    assert_eq!(host("gw.example", 443, https()), "gw.example");
    assert_eq!(host("fd00::1", 8080, Scheme::Http), "[fd00::1]:8080");
}

#[tokio::test]
async fn what_is_fresh_is_so_in_every_attempt_and_must_arrive() {
    let (server, seen) = recorder().await;
    let exchange = get("/retry?a=b").with_fresh("uuid").reaches(V1);
    let converged = prober(HANG).converge(&server.target(), &exchange).await.unwrap();
    assert_eq!(converged.attempts, 3);
    let paths: BTreeSet<_> = seen.lock().unwrap().iter().map(|(_, path, _)| path.clone()).collect();
    assert_eq!(paths.len(), 3);
    assert!(paths.iter().all(|path| path.starts_with("/retry?a=b&uuid=")), "{paths:?}");
}

#[tokio::test]
async fn every_probe_has_a_connection_of_its_own() {
    let (server, _) = recorder().await;
    let converged = prober(Duration::from_secs(5))
        .converge(&server.target(), &get("/").reaches(crate::server::V1))
        .await
        .unwrap();
    assert_eq!(converged.attempts, 3);
    assert_eq!(server.connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn the_dialer_decides_where_an_address_is() {
    let (server, seen) = recorder().await;
    let there = server.address;
    let dialer = Dialer::mapped(Arc::new(move |asked| {
        assert_eq!(asked, "192.0.2.1:80".parse().unwrap());
        there
    }));
    let limits = Limits {
        request: Duration::from_secs(5),
        consistency: Duration::from_secs(5),
        longest_pause: Duration::from_millis(1),
        successes: 1,
    };
    let prober = Prober::new(dialer, limits, Namespaces::plain(), "test".to_owned());
    let nominal = target("192.0.2.1:80".parse().unwrap(), Scheme::Http);
    for path in ["/", "/a/../b"] {
        prober.once(&nominal, &get(path)).await.unwrap();
        assert_eq!(seen.lock().unwrap().pop().unwrap().2["host"], "192.0.2.1");
    }
}

#[tokio::test]
async fn a_connection_that_hangs_is_begun_anew_until_the_requests_time_is_over() {
    // One whose queue is full drops what comes.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
    }
    let limit = Duration::from_secs(2);
    let limits = Limits { request: limit, consistency: limit, longest_pause: limit, successes: 1 };
    let answer = prober_with(limits).once(&target(address, Scheme::Http), &get("/")).await;
    assert_eq!(answer.unwrap_err(), ProbeError::TimedOut(limit));
}

#[tokio::test]
async fn a_request_that_http_cannot_carry_is_refused() {
    let target = target("127.0.0.1:9".parse().unwrap(), Scheme::Http);
    let prober = prober(Duration::from_secs(5));
    for request in [
        get("/ one"),
        get("/").host("a\nb"),
        get("/").with(&[("not a name", "")]),
        model::exchange::Request { method: "G T", ..get("/") },
    ] {
        let error = prober.once(&target, &request).await.unwrap_err();
        assert!(matches!(error, ProbeError::Unsendable(_)), "{error}");
    }
}
