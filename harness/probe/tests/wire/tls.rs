//! Which certificates are trusted, and how refusals are told.

use std::{sync::Arc, time::Duration};

use model::exchange::{Request, get};
use probe::{Scheme, Target};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio_rustls::TlsAcceptor;

use crate::server::{Server, V1, accept, captured, http, json_answer, prober, target};

/// A certificate with its key.
struct Identity {
    pem: String,
    key: CertifiedKey,
}

/// The names of the base environment's certificate for HTTPS listeners.
fn params() -> CertificateParams {
    let mut params = CertificateParams::new(["*.org".into(), "*.wildcard.org".into()]).unwrap();
    params.is_ca = IsCa::ExplicitNoCa;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn self_signed(params: &CertificateParams) -> Identity {
    let key = KeyPair::generate().unwrap();
    identity(&params.self_signed(&key).unwrap(), &key)
}

fn identity(certificate: &rcgen::Certificate, key: &KeyPair) -> Identity {
    let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let key = aws_lc_rs::sign::any_supported_type(&der).unwrap();
    Identity {
        pem: certificate.pem(),
        key: CertifiedKey::new(vec![certificate.der().clone()], key),
    }
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// An echo backend over TLS that reports the server name as its Pod, and the protocol that was agreed upon.
async fn serve(key: &CertifiedKey, protocols: &[&str]) -> Server {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Always(Arc::new(key.clone()))));
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    accept(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let (_, session) = stream.get_ref();
            let name = session.server_name().unwrap_or("none");
            let protocol = session.alpn_protocol().map(String::from_utf8_lossy);
            let name =
                format!("{name}{}", protocol.map(|it| format!(" in {it}")).unwrap_or_default());
            http(stream, move |request| {
                let mut captured = captured(request);
                captured["pod"] = json!(format!("infra-backend-v1 asked for as {name}"));
                json_answer(&captured.to_string())
            })
            .await;
        }
    })
    .await
}

fn https(server: &Server, roots_pem: &str) -> Target {
    let roots_pem = Arc::new(roots_pem.as_bytes().to_vec());
    target(server.address, Scheme::Https { roots_pem })
}

/// The answer's Pod, or why there is none.
async fn ask(presented: &CertifiedKey, roots_pem: &str, host: &'static str) -> String {
    let server = serve(presented, &["h2", "http/1.1"]).await;
    pod(&https(&server, roots_pem), &get("/").host(host)).await
}

