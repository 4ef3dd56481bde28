//! The HTTPS socket.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rcgen::{ExtendedKeyUsagePurpose, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout_at;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::service::Service;
use crate::trouble::{self, Presence, Troubled};

/// Why the API could not be served on a socket.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The socket could not be opened.
    #[error("cannot listen on {address}: {source}; choose a free address of this machine")]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The server's certificate could not be made.
    #[error("cannot make a certificate for the API server: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate could not be used.
    #[error("cannot set up TLS for the API server: {0}")]
    Tls(#[from] rustls::Error),
    /// The kubeconfig could not be written as YAML.
    #[error("cannot write the kubeconfig: {0}")]
    Kubeconfig(#[from] serde_yaml::Error),
}

/// An open socket. Dropping it closes the socket and its connections.
#[derive(Debug)]
pub struct Listening {
    /// Where the API is served, with the port that was picked.
    pub address: SocketAddr,
    /// A kubeconfig for this socket, as YAML.
    pub kubeconfig: String,
    _stop: DropGuard,
}

pub async fn listen(service: Service, address: SocketAddr) -> Result<Listening, ListenError> {
    let unbound = |source| ListenError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(unbound)?;
    let address = listener.local_addr().map_err(unbound)?;
    let (config, authority) = tls(address)?;
    let kubeconfig = kubeconfig(address, &authority)?;
    let stop = CancellationToken::new();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(accept(listener, acceptor, service, stop.clone()));
    Ok(Listening { address, kubeconfig, _stop: stop.drop_guard() })
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    service: Service,
    stop: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(_) if service.trouble().is_some_and(|t| t.presence() == Presence::Away) => {}
            Ok((stream, _)) => {
                let connection = serve(stream, acceptor.clone(), service.clone());
                let stop = stop.clone();
                tokio::spawn(async move { stop.run_until_cancelled(connection).await });
            }
            Err(error) => {
                tracing::warn!(%error, "the API server could not accept a connection");
                // Such errors (out of file descriptors) last; others get their turn first.
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, service: Service) {
    let breaks = service.trouble().and_then(Troubled::connections_break);
    let done = async {
        stream.set_nodelay(true)?;
        let stream = TokioIo::new(acceptor.accept(stream).await?);
        let service = TowerToHyperService::new(service);
        auto::Builder::new(TokioExecutor::new())
            .serve_connection(stream, service)
            .await
            .map_err(io::Error::other)
    };
    let done = match breaks {
        Some(at) => timeout_at(at, done).await.unwrap_or_else(|_elapsed| Err(trouble::broken())),
        None => done.await,
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a connection to the API server broke");
    }
}

/// A fresh authority, with a certificate for the address. Returns the authority's as PEM.
fn tls(address: SocketAddr) -> Result<(ServerConfig, String), ListenError> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "testbed-apiserver-ca");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;

    let names = [address.ip().to_string(), "localhost".to_owned(), "kubernetes".to_owned()];
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "testbed-apiserver");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &authority)?;

    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((config, authority.pem()))
}

fn kubeconfig(address: SocketAddr, authority: &str) -> Result<String, serde_yaml::Error> {
    use base64::Engine as _;
    let authority = base64::engine::general_purpose::STANDARD.encode(authority);
    serde_yaml::to_string(&json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": "testbed",
            "cluster": {
                "server": format!("https://{address}"),
                "certificate-authority-data": authority,
            },
        }],
        // Any token would do: some clients ask for a password where they find none.
        "users": [{"name": "testbed", "user": {"token": "testbed"}}],
        "contexts": [{
            "name": "testbed",
            "context": {"cluster": "testbed", "user": "testbed", "namespace": "default"},
        }],
        "current-context": "testbed",
    }))
}
