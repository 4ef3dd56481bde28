//! Each mode, as a client sees it.

use std::{collections::HashMap, net::Ipv4Addr, sync::Once};

use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpStream, UdpSocket},
    task::JoinSet,
};
use tokio_tungstenite::tungstenite::{
    Message, client::IntoClientRequest, handshake::derive_accept_key,
};

use crate::{
    echo,
    logs::{Asked, Logs},
    process::Process,
};

/// A backend on an address of its own. The default ports are free there, for no other test uses the
/// address.
struct Backend {
    address: Ipv4Addr,
    logs: Logs,
    tasks: JoinSet<()>,
}

impl Backend {
    async fn start(address: [u8; 4], variables: &[(&str, &str)]) -> Self {
        Self::with_files(address, variables, HashMap::new()).await
    }

    async fn with_files(
        address: [u8; 4],
        variables: &[(&str, &str)],
        files: HashMap<String, Vec<u8>>,
    ) -> Self {
        let address = Ipv4Addr::from(address);
        let logs = Logs::default();
        let common = [("POD_NAME", "v1-a-b"), ("NAMESPACE", "infra")];
        let environment = common.iter().chain(variables);
        let process = Process {
            address,
            environment: environment.map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            files,
            log: logs.open("infra", "v1-a-b", "echo"),
        };
        let mut tasks = JoinSet::new();
        echo::start(&process, &mut tasks).await.expect("the ports are free");
        Self { address, logs, tasks }
    }

    fn url(&self, target: &str) -> String {
        format!("http://{}:3000{target}", self.address)
    }
}

fn client() -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    reqwest::Client::builder().no_proxy()
}

/// Certificate and key for `abc.example.com`, as the files that the fixtures mount; and the
/// certificate.
fn certificate() -> (HashMap<String, Vec<u8>>, String) {
    let key = rcgen::generate_simple_self_signed(["abc.example.com".to_owned()]).unwrap();
    let pem = key.cert.pem();
    let files = HashMap::from([
        ("/etc/secret-volume/crt".to_owned(), pem.clone().into_bytes()),
        ("/etc/secret-volume/key".to_owned(), key.signing_key.serialize_pem().into_bytes()),
    ]);
    (files, pem)
}

const CERTIFICATE: (&str, &str) = ("TLS_SERVER_CERT", "/etc/secret-volume/crt");

#[tokio::test]
async fn http_tells_of_the_request() {
    let backend = Backend::start([127, 77, 0, 1], &[("SERVICE_NAME", "v1")]).await;
    let response = client()
        .build()
        .unwrap()
        .put(backend.url("/a//b?c=d&e=%20"))
        .header("host", "example.com:8080")
        .header("x-header-set", "one")
        .header("X-Header-Set", "two")
        .header("x-echo-set-header", "x-one:1,X-Two:a, x-one: 2")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["x-one"], "1,2");
    assert_eq!(response.headers()["x-two"], "a");
    let echo: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(echo["path"], "/a//b?c=d&e=%20");
    assert_eq!(echo["host"], "example.com:8080");
    assert_eq!(echo["method"], "PUT");
    assert_eq!(echo["proto"], "HTTP/1.1");
    assert_eq!(echo["httpPort"], "3000");
    assert_eq!(echo["headers"]["X-Header-Set"], serde_json::json!(["one", "two"]));
    assert_eq!(echo["headers"].get("Host"), None);
    assert_eq!((&echo["namespace"], &echo["pod"]), (&"infra".into(), &"v1-a-b".into()));
    assert_eq!((&echo["service"], &echo["ingress"]), (&"v1".into(), &"".into()));
    assert_eq!(echo.get("tls"), None);
    let log = backend.logs.read("infra", "v1-a-b", Some("echo"), Asked::default());
    let log: String = log.unwrap().collect().await;
    let line = "Echoing back request made to /a//b?c=d&e=%20 to client (127.";
    assert!(log.starts_with(line), "{log}");
}

#[tokio::test]
async fn http_has_other_answers_too() {
    let backend = Backend::start([127, 77, 0, 2], &[]).await;
    let client = client().build().unwrap();
    for (target, status) in [
        ("/health", 200),
        ("//health", 200),
        ("/status/418", 418),
        ("/status/418?", 400),
        ("/status/41", 400),
        ("/?delay=never", 500),
        ("/?delay=1ms", 200),
        ("/ws", 400),
        ("/retry/x?uuid=u", 400),
        ("/retry/x?succeedAfter=1", 400),
    ] {
        let response = client.get(backend.url(target)).send().await.unwrap();
        assert_eq!(response.status(), status, "{target}");
    }
    let health = client.get(backend.url("/health")).send().await.unwrap();
    assert_eq!(health.bytes().await.unwrap(), Bytes::from("OK"));
}