async fn pod(target: &Target, request: &Request<'_>) -> String {
    match prober(Duration::from_secs(5)).once(target, request).await {
        Ok(answer) => answer.captured().unwrap().unwrap().pod,
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn the_server_name_may_be_another_than_the_host_and_http2_is_agreed_upon() {
    let own = self_signed(&params());
    let request = get("/").over("a.org").host("b.com");
    let mut observed = Vec::new();
    for (protocols, request) in [
        (&["h2", "http/1.1"][..], request),
        (&["h2", "http/1.1"], request.in_http2()),
        (&["http/1.1"], request.in_http2()),
        (&[], request.in_http2()),
    ] {
        let server = serve(&own.key, protocols).await;
        observed.push(pod(&https(&server, &own.pem), &request).await);
    }
    insta::assert_snapshot!(observed.join("\n"), @"
    infra-backend-v1 asked for as a.org
    infra-backend-v1 asked for as a.org in h2
    TLS: the Gateway ended the handshake with the alert NoApplicationProtocol
    TLS: the Gateway does not agree to HTTP/2
    ");
}

#[tokio::test]
async fn a_listener_with_its_own_certificate_is_trusted_by_its_name() {
    let own = self_signed(&params());
    let observed = [
        ask(&own.key, &own.pem, "example.org").await,
        ask(&own.key, &own.pem, "fourth-example.wildcard.org:8443").await,
        ask(&own.key, &own.pem, "example.com").await,
        ask(&own.key, &own.pem, "a.b.org").await,
    ];
    insta::assert_snapshot!(observed.join("\n"), @"
    infra-backend-v1 asked for as example.org
    infra-backend-v1 asked for as fourth-example.wildcard.org
    TLS: the certificate presented is not for example.com (it names *.org, *.wildcard.org)
    TLS: the certificate presented is not for a.b.org (it names *.org, *.wildcard.org)
    ");
}

#[tokio::test]
async fn an_address_is_a_name_without_sni() {
    let mut params = params();
    params.subject_alt_names.push(rcgen::SanType::IpAddress("127.0.0.1".parse().unwrap()));
    let own = self_signed(&params);
    let server = serve(&own.key, &[]).await;
    let answer = prober(Duration::from_secs(5)).once(&https(&server, &own.pem), &get("/")).await;
    let captured = answer.unwrap().captured().unwrap().unwrap();
    assert_eq!(captured.pod, "infra-backend-v1 asked for as none");
    assert_eq!(captured.host, server.address.to_string());
}

#[tokio::test]
async fn another_certificate_is_refused() {
    let own = self_signed(&params());
    let other = self_signed(&params());
    let thief = CertifiedKey::new(own.key.cert.clone(), other.key.key.clone());
    let mut expired = params();
    expired.not_after = date_time_ymd(2020, 1, 1);
    let expired = self_signed(&expired);
    let mut early = params();
    early.not_before = date_time_ymd(2090, 1, 1);
    let early = self_signed(&early);
    let mut client = params();
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let client = self_signed(&client);

    let observed = [
        ask(&other.key, &own.pem, "example.org").await,
        ask(&thief, &own.pem, "example.org").await,
        ask(&expired.key, &expired.pem, "example.org").await,
        ask(&early.key, &early.pem, "example.org").await,
        ask(&client.key, &client.pem, "example.org").await,
        ask(&own.key, "no certificate", "example.org").await,
    ];
    insta::assert_snapshot!(observed.join("\n"), @"
    TLS: the certificate presented is not one that is expected here (it names *.org, *.wildcard.org)
    TLS: invalid peer certificate: BadSignature
    TLS: the certificate presented has expired
    TLS: the certificate presented is not valid yet
    TLS: the certificate presented is not for servers
    the request cannot be sent: the certificates to trust are unusable: there is none in the PEM text
    ");
}

#[tokio::test]
async fn what_a_trusted_authority_signed_is_trusted() {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let signed = identity(&params().signed_by(&key, &authority).unwrap(), &key);

    // One that may not sign has signed another: it is a certificate to trust, but no authority.
    let leaf = CertifiedIssuer::self_signed(params(), KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let forged = identity(&params().signed_by(&key, &leaf).unwrap(), &key);

    let observed = [
        ask(&signed.key, &authority.pem(), "example.org").await,
        ask(&signed.key, &authority.pem(), "example.com").await,
        ask(&signed.key, &signed.pem, "example.org").await,
        ask(&signed.key, &leaf.pem(), "example.org").await,
        ask(&forged.key, &leaf.pem(), "example.org").await,
    ];
    insta::assert_snapshot!(observed.join("\n"), @"
    infra-backend-v1 asked for as example.org
    TLS: the certificate presented is not for example.com (it names *.org, *.wildcard.org)
    infra-backend-v1 asked for as example.org
    TLS: the certificate presented is not one that is expected here (it names *.org, *.wildcard.org)
    TLS: the certificate presented is not one that is expected here (it names *.org, *.wildcard.org)
    ");
}

#[tokio::test]
async fn a_listener_that_speaks_no_tls_is_told() {
    let plain = crate::server::serve(|_, request| crate::server::echo(request)).await;
    let closing = accept(|_, mut stream| async move {
        _ = stream.read(&mut [0; 4096]).await;
    })
    .await;
    let own = self_signed(&params());
    let prober = prober(Duration::from_millis(50));
    let exchange = get("/one").host("example.org").reaches(V1);
    let mut observed = Vec::new();
    for server in [plain, closing] {
        let mismatch = prober.converge(&https(&server, &own.pem), &exchange).await.unwrap_err();
        let subject = mismatch.subject.replace(&format!(":{}", server.address.port()), ":PORT");
        observed.push(format!("{subject}: {}", mismatch.observed));
    }
    insta::assert_snapshot!(observed.join("\n"), @"
    GET /one (Host: example.org) at Gateway same-namespace (127.0.0.1:PORT over TLS): TLS: the answer is not TLS
    GET /one (Host: example.org) at Gateway same-namespace (127.0.0.1:PORT over TLS): TLS: the connection was closed during the handshake
    ");
}

#[tokio::test]
async fn a_session_is_told_with_the_certificates_that_were_shown() {
    let own = self_signed(&params());
    let server = serve(&own.key, &["http/1.1"]).await;
    let (target, request) = (https(&server, &own.pem), get("/").host("a.org"));
    let answer = prober(Duration::from_secs(5)).once(&target, &request).await.unwrap();
    let session = answer.session.unwrap();
    assert!(session.starts_with("TLSv1_3; "), "{session}");
    let certificate = "certificate for *.org, *.wildcard.org, signed by CN=rcgen self signed cert";
    assert!(session.contains(certificate), "{session}");
}
