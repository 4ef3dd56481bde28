//! The certificates and authorities that the fixtures refer to, made anew for each run.
//!
//! The Go suite makes them of RSA keys; these are of P-256 keys, which every implementation of TLS
//! takes too. Six RSA keys cost a processor some seconds in a debug build, and a set-up is to cost
//! a tenth of one.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use model::names::{APP, INFRA, Namespaces, WEB};
use serde_json::json;
use thiserror::Error;

use crate::object::{Kind, Object};

mod forge;

use forge::{Authority, Pair, Purpose, leaf};

/// The certificates could not be made.
#[derive(Debug, Error)]
#[error("cannot make the fixtures' certificates: {0}")]
pub struct CertificateError(#[from] rcgen::Error);

/// What a Secret or ConfigMap of the fixtures holds.
#[derive(Debug)]
struct Material {
    kind: Kind,
    namespace: &'static str,
    name: &'static str,
    entries: BTreeMap<&'static str, String>,
}

/// All Secrets and ConfigMaps that the fixtures refer to and no manifest holds.
#[derive(Debug)]
pub struct Materials(Vec<Material>);

/// The entry of a Secret that holds its certificate, and of a ConfigMap that holds its authority's.
pub const TLS_CRT: &str = "tls.crt";
/// The entry of a Secret that holds its private key.
pub const TLS_KEY: &str = "tls.key";
/// The entry of a ConfigMap that holds the certificate of an authority.
pub const CA_CRT: &str = "ca.crt";

impl Materials {
    /// Makes keys, authorities and certificates.
    ///
    /// # Errors
    ///
    /// When the library refuses; nothing that the user could mend.
    pub fn generate() -> Result<Self, CertificateError> {
        Ok(Self(assemble()?))
    }

    /// The objects, in the namespaces as the cluster calls them.
    pub fn objects(&self, namespaces: &Namespaces) -> Vec<Object> {
        self.0.iter().map(|material| material.object(namespaces)).collect()
    }

    /// An entry, in PEM: [`TLS_CRT`] or [`TLS_KEY`] of a Secret, [`CA_CRT`] of a ConfigMap. The
    /// namespace is the one that the manifests write.
    pub fn pem(&self, namespace: &str, name: &str, entry: &str) -> Option<&str> {
        let material = self.0.iter().find(|it| it.namespace == namespace && it.name == name)?;
        material.entries.get(entry).map(String::as_str)
    }
}

/// What there is, and who signs it.
fn assemble() -> Result<Vec<Material>, rcgen::Error> {
    let backend = Authority::new()?;
    let clients = Authority::new()?;
    let clients_of_a_port = Authority::new()?;
    let checks = Authority::new()?;
    let stranger = Authority::new()?;
    let server = |names: &[&str], by: Option<&Authority>| leaf(Purpose::Server, names, by);
    let client = |by| leaf(Purpose::Client, &[], Some(by));
    let passthrough = || server(&["abc.example.com"], Some(&checks));

    Ok(vec![
        secret(WEB, "certificate", server(&["*"], None)?),
        secret(
            INFRA,
            "tls-validity-checks-certificate",
            server(&["*", "*.org", "*.wildcard.org"], None)?,
        ),
        authority(WEB, "web-backend-cm", &backend),
        authority(INFRA, "tls-validity-checks-ca-certificate", &clients),
        secret(INFRA, "tls-validity-checks-client-certificate", client(&clients)?),
        authority(INFRA, "tls-validity-checks-per-port-ca-certificate", &clients_of_a_port),
        secret(
            INFRA,
            "tls-validity-checks-per-port-client-certificate",
            client(&clients_of_a_port)?,
        ),
        authority(INFRA, "tls-checks-ca-certificate", &checks),
        secret(
            INFRA,
            "tls-checks-certificate",
            server(
                &["abc.example.com", "spiffe://abc.example.com/test-identity", "other.example.com"],
                Some(&checks),
            )?,
        ),
        secret(INFRA, "tls-checks-client-certificate", client(&checks)?),
        secret(INFRA, "tls-passthrough-checks-certificate", passthrough()?),
        secret(APP, "tls-passthrough-checks-certificate", passthrough()?),
        secret(
            INFRA,
            "tls-terminate-checks-certificate",
            server(&["tls.example.com"], Some(&checks))?,
        ),
        authority(INFRA, "mismatch-ca-certificate", &stranger),
    ])
}

fn secret(namespace: &'static str, name: &'static str, pair: Pair) -> Material {
    let entries = [(TLS_CRT, pair.certificate), (TLS_KEY, pair.key)].into();
    Material { kind: Kind::Secret, namespace, name, entries }
}

fn authority(namespace: &'static str, name: &'static str, by: &Authority) -> Material {
    let entries = [(CA_CRT, by.certificate())].into();
    Material { kind: Kind::ConfigMap, namespace, name, entries }
}

impl Material {
    fn object(&self, namespaces: &Namespaces) -> Object {
        let namespace = namespaces.in_cluster(self.namespace);
        let object = Object::new(self.name, &self.kind.resource()).within(&namespace);
        object.data(match self.kind {
            Kind::Secret => {
                let encoded: BTreeMap<_, _> =
                    self.entries.iter().map(|(key, pem)| (*key, STANDARD.encode(pem))).collect();
                json!({ "type": "kubernetes.io/tls", "data": encoded })
            }
            _ => json!({ "data": self.entries }),
        })
    }
}

#[cfg(test)]
mod tests;
