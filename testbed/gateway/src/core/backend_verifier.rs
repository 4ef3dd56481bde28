//! Whether a backend's certificate is one that a `BackendTLSPolicy` lets pass.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Environment;
use super::backend_tls_policy::{BackendValidation, SubjectAltName};
use crate::faults::{self, Faults};

/// Lets certificates pass that an authority signed and that have one of the names.
#[derive(Debug)]
pub struct BackendVerifier {
    /// None takes any; only a fault has that.
    authorities: Option<Arc<RootCertStore>>,
    hostname: ServerName<'static>,
    /// Count in place of the hostname where there are any.
    alternatives: Vec<SubjectAltName>,
    algorithms: WebPkiSupportedAlgorithms,
    faults: Faults,
}

impl BackendVerifier {
    /// One that trusts these authorities.
    pub fn new(
        hostname: ServerName<'static>,
        authorities: Option<Arc<RootCertStore>>,
        validation: &BackendValidation,
        env: &Environment<'_>,
    ) -> Self {
        let mut alternatives = validation.subject_alt_names.clone();
        if env.faults.has(faults::SUBJECT_ALT_NAMES_IGNORED) {
            alternatives.clear();
        }
        let is_trusting = env.faults.has(faults::BACKEND_CERTIFICATE_NOT_VERIFIED);
        Self {
            authorities: authorities.filter(|_| !is_trusting),
            hostname,
            alternatives,
            algorithms: aws_lc_rs::default_provider().signature_verification_algorithms,
            faults: env.faults.clone(),
        }
    }

    fn has_name(&self, presented: &CertificateDer<'_>) -> Result<bool, Error> {
        let certificate = ParsedCertificate::try_from(presented)?;
        let is_for = |name: &ServerName<'_>| verify_server_name(&certificate, name).is_ok();
        if self.alternatives.is_empty() {
            return Ok(is_for(&self.hostname));
        }
        let uris = uris(presented)?;
        Ok(self.alternatives.iter().any(|wanted| match wanted.r#type.as_str() {
            "Hostname" if !self.faults.has(faults::HOSTNAME_ALT_NAMES_UNSUPPORTED) => {
                ServerName::try_from(wanted.hostname.as_str()).is_ok_and(|name| is_for(&name))
            }
            "URI" if !self.faults.has(faults::URI_ALT_NAMES_UNSUPPORTED) => {
                uris.contains(&wanted.uri)
            }
            _ => false,
        }))
    }
}

/// The URIs among the subject alternative names of a certificate.
fn uris(certificate: &CertificateDer<'_>) -> Result<Vec<String>, Error> {
    let unreadable = || Error::InvalidCertificate(CertificateError::BadEncoding);
    let (_, certificate) = X509Certificate::from_der(certificate).map_err(|_| unreadable())?;
    let names = certificate.subject_alternative_name().map_err(|_| unreadable())?;
    let names = names.iter().flat_map(|names| &names.value.general_names);
    let uris = names.filter_map(|name| match name {
        GeneralName::URI(uri) => Some((*uri).to_owned()),
        _ => None,
    });
    Ok(uris.collect())
}

impl ServerCertVerifier for BackendVerifier {
    fn verify_server_cert(
        &self,
        presented: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(authorities) = &self.authorities {
            verify_server_cert_signed_by_trust_anchor(
                &ParsedCertificate::try_from(presented)?,
                authorities,
                intermediates,
                now,
                self.algorithms.all,
            )?;
        }
        if self.has_name(presented)? {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::NotValidForName.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{
        BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, Issuer, KeyPair, SanType,
    };

    use super::*;

    const URI: &str = "spiffe://a.example/id";

    fn authority() -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        CertifiedIssuer::self_signed(params, key).expect("a certificate can be made")
    }

    /// A certificate for `a.example` and the URI.
    fn leaf(issuer: &Issuer<'_, KeyPair>) -> CertificateDer<'static> {
        let mut params =
            CertificateParams::new(["a.example".to_owned()]).expect("the name is valid");
        params.subject_alt_names.push(SanType::URI(URI.try_into().expect("the URI is valid")));
        let key = KeyPair::generate().expect("a key can be made");
        params.signed_by(&key, issuer).expect("a certificate can be made").der().clone()
    }

    fn passes(
        certificate: &CertificateDer<'_>,
        authority: &CertifiedIssuer<'_, KeyPair>,
        hostname: &str,
        alternatives: &[(&str, &str)],
    ) -> bool {
        let mut authorities = RootCertStore::empty();
        authorities.add(authority.der().clone()).expect("it is an authority's");
        let alternative = |(kind, name): &(&str, &str)| SubjectAltName {
            r#type: (*kind).to_owned(),
            hostname: (*name).to_owned(),
            uri: (*name).to_owned(),
        };
        let hostname = ServerName::try_from(hostname.to_owned()).expect("a name");
        let verifier = BackendVerifier {
            authorities: Some(Arc::new(authorities)),
            hostname: hostname.clone(),
            alternatives: alternatives.iter().map(alternative).collect(),
            algorithms: aws_lc_rs::default_provider().signature_verification_algorithms,
            faults: Faults::default(),
        };
        verifier.verify_server_cert(certificate, &[], &hostname, &[], UnixTime::now()).is_ok()
    }

    #[test]
    fn a_certificate_passes_by_its_authority_and_its_name() {
        let (own, other) = (authority(), authority());
        let leaf = leaf(&own);
        assert!(passes(&leaf, &own, "a.example", &[]));
        assert!(!passes(&leaf, &other, "a.example", &[]), "another authority of the same name");
        assert!(!passes(&leaf, &own, "b.example", &[]));
    }

    #[test]
    fn alternative_names_count_in_place_of_the_hostname() {
        let own = authority();
        let leaf = leaf(&own);
        for (hostname, alternatives, expected) in [
            ("b.example", &[("Hostname", "a.example")][..], true),
            ("a.example", &[("Hostname", "b.example")], false),
            ("a.example", &[("URI", URI)], true),
            ("a.example", &[("URI", "spiffe://a.example/other")], false),
            ("a.example", &[("URI", "a.example")], false),
            ("a.example", &[("URI", "spiffe://b.example/id"), ("Hostname", "a.example")], true),
        ] {
            assert_eq!(passes(&leaf, &own, hostname, alternatives), expected, "{alternatives:?}");
        }
    }
}
