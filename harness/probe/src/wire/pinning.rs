//! Trust in exactly the certificates that a listener may show: the Gateway's, or those of backends to which it hands
//! sessions on.
//!
//! The certificate of an HTTPS listener in the base environment signs itself, is no authority's,
//! and names `*.org`. Each of the three is refused by the usual verifier for the web, so this one
//! follows what Go's does: a certificate that is itself among the roots is trusted; a wildcard
//! stands for one label, whatever follows it.

use std::{net::IpAddr, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor,
    },
    crypto::{
        WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
    },
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use thiserror::Error;
use x509_parser::{
    certificate::X509Certificate,
    extensions::GeneralName,
    prelude::{FromDer, X509Error},
};

use crate::wire::error::ProbeError;

/// Why a certificate was not accepted.
#[derive(Debug, Error)]
enum Refusal {
    #[error("the certificate presented is not one that is expected here (it names {0})")]
    Unknown(String),
    #[error("the certificate presented is not for {0} (it names {1})")]
    Name(String, String),
    #[error("the certificate presented is not valid yet")]
    Early,
    #[error("the certificate presented has expired")]
    Expired,
    #[error("the certificate presented is not for servers")]
    Purpose,
    #[error("the certificate presented cannot be read: {0}")]
    Unreadable(String),
}

impl From<Refusal> for rustls::Error {
    fn from(refusal: Refusal) -> Self {
        CertificateError::Other(OtherError(Arc::new(refusal))).into()
    }
}

/// How to speak TLS to a listener that may show these PEM certificates, or one that one of them
/// signed; without any nobody is trusted. Without ALPN unless that is added, and without resumption, so that
/// each probe sees a whole handshake.
pub(crate) fn client_config(roots_pem: &[u8]) -> Result<ClientConfig, ProbeError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Pinned::new(roots_pem, provider.signature_verification_algorithms)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ProbeError::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

#[derive(Debug)]
struct Pinned {
    certificates: Vec<CertificateDer<'static>>,
    authorities: RootCertStore,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Pinned {
    fn new(roots_pem: &[u8], algorithms: WebPkiSupportedAlgorithms) -> Result<Self, ProbeError> {
        let unusable = |reason: String| {
            ProbeError::Unsendable(format!("the certificates to trust are unusable: {reason}"))
        };
        let certificates = CertificateDer::pem_slice_iter(roots_pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| unusable(error.to_string()))?;
        if certificates.is_empty() && !roots_pem.is_empty() {
            return Err(unusable("there is none in the PEM text".to_owned()));
        }
        let mut authorities = RootCertStore::empty();
        for certificate in &certificates {
            let parsed = parse(certificate).map_err(|error| unusable(error.to_string()))?;
            if parsed.is_ca() {
                let added = authorities.add(certificate.clone());
                added.map_err(|error| unusable(error.to_string()))?;
            }
        }
        Ok(Self { certificates, authorities, algorithms })
    }

    fn trust(
        &self,
        presented: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        let certificate = parse(presented)?;
        if self.certificates.contains(presented) {
            return Ok(usable_now(&certificate, now)?);
        }
        let chain = verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(presented)?,
            &self.authorities,
            intermediates,
            now,
            self.algorithms.all,
        );
        match chain {
            Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
                Err(Refusal::Unknown(Names::of(&certificate)?.to_string()).into())
            }
            verdict => verdict,
        }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        presented: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.trust(presented, intermediates, now)?;
        let certificate = parse(presented)?;
        let names = Names::of(&certificate)?;
        if !names.include(server_name) {
            let server_name = server_name.to_str().into_owned();
            return Err(Refusal::Name(server_name, names.to_string()).into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, Refusal> {
    match X509Certificate::from_der(certificate) {
        Ok((_, certificate)) => Ok(certificate),
        Err(error) => Err(Refusal::Unreadable(error.to_string())),
    }
}

/// What makes a trusted certificate unusable all the same: its dates and its purpose.
fn usable_now(certificate: &X509Certificate<'_>, now: UnixTime) -> Result<(), Refusal> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let validity = certificate.validity();
    if now < validity.not_before.timestamp() {
        return Err(Refusal::Early);
    }
    if now > validity.not_after.timestamp() {
        return Err(Refusal::Expired);
    }
    let usage = certificate.extended_key_usage()?;
    if usage.is_some_and(|usage| !usage.value.any && !usage.value.server_auth) {
        return Err(Refusal::Purpose);
    }
    Ok(())
}

impl From<X509Error> for Refusal {
    fn from(error: X509Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// A session in a line, for a transcript: its version, what was agreed to be spoken, and for whom each certificate is that was
/// shown, and by whom it is signed.
pub(crate) fn described(session: &rustls::CommonState) -> String {
    let version = session.protocol_version().map(|version| format!("{version:?}"));
    let spoken = session.alpn_protocol().map(|it| String::from_utf8_lossy(it).into_owned());
    let shown = session.peer_certificates().into_iter().flatten().map(|certificate| {
        let told = parse(certificate).and_then(|parsed| {
            Ok(format!("certificate for {}, signed by {}", Names::of(&parsed)?, parsed.issuer()))
        });
        told.unwrap_or_else(|refusal| refusal.to_string())
    });
    let parts: Vec<_> = version.into_iter().chain(spoken).chain(shown).collect();
    parts.join("; ")
}

/// The subject alternative names of a certificate that a server can be called by.
struct Names<'a> {
    dns: Vec<&'a str>,
    ip: Vec<IpAddr>,
}

impl<'a> Names<'a> {
    fn of(certificate: &'a X509Certificate<'_>) -> Result<Self, Refusal> {
        let mut names = Self { dns: Vec::new(), ip: Vec::new() };
        if let Some(alternatives) = certificate.subject_alternative_name()? {
            for name in &alternatives.value.general_names {
                match name {
                    GeneralName::DNSName(name) => names.dns.push(name),
                    GeneralName::IPAddress(octets) => names.ip.extend(ip(octets)),
                    _ => {}
                }
            }
        }
        Ok(names)
    }

    fn include(&self, server: &ServerName<'_>) -> bool {
        match server {
            ServerName::DnsName(name) => {
                self.dns.iter().any(|pattern| stands_for(pattern, name.as_ref()))
            }
            ServerName::IpAddress(address) => self.ip.contains(&IpAddr::from(*address)),
            _ => false,
        }
    }
}

impl std::fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut names = self.dns.iter().map(ToString::to_string).collect::<Vec<_>>();
        names.extend(self.ip.iter().map(ToString::to_string));
        if names.is_empty() { f.write_str("no host") } else { f.write_str(&names.join(", ")) }
    }
}

fn ip(octets: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(octets)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from))
        .ok()
}

/// Whether a DNS name of a certificate, which may begin with a wildcard label, is that of a host.
fn stands_for(pattern: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    match pattern.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(label, rest)| {
            !label.is_empty() && !rest.is_empty() && rest.eq_ignore_ascii_case(parent)
        }),
        None => pattern.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_label() {
        for (pattern, host, matches) in [
            ("*.org", "example.org", true),
            ("*.org", "EXAMPLE.ORG.", true),
            ("*.org", "org", false),
            ("*.org", "www.example.org", false),
            ("*.wildcard.org", "example.wildcard.org", true),
            ("*.wildcard.org", "wildcard.org", false),
            ("example.org", "example.org", true),
            ("example.org", "an-example.org", false),
            ("*", "example", false),
            ("*.", "example.", false),
            ("ex*.org", "example.org", false),
        ] {
            assert_eq!(stands_for(pattern, host), matches, "{pattern} for {host}");
        }
    }
}
