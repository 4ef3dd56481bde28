//! Conversations in TCP and UDP, and how those that go wrong are told.

use std::{net::Ipv4Addr, time::Duration};

use model::{
    exchange::{
        Backend,
        conversation::{Conversation, tcp, udp},
    },
    names::INFRA,
    verdict::Mismatch,
};
use probe::{Converged, Limits, Place};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, UdpSocket},
    task::JoinSet,
};

use crate::server::{Server, accept, prober, prober_with, single};

const BACKEND: Backend = Backend { name: "tcp-backend", namespace: INFRA };
const ECHO: Backend = Backend { name: "udp-echo", namespace: INFRA };
const SECOND: Duration = Duration::from_secs(1);

fn place(port: u16) -> Place {
    Place { host: Ipv4Addr::LOCALHOST.to_string(), port, label: "Gateway tcp-gateway".into() }
}

fn only(rows: (Vec<(usize, Converged)>, Vec<Mismatch>)) -> Result<Converged, Box<Mismatch>> {
    let (mut converged, mut mismatches) = rows;
    assert_eq!(converged.len() + mismatches.len(), 1);
    mismatches.pop().map_or_else(|| Ok(converged.remove(0).1), |mismatch| Err(Box::new(mismatch)))
}

/// Speaks with a client as an echo backend does, of this Pod.
async fn echo(stream: TcpStream, pod: &str) {
    let mut stream = BufReader::new(stream);
    _ = stream.write_all(b"Gateway API Test TCP Server\n").await;
    let mut line = String::new();
    while matches!(stream.read_line(&mut line).await, Ok(1..)) {
        let answer = match line.trim() {
            "PING" => "PONG".to_owned(),
            "IS_TLS" => "false".to_owned(),
            _ => json!({ "namespace": INFRA, "pod": pod, "isTLS": false }).to_string(),
        };
        _ = stream.write_all(format!("{answer}\n").as_bytes()).await;
        line.clear();
    }
}

/// What a single attempt at a server comes to.
async fn once(server: &Server, conversation: Conversation) -> Result<Converged, Box<Mismatch>> {
    let asked = [(place(server.address.port()), conversation)];
    only(single().converse_all(&asked, &[]).await)
}

#[tokio::test]
async fn lines_are_exchanged_until_they_are_right_three_times_in_a_row() {
    let server = accept(|number, stream| async move {
        let pod = if number == 0 { "other-6b-x" } else { "tcp-backend-6b-x" };
        echo(stream, pod).await;
    })
    .await;
    let asked = [(place(server.address.port()), tcp("one").reaches(BACKEND))];
    let converged = only(prober(60 * SECOND).converse_all(&asked, &[]).await).unwrap();
    assert_eq!(converged.attempts, 4);
    assert_eq!(converged.first_error.unwrap(), format!("an answer of other in {INFRA}"));
}

#[tokio::test]
async fn what_is_wrong_with_a_stream_is_told() {
    let silent = accept(|_, stream| async move { drop(stream) }).await;
    let wanted = tcp("one").reaches(BACKEND);
    let mismatch = once(&silent, wanted).await.unwrap_err();
    let port = silent.address.port();
    assert_eq!(
        mismatch.subject,
        format!("TCP to listener one at Gateway tcp-gateway (127.0.0.1:{port})")
    );
    assert_eq!(mismatch.expected, format!("an answer of tcp-backend in {INFRA}"));
    assert_eq!(mismatch.observed, "the connection was closed without an answer");
    assert!(!mismatch.steady, "a closed connection may be for want of a data plane");
    once(&silent, tcp("one").is_closed()).await.unwrap();

    let web = accept(|_, mut stream| async move {
        _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let mismatch = once(&web, wanted).await.unwrap_err();
    let observed = "the answer is malformed: \"HTTP/1.1 400 Bad Request\" in place of Gateway API \
                    Test TCP Server";
    assert_eq!(mismatch.observed, observed);

    let right = accept(|_, stream| echo(stream, "tcp-backend-6b-x")).await;
    let mismatch = once(&right, tcp("one").is_closed()).await.unwrap_err();
    assert_eq!(mismatch.observed, format!("an answer of tcp-backend in {INFRA}"));
    assert!(mismatch.wire.unwrap().contains("> PING\n< PONG\n> IS_TLS\n< false\n> TEST\n< {"));
}

#[tokio::test]
async fn nobody_answers_where_a_connection_is_refused_or_closed_and_no_datagram_comes() {
    let nobody = tcp("one").reaches_nobody();
    let closing = accept(|_, stream| async move { drop(stream) }).await;
    once(&closing, nobody).await.unwrap();
    let refused = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    let (mute, _tasks) = lossy("udp-echo", false).await;
    let asked = [(refused.port(), nobody), (mute, udp("udp").reaches_nobody())];
    for (port, conversation) in asked {
        only(single().converse_all(&[(place(port), conversation)], &[]).await).unwrap();
    }

    let right = accept(|_, stream| echo(stream, "tcp-backend-6b-x")).await;
    let mismatch = once(&right, nobody).await.unwrap_err();
    assert_eq!(mismatch.expected, "no answer");
    assert_eq!(mismatch.observed, format!("an answer of tcp-backend in {INFRA}"));
    assert!(mismatch.steady);
}

/// A UDP echo backend of this Service that leaves the first datagram of each client unanswered, or all.
async fn lossy(service: &'static str, answers: bool) -> (u16, JoinSet<()>) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut buffer, mut known) = ([0; 1024], Vec::new());
        loop {
            let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
            assert_eq!(&buffer[..length], b"gateway-api-conformance-udp-echo");
            if answers && known.contains(&client) {
                let report = json!({ "service": service, "namespace": INFRA, "pod": "udp-7c-x" });
                socket.send_to(report.to_string().as_bytes(), client).await.unwrap();
            }
            known.push(client);
        }
    });
    (port, tasks)
}

#[tokio::test]
async fn a_datagram_that_is_lost_is_no_failure() {
    let (port, _tasks) = lossy("udp-echo", true).await;
    let asked = [(place(port), udp("udp").reaches(ECHO))];
    let converged = only(single().converse_all(&asked, &[]).await).unwrap();
    assert_eq!((converged.attempts, converged.first_error), (1, None));
}

#[tokio::test]
async fn what_is_wrong_with_a_datagram_is_told() {
    let limits = Limits {
        request: SECOND / 2,
        consistency: Duration::ZERO,
        longest_pause: Duration::ZERO,
        successes: 1,
    };
    let (port, _tasks) = lossy("udp-echo", false).await;
    let asked = [(place(port), udp("udp").reaches(ECHO))];
    let mismatch = only(prober_with(limits).converse_all(&asked, &[]).await).unwrap_err();
    assert_eq!(mismatch.observed, "no answer within 500ms");
    assert!(mismatch.wire.unwrap().contains("> gateway-api-conformance-udp-echo\n! no answer"));

    let (port, _tasks) = lossy("udp-other", true).await;
    let asked = [(place(port), udp("udp").reaches(ECHO))];
    let mismatch = only(single().converse_all(&asked, &[]).await).unwrap_err();
    assert_eq!(mismatch.observed, format!("an answer of udp-other in {INFRA}"));
}
