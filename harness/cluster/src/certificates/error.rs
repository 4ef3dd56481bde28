//! Why there are no certificates.

use thiserror::Error;

/// The certificates could not be made.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// A key or a certificate.
    #[error("cannot make the fixtures' certificates: {0}")]
    Make(#[from] rcgen::Error),
    /// A key in the form that Secrets have it in.
    #[error("cannot write a key of the fixtures: {0}")]
    Write(#[from] pkcs8::Error),
}
