//! The Gateway with the embedded API server and the testbed's workloads: objects go in, requests
//! are answered, statuses come out.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, PostParams,
};
use kube::{Client, ResourceExt as _};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use testbed_apiserver::ApiServer;
use testbed_gateway::faults::Faults;
use testbed_gateway::lag::{Delay, Lag};
use testbed_gateway::{Gateway, Options, PortMap, Ports};
use testbed_workloads::{AddressPool, Workloads};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

const CONTROLLER: &str = "example.dev/reference";

const BASE: &str = "
{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: gw},
 spec: {controllerName: example.dev/reference}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: echo, namespace: default}
spec:
  replicas: 2
  selector: {matchLabels: {app: echo}}
  template:
    metadata: {labels: {app: echo}}
    spec:
      containers:
      - name: echo
        image: registry.k8s.io/gateway-api/conformance/echo-basic:v0.1.0
        env:
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
---
apiVersion: v1
kind: Service
metadata: {name: echo, namespace: default}
spec:
  selector: {app: echo}
  ports:
  - {name: http, port: 8080, targetPort: 3000}
  - {name: h2c, port: 8081, targetPort: 3001, appProtocol: kubernetes.io/h2c}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, namespace: default}
spec:
  gatewayClassName: gw
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - {name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: echo, namespace: default}
spec:
  parentRefs: [{name: gw}]
  rules:
  - matches: [{path: {value: /h2c}}]
    backendRefs: [{name: echo, port: 8081}]
  - matches: [{path: {value: /redirect}}]
    filters: [{type: RequestRedirect, requestRedirect: {hostname: b.org, statusCode: 301}}]
  - matches: [{path: {value: /rewrite}}]
    filters:
    - {type: URLRewrite, urlRewrite: {hostname: c.org, path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}}
    - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-Set, value: yes}]}}
    backendRefs: [{name: echo, port: 8080}]
  - matches: [{path: {value: /echo}}, {path: {value: /ws}}]
    backendRefs: [{name: echo, port: 8080}]
";

