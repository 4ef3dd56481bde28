//! Servers for tests, and probers for them.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, header::CONTENT_TYPE, uri::Authority};
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use model::{
    exchange::Backend,
    names::{INFRA, Namespaces},
};
use probe::{Dialer, Identities, Limits, Prober, Scheme, Target};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// The backend that the servers pretend to be.
pub const V1: Backend = Backend { name: "infra-backend-v1", namespace: INFRA };

pub type Answer = Response<Full<Bytes>>;

/// A server; it ends when dropped.
pub struct Server {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub fn target(&self) -> Target {
        target(self.address, Scheme::Http)
    }
}

pub fn target(address: SocketAddr, scheme: Scheme) -> Target {
    Target {
        host: address.ip().to_string(),
        port: address.port(),
        scheme,
        identities: Identities::default(),
        label: "Gateway same-namespace".to_owned(),
    }
}

/// Handles each connection with its number, from 0.
pub async fn accept<F>(handle: impl Fn(usize, TcpStream) -> F + Send + 'static) -> Server
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut tasks = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            tasks.spawn(handle(count.fetch_add(1, Ordering::SeqCst), stream));
        }
    });
    Server { address, connections, _tasks: tasks }
}

/// Answers each request with its number, from 0.
pub async fn serve(
    answer: impl Fn(usize, &Request<Incoming>) -> Answer + Send + Sync + 'static,
) -> Server {
    let answer = Arc::new(answer);
    accept(move |number, stream| {
        let answer = answer.clone();
        http(stream, move |request| answer(number, request))
    })
    .await
}

/// Speaks HTTP/1.1 on a stream, or HTTP/2 where the client begins with that.
pub async fn http(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    answer: impl Fn(&Request<Incoming>) -> Answer,
) {
    let service = service_fn(|request| {
        let answer = answer(&request);
        async { Ok::<_, Infallible>(answer) }
    });
    // The client may leave whenever it likes.
    _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// What an echo backend writes of a request.
pub fn captured(request: &Request<Incoming>) -> Value {
    let headers = request.headers().keys().map(|name| {
        let values = request.headers().get_all(name).iter();
        let values = values.map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
        (name.to_string(), json!(values))
    });
    // HTTP/2 has the host in the URL.
    let authority = request.uri().authority().map(Authority::as_str);
    let host = authority.or_else(|| request.headers().get("host")?.to_str().ok());
    json!({
        "path": request.uri().path_and_query().unwrap().as_str(),
        "host": host,
        "method": request.method().as_str(),
        "headers": headers.collect::<serde_json::Map<_, _>>(),
        "namespace": INFRA,
        "pod": "infra-backend-v1-5d8f-x7k2p",
        "ingress": "",
    })
}

/// The answer of an echo backend.
pub fn echo(request: &Request<Incoming>) -> Answer {
    json_answer(&captured(request).to_string())
}

pub fn json_answer(body: &str) -> Answer {
    with_header(status(200, body), CONTENT_TYPE.as_str(), "application/json")
}

pub fn status(status: u16, body: &str) -> Answer {
    Response::builder().status(status).body(Full::from(body.to_owned())).unwrap()
}

pub fn with_header(mut answer: Answer, name: &'static str, value: &str) -> Answer {
    answer.headers_mut().insert(name, value.parse().unwrap());
    answer
}

/// A prober with limits that let nothing take long.
/// Longer than any request of these tests takes on a machine that is busy.
pub const HANG: Duration = Duration::from_secs(60);

pub fn prober(consistency: Duration) -> Prober {
    let limits = Limits {
        request: HANG,
        consistency,
        longest_pause: Duration::from_millis(10),
        successes: 3,
    };
    prober_with(limits)
}

/// A prober whose first answer is the last: what it finds does not depend on the speed of the machine.
pub fn single() -> Prober {
    prober_with(Limits {
        request: HANG,
        consistency: Duration::ZERO,
        longest_pause: Duration::ZERO,
        successes: 1,
    })
}

pub fn prober_with(limits: Limits) -> Prober {
    Prober::new(Dialer::direct(), limits, Namespaces::plain(), "gateway-conformance".to_owned())
}
