//! Certificates in Secrets of type `kubernetes.io/tls`, and those of authorities in Secrets and
//! `ConfigMap`s.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// Why the data of an object is not a certificate with its key, or those of authorities.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CertificateError {
    /// A key of the Secret's data is missing.
    #[error("it has no `{0}`; a Secret of type kubernetes.io/tls has `tls.crt` and `tls.key`")]
    Missing(&'static str),
    /// The key for authorities is missing, or nothing is in it.
    #[error("it has no certificate in `ca.crt`")]
    NoAuthority,
    /// A value is not base64.
    #[error("`{0}` is not base64")]
    Encoding(&'static str),
    /// A value is not PEM of the right kind.
    #[error("`{key}` is not PEM: {reason}")]
    Pem {
        /// The key of the object's data.
        key: &'static str,
        /// What the parser said.
        reason: String,
    },
    /// The certificate and the key do not belong together, or the key is of no known kind.
    #[error("`tls.crt` and `tls.key` cannot be used together: {0}")]
    Pair(String),
}

const AUTHORITIES: &str = "ca.crt";

/// Reads certificate chain and key from a Secret's data (base64 values, as in JSON).
pub fn read(data: &BTreeMap<String, String>) -> Result<CertifiedKey, CertificateError> {
    const CERTIFICATE: &str = "tls.crt";
    const KEY: &str = "tls.key";

    let chain = CertificateDer::pem_slice_iter(&decode(data, CERTIFICATE)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| CertificateError::Pem { key: CERTIFICATE, reason: error.to_string() })?;
    if chain.is_empty() {
        let reason = "there is no certificate in it".to_owned();
        return Err(CertificateError::Pem { key: CERTIFICATE, reason });
    }
    let key = PrivateKeyDer::from_pem_slice(&decode(data, KEY)?)
        .map_err(|error| CertificateError::Pem { key: KEY, reason: error.to_string() })?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
        .map_err(|error| CertificateError::Pair(error.to_string()))
}

/// Reads the certificates of authorities from a Secret's data (base64 values, as in JSON).
pub fn read_encoded_authorities(
    data: &BTreeMap<String, String>,
) -> Result<RootCertStore, CertificateError> {
    if !data.contains_key(AUTHORITIES) {
        return Err(CertificateError::NoAuthority);
    }
    authorities(&decode(data, AUTHORITIES)?)
}

/// Reads the certificates of authorities from the data of a `ConfigMap`.
pub fn read_authorities(
    data: &BTreeMap<String, String>,
) -> Result<RootCertStore, CertificateError> {
    authorities(data.get(AUTHORITIES).ok_or(CertificateError::NoAuthority)?.as_bytes())
}

fn authorities(pem: &[u8]) -> Result<RootCertStore, CertificateError> {
    let malformed = |reason: String| CertificateError::Pem { key: AUTHORITIES, reason };
    let mut authorities = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| malformed(error.to_string()))?;
        authorities.add(certificate).map_err(|error| malformed(error.to_string()))?;
    }
    if authorities.is_empty() { Err(CertificateError::NoAuthority) } else { Ok(authorities) }
}

fn decode(data: &BTreeMap<String, String>, key: &'static str) -> Result<Vec<u8>, CertificateError> {
    let value = data.get(key).ok_or(CertificateError::Missing(key))?;
    STANDARD.decode(value).map_err(|_| CertificateError::Encoding(key))
}