const GRPC: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: grpc, namespace: default}
spec:
  selector: {matchLabels: {app: grpc}}
  template:
    metadata: {labels: {app: grpc}}
    spec:
      containers:
      - name: grpc
        image: registry.k8s.io/gateway-api/conformance/echo-basic:v0.1.0
        env:
        - {name: GRPC_ECHO_SERVER, value: '1'}
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
---
apiVersion: v1
kind: Service
metadata: {name: grpc, namespace: default}
spec: {selector: {app: grpc}, ports: [{port: 8080, targetPort: 3000}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: grpc, namespace: default}
spec:
  parentRefs: [{name: gw, sectionName: http}]
  rules:
  - matches: [{method: {service: gateway_api_conformance.echo_basic.grpcecho.GrpcEcho, method: Echo}}]
    backendRefs: [{name: grpc, port: 8080}]
  - matches: [{method: {service: gone}}]
    backendRefs: [{name: gone, port: 8080}]
";

struct Pool(AddressPool);

impl testbed_gateway::Addresses for Pool {
    fn give(&self, wanted: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
        match wanted {
            Some(wanted) => self.0.take(wanted).then_some(wanted),
            None => self.0.allocate(),
        }
    }

    fn take_back(&self, address: Ipv4Addr) {
        self.0.release(address);
    }
}

struct Testbed {
    client: Client,
    gateway: Gateway,
    _workloads: Workloads,
    certificate: CertificateDer<'static>,
}

impl Testbed {
    /// Starts everything; the Gateway comes last, so that it finds the objects when it starts.
    async fn start(faults: &[&str]) -> Self {
        Self::start_slow(faults, Lag::default()).await
    }

    async fn start_slow(faults: &[&str], lag: Lag) -> Self {
        let client = ApiServer::new(testbed_apiserver::Options::default()).client();
        let pool = AddressPool::new("127.93.0.0/16".parse().expect("a range"));
        let options = testbed_workloads::Options { addresses: pool.clone(), serves_logs: false };
        let workloads = Workloads::start(client.clone(), options).await.expect("workloads start");
        apply(&client, BASE).await;
        let certificate = create_certificate(&client).await;
        let options = Options {
            controller_name: CONTROLLER.to_owned(),
            addresses: Arc::new(Pool(pool)),
            ports: Ports::Mapped,
            faults: Faults::parse(faults).expect("the faults are known"),
            without: Vec::new(),
            lag,
        };
        let gateway = Gateway::start(client.clone(), options).await.expect("the gateway starts");
        Self { client, gateway, _workloads: workloads, certificate }
    }

    /// The address in the Gateway's status, as mapped.
    async fn address(&self, port: u16) -> SocketAddr {
        let gateway = self
            .wait("Gateway", "gw", |gateway| is(&gateway["status"]["conditions"], "Programmed"))
            .await;
        let address = gateway["status"]["addresses"][0]["value"].as_str().expect("an address");
        let map: PortMap = self.gateway.port_map();
        map.resolve(SocketAddr::new(address.parse().expect("an IP address"), port))
    }

    async fn wait(&self, kind: &str, name: &str, done: impl Fn(&Value) -> bool) -> Value {
        let api = api(&self.client, "gateway.networking.k8s.io", kind);
        eventually(kind, async || {
            let object = api.get(name).await.expect("the object is there");
            Some(object.data).filter(&done)
        })
        .await
    }

    /// GET until the status is as expected; answers the body as JSON.
    async fn get(&self, port: u16, path: &str, expected: StatusCode) -> (HeaderMap, Value) {
        let address = self.address(port).await;
        eventually(path, async || {
            let (status, headers, body) = if port == 443 {
                get(self.tls(address).await, path).await
            } else {
                get(TcpStream::connect(address).await.expect("the port is open"), path).await
            };
            (status == expected).then_some((headers, body))
        })
        .await
    }

    async fn tls(
        &self,
        address: SocketAddr,
    ) -> impl AsyncRead + AsyncWrite + Unpin + Send + 'static {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("the certificate is well-formed");
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows the versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(address).await.expect("the port is open");
        let name = ServerName::try_from("a.org").expect("a name");
        tokio_rustls::TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .expect("the handshake succeeds")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_are_served_over_http_and_https() {
    let testbed = Testbed::start(&[]).await;
    let route = testbed.wait("HTTPRoute", "echo", |route| {
        is(&route["status"]["parents"][0]["conditions"], "ResolvedRefs")
    });
    assert_eq!(route.await["status"]["parents"][0]["controllerName"], CONTROLLER);

    for port in [80, 443] {
        let (_, echo) = testbed.get(port, "/echo/?q=1", StatusCode::OK).await;
        assert_eq!(echo["path"], "/echo/?q=1");
        assert_eq!(echo["host"], "a.org:1234");
        assert_eq!(echo["headers"]["X-Own"][0], "own");
        assert!(echo["pod"].as_str().is_some_and(|pod| pod.starts_with("echo-")), "{echo}");
    }
    let (_, echo) = testbed.get(80, "/h2c", StatusCode::OK).await;
    assert_eq!(echo["proto"], "HTTP/2.0");
    assert_eq!(echo["host"], "a.org:1234");
    let (_, echo) = testbed.get(80, "/rewrite/x", StatusCode::OK).await;
    assert_eq!(echo["path"], "/new/x");
    assert_eq!(echo["host"], "c.org");
    assert_eq!(echo["headers"]["X-Set"][0], "yes");
    let (headers, _) = testbed.get(80, "/redirect/x", StatusCode::MOVED_PERMANENTLY).await;
    assert_eq!(headers["location"], "http://b.org/redirect/x");
    testbed.get(80, "/none", StatusCode::NOT_FOUND).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn web_sockets_pass_through() {
    const REQUEST: &[u8] = b"GET /ws HTTP/1.1\r\nHost: a.org\r\nOrigin: http://a.org\r\n\
        Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    // A final text frame with the payload `hi`, masked with zeros as clients must, and unmasked.
    const SENT: &[u8] = &[0x81, 0x82, 0, 0, 0, 0, b'h', b'i'];
    const ECHOED: &[u8] = &[0x81, 0x02, b'h', b'i'];

    let testbed = Testbed::start(&[]).await;
    testbed.get(80, "/echo", StatusCode::OK).await;
    let mut stream = TcpStream::connect(testbed.address(80).await).await.expect("the port is open");
    stream.write_all(REQUEST).await.expect("the request is sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("the response goes on"));
    }
    let head = String::from_utf8_lossy(&head);
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    stream.write_all(SENT).await.expect("the frame is sent");
    let mut echoed = [0; ECHOED.len()];
    stream.read_exact(&mut echoed).await.expect("the frame comes back");
    assert_eq!(echoed, ECHOED);
}

/// A rule that tries again, over a backend that fails and one that takes no connections.
const RETRIES: &str = "
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: retries, namespace: default}
spec:
  parentRefs: [{name: gw, sectionName: http}]
  rules:
  - matches: [{path: {value: /retry/some}}]
    retry: {codes: [500], attempts: 2, backoff: 1ms}
    backendRefs: [{name: one, port: 8080}]
  - matches: [{path: {value: /retry/none}}]
    backendRefs: [{name: one, port: 8080}]
  - matches: [{path: {value: /half}}]
    retry: {attempts: 1, backoff: 1ms}
    backendRefs: [{name: half, port: 8080}]
---
{apiVersion: v1, kind: Pod, metadata: {name: one, namespace: default, labels: {app: half, is: one}},
 spec: {containers: [{name: echo, image: echo-basic}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: lines, namespace: default, labels: {app: half}},
 spec: {containers: [{name: echo, image: echo-basic, env: [{name: TCP_ECHO_SERVER, value: '1'},
  {name: TCP_PORT, value: '3333'}]}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: one, namespace: default},
 spec: {selector: {is: one}, ports: [{port: 8080, targetPort: 3000}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: half, namespace: default},
 spec: {selector: {app: half}, ports: [{port: 8080, targetPort: 3000}]}}
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_is_sent_again_as_often_as_a_rule_says() {
    let testbed = Testbed::start(&[]).await;
    apply(&testbed.client, RETRIES).await;
    let failing = |rule: &str, code: u16, failures: u8| {
        format!(
            "/retry/{rule}?uuid={rule}{code}{failures}&responseCode={code}&succeedAfter={failures}"
        )
    };
    // Until it is programmed a path has no rule, and later its failures are counted.
    testbed.get(80, "/retry/some?uuid=first&succeedAfter=0", StatusCode::OK).await;
    for (path, expected) in [
        (failing("some", 500, 2), StatusCode::OK),
        (failing("some", 500, 3), StatusCode::INTERNAL_SERVER_ERROR),
        (failing("some", 503, 1), StatusCode::SERVICE_UNAVAILABLE),
        (failing("none", 500, 1), StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let stream = TcpStream::connect(testbed.address(80).await).await.expect("it is open");
        assert_eq!(get(stream, &path).await.0, expected, "{path}");
    }
    testbed.get(80, "/half", StatusCode::OK).await;
    for _ in 0..4 {
        let stream = TcpStream::connect(testbed.address(80).await).await.expect("it is open");
        assert_eq!(get(stream, "/half").await.0, StatusCode::OK);
    }
}

/// A TCP and a UDP backend, and a Gateway whose two listeners have one number.
const LINES: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: tcp, namespace: default, labels: {app: tcp}},
 spec: {containers: [{name: echo, image: echo-basic, env: [{name: TCP_ECHO_SERVER, value: '1'}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: udp, namespace: default, labels: {app: udp}},
 spec: {containers: [{name: echo, image: echo-basic, env: [{name: UDP_ECHO_SERVER, value: '1'}]}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: tcp, namespace: default},
 spec: {selector: {app: tcp}, ports: [{port: 3000}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: udp, namespace: default},
 spec: {selector: {app: udp}, ports: [{port: 8080, protocol: UDP}]}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: lines, namespace: default},
 spec: {gatewayClassName: gw, listeners: [{name: tcp, port: 9000, protocol: TCP},
  {name: udp, port: 9000, protocol: UDP}]}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: TCPRoute, metadata: {name: r, namespace: default},
 spec: {parentRefs: [{name: lines}], rules: [{backendRefs: [{name: tcp, port: 3000}]}]}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: UDPRoute, metadata: {name: r, namespace: default},
 spec: {parentRefs: [{name: lines}], rules: [{backendRefs: [{name: udp, port: 8080}]}]}}
";

#[tokio::test]
async fn streams_and_datagrams_are_handed_on() {
    let testbed = Testbed::start(&[]).await;
    apply(&testbed.client, LINES).await;
    let programmed = |gateway: &Value| is(&gateway["status"]["conditions"], "Programmed");
    let gateway = testbed.wait("Gateway", "lines", programmed).await;
    let address = gateway["status"]["addresses"][0]["value"].as_str().expect("an address");
    let address = SocketAddr::new(address.parse().expect("an IP address"), 9000);
    let address = testbed.gateway.port_map().resolve(address);
    let welcome = eventually("a welcome", async || {
        let mut stream = TcpStream::connect(address).await.ok()?;
        let mut heard = [0; 7];
        stream.read_exact(&mut heard).await.ok().map(|_| heard)
    });
    assert_eq!(&welcome.await, b"Gateway");

    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    socket.connect(address).await.expect("a way there");
    let answer = eventually("an answer", async || {
        socket.send(b"hello").await.ok()?;
        let mut heard = [0; 1024];
        let heard_in_time = timeout(Duration::from_secs(1), socket.recv(&mut heard)).await;
        let length = heard_in_time.ok()?.ok()?;
        serde_json::from_slice::<Value>(&heard[..length]).ok()
    });
    assert_eq!(answer.await["request"], "hello");

    let routes = api(&testbed.client, "gateway.networking.k8s.io", "TCPRoute");
    routes.delete("r", &DeleteParams::default()).await.expect("it is deleted");
    eventually("a connection that is closed at once", async || {
        let mut stream = TcpStream::connect(address).await.ok()?;
        (stream.read(&mut [0; 1]).await.ok()? == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_reach_their_backends_and_are_refused_as_calls() {
    const ECHO: &str = "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo";
    let testbed = Testbed::start(&[]).await;
    let routes = api(&testbed.client, "gateway.networking.k8s.io", "HTTPRoute");
    routes.delete("echo", &DeleteParams::default()).await.expect("the route is deleted");
    apply(&testbed.client, GRPC).await;
    let address = testbed.address(80).await;
    for (path, expected) in [(ECHO, "0"), ("/none/Of", "12"), ("/gone/Away", "14")] {
        eventually(path, async || {
            let (head, trailers, body) = call(address, path).await;
            let is_refused = head.contains_key("grpc-status");
            assert_eq!(is_refused, body.is_empty() && trailers.is_none(), "{head:?} {trailers:?}");
            let status = trailers.as_ref().unwrap_or(&head).get("grpc-status")?;
            (status == expected).then_some(())
        })
        .await;
    }
    testbed.get(80, "/none/Of", StatusCode::NOT_FOUND).await;
}

/// Makes a call; gives the head of the answer, the trailers and the message.
async fn call(address: SocketAddr, path: &str) -> (HeaderMap, Option<HeaderMap>, Bytes) {
    let stream = TcpStream::connect(address).await.expect("the port is open");
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("a handshake");
    tokio::spawn(connection);
    let request = Request::post(format!("http://a.org{path}"))
        .header("Content-Type", "application/grpc")
        .header("TE", "trailers")
        .body(Full::new(Bytes::from_static(&[0; 5])))
        .expect("a request");
    let response = sender.send_request(request).await.expect("a response");
    assert_eq!(response.status(), StatusCode::OK);
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the whole body");
    (parts.headers, body.trailers().cloned(), body.to_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deleted_is_no_longer_served() {
    let testbed = Testbed::start(&[]).await;
    testbed.get(80, "/echo", StatusCode::OK).await;
    let group = "gateway.networking.k8s.io";
    let routes = api(&testbed.client, group, "HTTPRoute");
    routes.delete("echo", &DeleteParams::default()).await.expect("the route is deleted");
    testbed.get(80, "/echo", StatusCode::NOT_FOUND).await;

    let address = testbed.address(80).await;
    let gateways = api(&testbed.client, group, "Gateway");
    gateways.delete("gw", &DeleteParams::default()).await.expect("the Gateway is deleted");
    eventually("closed port", async || TcpStream::connect(address).await.err()).await;
    assert_ne!(address.port(), 80);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_acts_on_the_wire() {
    let testbed = Testbed::start(&["redirect-status-always-302"]).await;
    testbed.get(80, "/redirect", StatusCode::FOUND).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_sees_how_names_of_headers_are_spelled() {
    let testbed = Testbed::start(&["header-name-case-compared"]).await;
    testbed.get(80, "/echo", StatusCode::OK).await;
    let route = serde_json::json!({"spec": {"rules": [{
        "matches": [{"headers": [{"name": "x-own", "value": "own"}]}],
        "backendRefs": [{"name": "echo", "port": 8080}],
    }]}});
    let routes = api(&testbed.client, "gateway.networking.k8s.io", "HTTPRoute");
    let patch = kube::api::Patch::Merge(&route);
    routes
        .patch("echo", &kube::api::PatchParams::default(), &patch)
        .await
        .expect("the route is changed");
    let address = testbed.address(80).await;
    for (name, expected) in [("x-own", "200"), ("X-Own", "404"), ("x-own", "200")] {
        let request = format!("GET / HTTP/1.1\r\nHost: a.org\r\n{name}: own\r\n\r\n");
        eventually(name, async || {
            let mut stream = TcpStream::connect(address).await.ok()?;
            stream.write_all(request.as_bytes()).await.ok()?;
            let mut status = [0; 12];
            stream.read_exact(&mut status).await.ok()?;
            status.ends_with(expected.as_bytes()).then_some(())
        })
        .await;
    }
}

/// Longer than any test.
const NEVER: Option<Delay> = Some(HOUR..=HOUR);
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_replica_that_is_late_takes_every_other_connection() {
    let testbed = Testbed::start_slow(&[], Lag { replicas: NEVER, ..Lag::default() }).await;
    let address = testbed.address(80).await;
    let mut answered = 0;
    for _ in 0..4 {
        // What is reset may be so before it is known to be connected, or while it is written to.
        let Ok(mut stream) = TcpStream::connect(address).await else { continue };
        stream.write_all(b"GET /none HTTP/1.1\r\nHost: a.org\r\n\r\n").await.ok();
        answered += usize::from(stream.read_u8().await.is_ok());
    }
    assert_eq!(answered, 2, "the second replica has not heard of the port");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_reloads_refuses_connections_at_first() {
    let testbed = Testbed::start_slow(&[], Lag { reloads: NEVER, ..Lag::default() }).await;
    let address = testbed.address(80).await;
    TcpStream::connect(address).await.expect("the port is open");
    let routes = api(&testbed.client, "gateway.networking.k8s.io", "HTTPRoute");
    routes.delete("echo", &DeleteParams::default()).await.expect("the route is deleted");
    // One that comes while the port is being closed may be reset.
    let refused = std::io::ErrorKind::ConnectionRefused;
    eventually("closed port", async || {
        TcpStream::connect(address).await.err().filter(|error| error.kind() == refused)
    })
    .await;
}

/// The Pods of the Gateway that say so of their condition Ready.
async fn pods(testbed: &Testbed, ready: &str) -> Vec<DynamicObject> {
    let pods = api(&testbed.client, "", "Pod");
    let label = "gateway.networking.k8s.io/gateway-name=gw";
    let pods = pods.list(&ListParams::default().labels(label)).await.expect("Pods are listed");
    let is_ready = |pod: &DynamicObject| pod.data["status"]["conditions"][0]["status"] == ready;
    pods.items.into_iter().filter(is_ready).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_is_programmed_before_its_pod_is_ready_and_served_after_that() {
    let testbed = Testbed::start_slow(&[], Lag { pods: NEVER, ..Lag::default() }).await;
    let address = testbed.address(80).await;
    let pod = eventually("Pod", async || pods(&testbed, "False").await.pop()).await;
    assert_eq!(pod.metadata.owner_references.expect("an owner")[0].name, "gw");
    TcpStream::connect(address).await.expect_err("nothing listens yet");
    let gateways = api(&testbed.client, "gateway.networking.k8s.io", "Gateway");
    gateways.delete("gw", &DeleteParams::default()).await.expect("the Gateway is deleted");
    eventually("no Pod", async || pods(&testbed, "False").await.is_empty().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pod_that_is_ready_serves() {
    let at_once = Some(Duration::ZERO..=Duration::ZERO);
    let testbed = Testbed::start_slow(&[], Lag { pods: at_once, ..Lag::default() }).await;
    eventually("Pod", async || pods(&testbed, "True").await.pop()).await;
    testbed.get(80, "/echo", StatusCode::OK).await;
}

async fn get<S>(stream: S, path: &str) -> (StatusCode, HeaderMap, Value)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
    tokio::spawn(connection);
    let request = Request::get(path)
        .header("Host", "a.org:1234")
        .header("X-Own", "own")
        .body(Empty::<Bytes>::new())
        .expect("a request");
    let response = sender.send_request(request).await.expect("a response");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the whole body").to_bytes();
    (parts.status, parts.headers, serde_json::from_slice(&body).unwrap_or_default())
}

/// Asks every few milliseconds until there is an answer, for ten seconds at most.
async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    for _ in 0..2000 {
        ticks.tick().await;
        if let Some(answer) = ask().await {
            return answer;
        }
    }
    panic!("{what}: it never came to that");
}

fn is(conditions: &Value, kind: &str) -> bool {
    let conditions = conditions.as_array().map(Vec::as_slice).unwrap_or_default();
    conditions.iter().any(|condition| condition["type"] == kind && condition["status"] == "True")
}

fn api(client: &Client, group: &str, kind: &str) -> Api<DynamicObject> {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, "v1", kind));
    if kind == "GatewayClass" {
        Api::all_with(client.clone(), &resource)
    } else {
        Api::namespaced_with(client.clone(), "default", &resource)
    }
}

async fn apply(client: &Client, documents: &str) {
    for document in serde_yaml::Deserializer::from_str(documents) {
        let object: DynamicObject =
            serde::Deserialize::deserialize(document).expect("the document is an object");
        let types = object.types.clone().expect("the document has a kind");
        let group = types.api_version.split_once('/').map_or("", |(group, _)| group);
        let created = api(client, group, &types.kind).create(&PostParams::default(), &object).await;
        created.unwrap_or_else(|error| panic!("{}: {error}", object.name_any()));
    }
}

async fn create_certificate(client: &Client) -> CertificateDer<'static> {
    let encode = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    let params = rcgen::CertificateParams::new(["a.org".to_owned()]).expect("the name is valid");
    let certificate = params.self_signed(&key).expect("a certificate can be made");
    let secret = format!(
        "{{apiVersion: v1, kind: Secret, metadata: {{name: cert, namespace: default}}, \
         type: kubernetes.io/tls, data: {{tls.crt: {}, tls.key: {}}}}}",
        encode(certificate.pem()),
        encode(key.serialize_pem())
    );
    apply(client, &secret).await;
    certificate.der().clone()
}
