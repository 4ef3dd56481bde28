//! Gateways that are reached by other ways than a socket of this process: the verdicts are the same.

#[path = "common/costly.rs"]
mod costly;
#[path = "common/subject.rs"]
mod subject;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use fast_socks5::server::{DnsResolveHelper, Socks5ServerProtocol, run_tcp_proxy};
use harness::{
    Ended, Options, Via,
    model::{event::Event, plan::Decision, version::SuiteVersion},
};
use reports::{
    summary::{Standing, Summary},
    text::failure_text,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use self::{costly::COSTLY, subject::Subject};

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    (listener, place)
}

/// Where a prober listens.
async fn prober() -> String {
    let (listener, place) = listen().await;
    tokio::spawn(harness::serve_prober(listener));
    place
}

/// Where a SOCKS5 proxy listens.
async fn socks() -> String {
    async fn serve(stream: TcpStream) -> anyhow::Result<()> {
        let greeted = Socks5ServerProtocol::accept_no_auth(stream).await?;
        let (asked, _, target) = greeted.read_command().await?.resolve_dns().await?;
        run_tcp_proxy(asked, &target, Duration::from_secs(10), true).await?;
        Ok(())
    }
    let (listener, place) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    place
}

async fn run(via: Via, options: impl FnOnce(Options) -> Options) -> (Ended, Summary) {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let options = options(Options { via, ..subject.options() });
    let summary = Arc::new(Mutex::new(Summary::default()));
    let told = summary.clone();
    let events = move |event: Event| told.lock().unwrap().fold(&event);
    let ended = subject.judge(options, events, CancellationToken::new()).await.unwrap();
    let summary = summary.lock().unwrap().clone();
    let failures = summary.tests().filter_map(|it| Some(failure_text(it.test, it.failure?, 100)));
    assert_eq!(failures.collect::<Vec<_>>(), [""; 0]);
    (ended, summary)
}

fn without_the_costly(mut options: Options) -> Options {
    options.selection.skip = COSTLY.map(str::to_owned).into();
    options
}

fn skipped(summary: &Summary, because: &str) -> usize {
    let left = |it: &Decision| matches!(it, Decision::Skip(why) if why.contains(because));
    summary.tests().filter(|result| left(&result.test.decision)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_protocol_goes_through_a_relay() {
    let (ended, summary) = run(Via::Relay(prober().await), |options| options).await;
    assert_eq!(ended, Ended { passed: summary.tests().count(), ..Ended::default() });
}

#[tokio::test(flavor = "multi_thread")]
async fn all_but_udp_goes_through_proxies() {
    for via in [Via::Proxy(prober().await), Via::Socks(socks().await)] {
        let (ended, summary) = run(via.clone(), without_the_costly).await;
        let udp = skipped(&summary, "--via");
        assert!(udp > 0, "{via:?}");
        let passed = summary.tests().count() - COSTLY.len() - udp;
        assert_eq!(ended, Ended { passed, ..Ended::default() }, "{via:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_is_not_there_is_no_verdict() {
    let (_, nobody) = listen().await;
    for via in [Via::Relay(nobody.clone()), Via::Proxy(nobody.clone()), Via::Socks(nobody)] {
        let (ended, summary) = run(via.clone(), |mut options| {
            options.selection.filters = vec!["HTTPRouteExactPathMatching".into()];
            options.timeouts.scale(0.02).unwrap();
            options
        })
        .await;
        assert_eq!(ended, Ended { errors: 1, ..Ended::default() }, "{via:?}");
        let result = summary.test("HTTPRouteExactPathMatching").unwrap();
        let Standing::Error(error) = result.standing else { panic!("{:?}", result.standing) };
        assert!(error.message.contains("the way to the Gateway is not there: the "), "{error}");
    }
}

/// Who asks a prober with what it does not know is told so.
#[tokio::test]
async fn a_prober_answers_nothing_but_connect() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let place: SocketAddr = prober().await.parse().unwrap();
    for (asked, expected) in [
        ("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", "400"),
        ("CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: 127.0.0.1:1\r\n\r\n", "502"),
    ] {
        let mut stream = TcpStream::connect(place).await.unwrap();
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut answer = vec![0; 400];
        let length = stream.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected}")), "{answer}");
        assert!(answer.contains("x-reason: "), "{answer}");
    }
}
