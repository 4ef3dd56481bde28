//! Clients with certificates: which are let in, and by whom the others are not.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
};

use model::exchange::{Exchange, get};
use probe::{Identity, Scheme, Target};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
    version::{TLS12, TLS13},
};
use serde_json::json;
use tokio_rustls::TlsAcceptor;

use crate::server::{Server, V1, accept, captured, echo, http, json_answer, serve, single, target};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for `example.org` and its key, in PEM.
fn signed(by: &Authority) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["example.org".into()]).unwrap();
    (params.signed_by(&key, by).unwrap().pem(), key.serialize_pem())
}

/// An echo backend over TLS, whose certificate is of `own`, and that lets in clients of one authority, or
/// asks nobody.
async fn listen(
    own: &Authority,
    clients: Option<&Authority>,
    version: &'static SupportedProtocolVersion,
) -> Server {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[version])
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            roots.add(clients.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["example.org".into()]).unwrap();
    let certificate = params.signed_by(&key, own).unwrap().der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let acceptor =
        TlsAcceptor::from(Arc::new(builder.with_single_cert(vec![certificate], key).unwrap()));
    accept(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                http(stream, echo).await;
            }
        }
    })
    .await
}

/// The server as a client sees it that trusts `own` and may show the certificate `client`.
fn seen(server: &Server, own: &Authority, client: &(String, String)) -> Target {
    let identity = Identity::from_pem(&client.0, &client.1).unwrap();
    let scheme = Scheme::Https { roots_pem: Arc::new(own.pem().into_bytes()) };
    let identities = Arc::new(BTreeMap::from([("client", identity)]));
    Target { identities, ..target(server.address, scheme) }
}

/// What is observed in place of what is expected. How the other side ends a session is left open: the reset
/// of a connection may overtake the alert that came before it.
async fn observe(target: &Target, exchange: &Exchange) -> String {
    const ENDS: [&str; 4] = [
        "TLS: the Gateway ended the handshake with the alert DecryptError",
        "TLS: the Gateway ended the session with the alert DecryptError",
        "TLS: the connection was closed during the handshake",
        "TLS: connection reset",
    ];
    let judged = single().converge(target, exchange).await;
    let observed = judged.map_or_else(|mismatch| mismatch.observed, |_| "as expected".into());
    let ended = ENDS.iter().find_map(|end| observed.strip_prefix(end));
    ended.map_or_else(|| observed.clone(), |rest| format!("ended by the other side{rest}"))
}

const LET_IN: Exchange = get("/").host("example.org").showing("client").reaches(V1);
const REFUSED: Exchange = get("/").host("example.org").showing("client").is_refused();

#[tokio::test]
async fn a_client_is_let_in_or_refused_by_its_certificate() {
    let (own, clients, other) = (authority(), authority(), authority());
    let mut observed = Vec::new();
    for version in [&TLS12, &TLS13] {
        let server = listen(&own, Some(&clients), version).await;
        for client in [signed(&clients), signed(&other)] {
            let target = seen(&server, &own, &client);
            observed.push(observe(&target, &LET_IN).await);
            observed.push(observe(&target, &REFUSED).await);
        }
        let anonymous = get("/").host("example.org").is_refused();
        observed.push(observe(&seen(&server, &own, &signed(&other)), &anonymous).await);
    }
    insta::assert_snapshot!(observed.join("\n"), @"
    as expected
    200 from infra-backend-v1 in gateway-conformance-infra
    ended by the other side
    as expected
    as expected
    as expected
    200 from infra-backend-v1 in gateway-conformance-infra
    ended by the other side
    as expected
    as expected
    ");
}

#[tokio::test]
async fn a_refusal_must_be_the_gateways_and_come_after_it_asked() {
    let (own, clients, other) = (authority(), authority(), authority());
    let client = signed(&other);
    let asking = listen(&own, Some(&clients), &TLS13).await;
    let asking_nobody = listen(&own, None, &TLS13).await;
    let closing = accept(|_, _| async {}).await;
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let plain = serve(|_, request| echo(request)).await;
    let anonymous = get("/").host("example.org").is_refused();
    let observed = [
        // We refuse its certificate, though it asks for ours.
        observe(&seen(&asking, &other, &client), &REFUSED).await,
        observe(&seen(&asking_nobody, &own, &client), &REFUSED).await,
        observe(&seen(&asking_nobody, &own, &client), &LET_IN).await,
        observe(&seen(&closing, &own, &client), &REFUSED).await,
        observe(&Target { port: gone.port(), ..seen(&closing, &own, &client) }, &REFUSED).await,
        observe(&seen(&closing, &own, &client), &anonymous).await,
        observe(&seen(&plain, &own, &client), &anonymous).await,
        observe(&seen(&asking_nobody, &other, &client), &anonymous).await,
        observe(&seen(&asking_nobody, &own, &client), &anonymous).await,
        observe(&target(asking.address, Scheme::Http), &LET_IN).await,
    ];
    insta::assert_snapshot!(observed.join("\n"), @"
    TLS: invalid peer certificate: BadSignature
    200, and the Gateway did not ask for the client's certificate
    200, and the Gateway did not ask for the client's certificate
    ended by the other side, and the Gateway did not ask for the client's certificate
    connection refused, and the Gateway did not ask for the client's certificate
    as expected
    as expected
    as expected
    200 from infra-backend-v1 in gateway-conformance-infra
    the request cannot be sent: no certificate of client is known
    ");
}

#[tokio::test]
async fn what_the_backend_saw_of_the_gateway_is_compared() {
    let (own, other) = (authority(), authority());
    let ((shown, key), (hidden, _)) = (signed(&own), signed(&other));
    let identity = Identity::from_pem(&shown, &key).unwrap();
    let wanted = get("/").reaches(V1).over_tls_to("a.example").by_client("client");
    let mut observed = Vec::new();
    for tls in [
        json!({ "serverName": "a.example", "peerCertificates": [hidden, shown] }),
        json!({ "serverName": "b.example", "peerCertificates": [hidden] }),
        json!({ "serverName": "a.example", "peerCertificates": null }),
        json!(null),
    ] {
        let server = serve(move |_, request| {
            let mut captured = captured(request);
            captured["tls"] = tls.clone();
            json_answer(&captured.to_string())
        })
        .await;
        let identities = Arc::new(BTreeMap::from([("client", identity.clone())]));
        let target = Target { identities, ..server.target() };
        observed.push(observe(&target, &wanted).await);
    }
    insta::assert_snapshot!(observed.join("\n"), @r#"
    as expected
    server name: expected "a.example", the backend saw "b.example"; certificate: expected that of client, the backend saw another
    certificate: expected that of client, the backend saw none
    the backend saw no TLS session
    "#);
}
