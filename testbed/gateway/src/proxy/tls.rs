//! TLS that ends at listeners.

use std::fmt::Debug;
use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, VerifierBuilderError,
    WebPkiClientVerifier,
};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    ConfigBuilder, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
    WantsVerifier, client::danger::HandshakeSignatureValid,
};
use tokio_rustls::TlsAcceptor;

use crate::core::client_validation::Clients;
use crate::core::routing::PortTable;
use crate::faults;

/// What all sessions are made with.
static PROVIDER: LazyLock<Arc<CryptoProvider>> =
    LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));

/// Accepts a TLS session as a table wants it. Each is begun anew: what was true of a client's
/// certificate once need not be so with the next table.
pub fn acceptor(table: &Arc<PortTable>) -> Result<TlsAcceptor, VerifierBuilderError> {
    let builder = match &table.clients {
        Clients::Anybody => builder().with_no_client_auth(),
        Clients::Shown => {
            let is_mandatory = table.faults.has(faults::INSECURE_FALLBACK_WANTS_CERTIFICATE);
            builder().with_client_cert_verifier(Arc::new(AnyCertificate { is_mandatory }))
        }
        Clients::Trusted(authorities) => {
            let (authorities, provider) = (Arc::clone(authorities), Arc::clone(&PROVIDER));
            let verifier = WebPkiClientVerifier::builder_with_provider(authorities, provider);
            builder().with_client_cert_verifier(verifier.build()?)
        }
    };
    let mut config = builder.with_cert_resolver(Arc::new(CertificateByName(Arc::clone(table))));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Accepts a TLS session with this certificate, whatever is in it.
pub fn terminator(certificate: &Arc<CertifiedKey>) -> TlsAcceptor {
    let shown = SingleCertAndKey::from((**certificate).clone());
    let mut config = builder().with_no_client_auth().with_cert_resolver(Arc::new(shown));
    config.send_tls13_tickets = 0;
    TlsAcceptor::from(Arc::new(config))
}

fn builder() -> ConfigBuilder<ServerConfig, WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::clone(&PROVIDER))
        .with_safe_default_protocol_versions()
        .expect("the provider has cipher suites for the default versions")
}

#[derive(Debug)]
struct CertificateByName(Arc<PortTable>);

impl ResolvesServerCert for CertificateByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.certificate(hello.server_name())
    }
}

/// Asks for a certificate and takes any; or none, unless a fault wants one.
#[derive(Debug)]
struct AnyCertificate {
    is_mandatory: bool,
}

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        self.is_mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &PROVIDER.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &PROVIDER.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        PROVIDER.signature_verification_algorithms.supported_schemes()
    }
}
