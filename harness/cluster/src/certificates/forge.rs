//! Keys and certificates with the fields that the Go suite gives its own.

use std::net::IpAddr;

use pem::Pem;
use pkcs8::PrivateKeyInfoRef;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize, SanType,
    SerialNumber,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::error::CertificateError;

/// What a leaf is for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Server,
    Client,
}

/// A certificate and its key, in PEM.
pub(super) struct Pair {
    pub certificate: String,
    pub key: String,
}

/// Who signs leaves.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// One with a key of its own: all have the same name, so that only their keys tell them apart.
    pub fn new() -> Result<Self, CertificateError> {
        let mut parameters = parameters(
            SerialNumber::from(2024),
            [
                (DnType::OrganizationName, "Kubernetes Gateway API"),
                (DnType::CountryName, "US"),
                (DnType::CommonName, "gatewayapi"),
            ],
        );
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages =
            vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
        parameters.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        Ok(Self(CertifiedIssuer::self_signed(parameters, generate_key()?)?))
    }

    /// Its certificate, in PEM.
    pub fn certificate(&self) -> String {
        self.0.pem()
    }
}

/// A leaf for these names; it signs itself if nobody else does.
pub(super) fn leaf(
    purpose: Purpose,
    names: &[&str],
    by: Option<&Authority>,
) -> Result<Pair, CertificateError> {
    let serial = SerialNumber::from(Uuid::new_v4().as_bytes().to_vec());
    let mut parameters = parameters(
        serial,
        [(DnType::CommonName, "default"), (DnType::OrganizationName, "Acme Co")],
    );
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages =
        vec![KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![match purpose {
        Purpose::Server => ExtendedKeyUsagePurpose::ServerAuth,
        Purpose::Client => ExtendedKeyUsagePurpose::ClientAuth,
    }];
    parameters.subject_alt_names =
        names.iter().copied().map(alternative_name).collect::<Result<_, _>>()?;
    let key = generate_key()?;
    let certificate = match by {
        Some(authority) => parameters.signed_by(&key, &authority.0)?,
        None => parameters.self_signed(&key)?,
    };
    Ok(Pair { certificate: certificate.pem(), key: pkcs1_pem(&key)? })
}

fn generate_key() -> Result<KeyPair, rcgen::Error> {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)
}

/// The key as the Go suite writes it: PKCS #1, which is inside of PKCS #8.
fn pkcs1_pem(key: &KeyPair) -> Result<String, CertificateError> {
    let pkcs8 = key.serialize_der();
    let inner = PrivateKeyInfoRef::try_from(pkcs8.as_slice())?;
    Ok(pem::encode(&Pem::new("RSA PRIVATE KEY", inner.private_key.as_bytes())))
}

/// Valid for a year, from an hour ago: the clocks of the nodes may be behind ours.
fn parameters<const N: usize>(
    serial: SerialNumber,
    subject: [(DnType, &str); N],
) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.serial_number = Some(serial);
    parameters.distinguished_name = DistinguishedName::new();
    for (kind, value) in subject {
        parameters.distinguished_name.push(kind, value);
    }
    let now = OffsetDateTime::now_utc();
    parameters.not_before = now - Duration::HOUR;
    parameters.not_after = now + Duration::days(365);
    parameters
}

/// An address, a name in the DNS (with a wildcard or without), or else a URI. The bare `*` is
/// none of the first two, so it becomes a URI that nothing matches, as in the Go suite.
fn alternative_name(name: &str) -> Result<SanType, rcgen::Error> {
    if let Ok(address) = name.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(address));
    }
    let name_of_host = name.strip_prefix("*.").unwrap_or(name);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
    };
    let name_text = name.try_into()?;
    if name_of_host.split('.').all(is_label) {
        Ok(SanType::DnsName(name_text))
    } else {
        Ok(SanType::URI(name_text))
    }
}
