//! Certificates with their keys, by which clients tell who they are.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    SignatureScheme,
    client::ResolvesClientCert,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};

use crate::wire::error::ProbeError;

/// Certificates with their keys, by the names of their Secrets.
pub type Identities = Arc<BTreeMap<&'static str, Identity>>;

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate, in PEM.
    pub(crate) certificate: String,
    key: Arc<CertifiedKey>,
}

impl Identity {
    /// Reads it from the two in PEM.
    ///
    /// # Errors
    ///
    /// Why they cannot be used.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, ProbeError> {
        let unusable =
            |reason: String| ProbeError::Unsendable(format!("an unusable certificate: {reason}"));
        let chain = CertificateDer::pem_slice_iter(certificate.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| unusable(error.to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|error| unusable(error.to_string()))?;
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Self { certificate: certificate.to_owned(), key: Arc::new(key) })
    }
}

/// Shows a certificate to whoever asks, whichever authorities they trust, and notes that it was asked for.
#[derive(Debug)]
pub(crate) struct Shown {
    key: Arc<CertifiedKey>,
    is_asked: AtomicBool,
}

impl Shown {
    pub(crate) fn new(identity: &Identity) -> Self {
        Self { key: identity.key.clone(), is_asked: AtomicBool::new(false) }
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.is_asked.store(true, Ordering::Relaxed);
        Some(self.key.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}