#[tokio::test]
async fn retries_fail_as_often_as_they_are_told() {
    let backend = Backend::start([127, 77, 0, 3], &[]).await;
    let client = client().retry(reqwest::retry::never()).build().unwrap();
    let get = |query: &str| client.get(backend.url(&format!("/retry/x?{query}"))).send();
    for expected in [503, 503, 200, 200] {
        let response = get("uuid=a&succeedAfter=2&responseCode=503").await.unwrap();
        assert_eq!(response.status(), expected);
    }
    let error = get("uuid=b&succeedAfter=1").await.expect_err("a reset");
    assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");
    assert_eq!(get("uuid=b&succeedAfter=1").await.unwrap().status(), 200);
}

#[tokio::test]
async fn h2c_needs_prior_knowledge() {
    let backend = Backend::start([127, 77, 0, 4], &[]).await;
    let url = format!("http://{}:3001/status/404", backend.address);
    let http2 = client().http2_prior_knowledge().build().unwrap();
    let response = http2.get(&url).send().await.unwrap();
    assert_eq!(response.status(), 200, "it knows the echo alone");
    let echo: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(echo["proto"], "HTTP/2.0");
    assert_eq!(echo["path"], "/status/404");
    assert_eq!(echo["host"], format!("{}:3001", backend.address));
    assert_eq!(client().build().unwrap().get(&url).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn https_tells_of_the_session() {
    let (files, pem) = certificate();
    let variables = [CERTIFICATE, ("TLS_SERVER_PRIVKEY", "/etc/secret-volume/key")];
    let backend = Backend::with_files([127, 77, 0, 5], &variables, files).await;
    let client = client()
        .tls_certs_only([reqwest::Certificate::from_pem(pem.as_bytes()).unwrap()])
        .resolve("abc.example.com", (backend.address, 8443).into())
        .build()
        .unwrap();
    let response = client.get("https://abc.example.com:8443/secure").send().await.unwrap();
    let echo: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(echo["path"], "/secure");
    assert_eq!(echo["tls"]["version"], "TLSv1.3");
    assert_eq!(echo["tls"]["serverName"], "abc.example.com");
    assert_eq!(echo["tls"]["negotiatedProtocol"], "h2");
    assert!(echo["tls"]["cipherSuite"].as_str().unwrap().starts_with("TLS_"));
    let plain = format!("http://{}:8443/secure", backend.address);
    assert_eq!(client.get(plain).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_missing_file_is_named() {
    let process = Process {
        address: Ipv4Addr::LOCALHOST,
        environment: [CERTIFICATE, ("TLS_SERVER_PRIVKEY", "/key")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        files: HashMap::new(),
        log: Logs::default().open("infra", "pod", "echo"),
    };
    let error = echo::start(&process, &mut JoinSet::new()).await.unwrap_err();
    let expected = "cannot use the file of environment variable TLS_SERVER_CERT: \
                    no volume is mounted with a file \"/etc/secret-volume/crt\"";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn websocket_returns_what_it_gets() {
    let backend = Backend::start([127, 77, 0, 6], &[]).await;
    let stream = TcpStream::connect((backend.address, 3000)).await.unwrap();
    let mut request = format!("ws://{}:3000/ws", backend.address).into_client_request().unwrap();
    request.headers_mut().insert("origin", "ws://gateway/test".parse().unwrap());
    let key = request.headers()["sec-websocket-key"].clone();
    let (mut socket, response) =
        tokio_tungstenite::client_async(request, stream).await.expect("a handshake");
    let accept = derive_accept_key(key.as_bytes());
    assert_eq!(response.headers()["sec-websocket-accept"], accept.as_str());
    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("hello"));
    socket.send(Message::binary(vec![1, 2, 3, 4, 5, 6, 7])).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap();
    assert_eq!(answer.into_data(), Bytes::from_static(&[1, 2, 3, 4, 5, 6, 7]));
    socket.send(Message::binary(vec![0xff])).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::binary(vec![0xff]));
}

#[tokio::test]
async fn grpc_tells_of_the_call() {
    let backend = Backend::start([127, 77, 0, 7], &[("GRPC_ECHO_SERVER", "1")]).await;
    let client = client().http2_prior_knowledge().build().unwrap();
    let call = |method: &str| {
        let service = "gateway_api_conformance.echo_basic.grpcecho.GrpcEcho";
        client
            .post(backend.url(&format!("/{service}/{method}")))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("x-jitter", "7")
            // An uncompressed message of no bytes.
            .body(vec![0; 5])
            .send()
    };
    let response = call("EchoTwo").await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/grpc");
    let body = response.bytes().await.unwrap();
    let length = u32::from_be_bytes(body[1..5].try_into().unwrap());
    assert_eq!(body.len(), length as usize + 5);
    // Response { 1: Assertions { 1: method … } }, both longer than 127 bytes or not.
    let assertions = field(&body[5..], 1).unwrap();
    let method = b"/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoTwo";
    assert_eq!(field(assertions, 1).unwrap(), method);
    assert_eq!(field(assertions, 3).unwrap(), format!("{}:3000", backend.address).as_bytes());
    let context = field(assertions, 4).unwrap();
    assert_eq!(field(context, 1).unwrap(), b"infra");
    assert_eq!(field(context, 4).unwrap(), b"v1-a-b");
    assert!(field(assertions, 5).is_none(), "no TLS");

    let unknown = call("EchoThree").await.unwrap();
    assert_eq!(unknown.headers()["grpc-status"], "12");
}

/// The first value of a length-delimited field of a protobuf message.
fn field(mut message: &[u8], wanted: u8) -> Option<&[u8]> {
    while let [tag, rest @ ..] = message {
        let bytes = rest.iter().position(|byte| byte & 0x80 == 0)? + 1;
        let (size, rest) = rest.split_at(bytes);
        let size = size.iter().rev().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f));
        let (value, rest) = rest.split_at(size);
        if tag >> 3 == wanted {
            return Some(value);
        }
        message = rest;
    }
    None
}

#[tokio::test]
async fn tcp_answers_lines() {
    let (files, pem) = certificate();
    let variables =
        [("TCP_ECHO_SERVER", "1"), CERTIFICATE, ("TLS_SERVER_PRIV_KEY", "/etc/secret-volume/key")];
    let backend = Backend::with_files([127, 77, 0, 8], &variables, files).await;
    let plain = TcpStream::connect((backend.address, 3000)).await.unwrap();
    let report = converse(plain, "false").await;
    assert_eq!(report["pod"], "v1-a-b");
    assert_eq!(report["isTLS"], false);

    let mut roots = rustls::RootCertStore::empty();
    let der = rustls::pki_types::pem::PemObject::from_pem_slice(pem.as_bytes()).unwrap();
    roots.add(der).unwrap();
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect((backend.address, 8443)).await.unwrap();
    let secure = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config))
        .connect(ServerName::try_from("abc.example.com").unwrap(), stream)
        .await
        .unwrap();
    let report = converse(secure, "true").await;
    assert_eq!(report["tls"]["serverName"], "abc.example.com");
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, is_tls: &str) -> Value {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert_eq!(line, "Gateway API Test TCP Server\n");
    let mut ask = async |command: &str| {
        stream.write_all(command.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        line
    };
    assert_eq!(ask("PING\n").await, "PONG\n");
    assert_eq!(ask("what\nIS_TLS\n").await.trim(), is_tls);
    serde_json::from_str(&ask("TEST\n").await).unwrap()
}

#[tokio::test]
async fn udp_answers_datagrams() {
    let backend = Backend::start([127, 77, 0, 9], &[("UDP_ECHO_SERVER", "1")]).await;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    socket.send_to(b"hello\n", (backend.address, 8080)).await.unwrap();
    let mut buffer = [0; 1024];
    let length = socket.recv(&mut buffer).await.unwrap();
    let answer: Value = serde_json::from_slice(&buffer[..length]).unwrap();
    assert_eq!(answer["request"], "hello\n");
    assert_eq!(answer["pod"], "v1-a-b");
}

#[tokio::test]
async fn a_stopped_backend_refuses_connections() {
    let mut backend = Backend::start([127, 77, 0, 10], &[]).await;
    backend.tasks.shutdown().await;
    let error = TcpStream::connect((backend.address, 3000)).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}
