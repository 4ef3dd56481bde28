//! TLS sessions with backends.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::core::backend_tls::BackendTls;
use crate::core::backends::Protocol;

/// How a session with a backend is begun.
pub struct Session<'a> {
    /// What the backend's policy wants.
    pub tls: &'a BackendTls,
    /// The server that is asked for.
    pub server_name: ServerName<'static>,
    /// What a backend is shown that asks for a certificate.
    pub certificate: Option<&'a Arc<CertifiedKey>>,
}

impl Session<'_> {
    /// Begins it with an endpoint; the backend must agree to the protocol if it knows of such agreements.
    pub async fn begin(
        self,
        endpoint: SocketAddr,
        protocol: Protocol,
    ) -> io::Result<TlsStream<TcpStream>> {
        let alpn: &[u8] = match protocol {
            Protocol::Http1 => b"http/1.1",
            Protocol::Http2 => b"h2",
        };
        let stream = TcpStream::connect(endpoint).await?;
        stream.set_nodelay(true)?;
        self.over(stream, &[alpn]).await
    }

    /// Begins it over a connection, with an offer of these protocols.
    pub async fn over(
        self,
        stream: TcpStream,
        protocols: &[&[u8]],
    ) -> io::Result<TlsStream<TcpStream>> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(self.tls.verifier.clone());
        let mut config = match self.certificate {
            None => builder.with_no_client_auth(),
            Some(certificate) => {
                let shown = SingleCertAndKey::from((**certificate).clone());
                let shown: Arc<dyn ResolvesClientCert> = Arc::new(shown);
                builder.with_client_cert_resolver(shown)
            }
        };
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        TlsConnector::from(Arc::new(config)).connect(self.server_name, stream).await
    }
}
