//! TLS of the backends: from mounted files, and what a session tells about itself.

use std::{fmt::Display, io, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{
    ProtocolVersion, RootCertStore, ServerConfig, ServerConnection,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use serde::Serialize;
use tokio_rustls::TlsAcceptor;

use super::{
    Error,
    stream::{BoxStream, Stream},
};
use crate::process::Process;

const CERTIFICATE: &str = "TLS_SERVER_CERT";
const CLIENT_AUTHORITIES: &str = "TLS_CLIENT_CACERTS";

/// The acceptor for the certificate of `TLS_SERVER_CERT` and the key of the variable `key`, where
/// both are set.
///
/// With `TLS_CLIENT_CACERTS` a client may show a certificate, which then has to be of one of these
/// authorities.
pub(super) fn acceptor(
    process: &Process,
    key: &'static str,
    protocols: &[&str],
) -> Result<Option<TlsAcceptor>, Error> {
    if process.variable(CERTIFICATE).is_none() || process.variable(key).is_none() {
        return Ok(None);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = certificates(process, CERTIFICATE)?;
    let private_key =
        PrivateKeyDer::from_pem_slice(file(process, key)?).map_err(|error| unusable(key, error))?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(CERTIFICATE, error))?;
    let builder = if process.variable(CLIENT_AUTHORITIES).is_some() {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(process, CLIENT_AUTHORITIES)? {
            roots.add(certificate).map_err(|error| unusable(CLIENT_AUTHORITIES, error))?;
        }
        let verifier: Arc<dyn ClientCertVerifier> =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .allow_unauthenticated()
                .build()
                .map_err(|error| unusable(CLIENT_AUTHORITIES, error))?;
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder
        .with_single_cert(chain, private_key)
        .map_err(|error| unusable(CERTIFICATE, error))?;
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

fn certificates(
    process: &Process,
    variable: &'static str,
) -> Result<Vec<CertificateDer<'static>>, Error> {
    CertificateDer::pem_slice_iter(file(process, variable)?)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(variable, error))
}

fn file<'a>(process: &'a Process, variable: &'static str) -> Result<&'a [u8], Error> {
    let path = process.variable(variable).unwrap_or_default();
    let content = process.files.get(path).ok_or_else(|| Error::File {
        name: variable,
        reason: format!("no volume is mounted with a file {path:?}"),
    })?;
    Ok(content)
}

fn unusable(name: &'static str, reason: impl Display) -> Error {
    Error::File { name, reason: format!("{reason}") }
}

/// The connection as it is served: within TLS where there is an acceptor.
pub(super) async fn open(
    acceptor: Option<&TlsAcceptor>,
    stream: Stream,
) -> io::Result<(BoxStream, Option<Session>)> {
    let Some(acceptor) = acceptor else { return Ok((Box::new(stream), None)) };
    let stream = acceptor.accept(stream).await?;
    let session = Session::of(stream.get_ref().1);
    Ok((Box::new(stream), Some(session)))
}

/// What a backend reports of the TLS session that a request came through.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub(super) version: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) peer_certificates: Vec<String>,
    pub(super) server_name: String,
    pub(super) negotiated_protocol: String,
    pub(super) cipher_suite: String,
}

impl Session {
    pub(super) fn of(connection: &ServerConnection) -> Self {
        let cipher_suite = connection
            .negotiated_cipher_suite()
            .and_then(|suite| suite.suite().as_str())
            .unwrap_or_default();
        let protocol = connection.alpn_protocol().unwrap_or_default();
        Self {
            version: match connection.protocol_version() {
                Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
                Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
                _ => "",
            },
            peer_certificates: connection
                .peer_certificates()
                .unwrap_or_default()
                .iter()
                .map(|certificate| pem(certificate))
                .collect(),
            server_name: connection.server_name().unwrap_or_default().to_owned(),
            negotiated_protocol: String::from_utf8_lossy(protocol).into_owned(),
            // rustls says which suites belong to TLS 1.3, the registry of IANA does not.
            cipher_suite: cipher_suite.replacen("TLS13_", "TLS_", 1),
        }
    }
}

fn pem(certificate: &[u8]) -> String {
    let encoded = STANDARD.encode(certificate);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in encoded.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|byte| char::from(*byte)));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}
