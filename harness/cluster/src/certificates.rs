//! The certificates and authorities that the fixtures refer to, made anew for each run that does not find
//! those of an earlier one.
//!
//! They are of RSA keys with 2048 bits, as in the Go suite: a subject that takes no others, by its build or by
//! a rule such as FIPS, is asked the same here. Such a key takes a processor some 50 ms, so only those are
//! made that a run needs.

use std::collections::{BTreeMap, btree_map::Entry};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use model::names::{APP, INFRA, Namespaces, WEB};
use serde_json::json;

use crate::object::{Key, Kind, Object};

mod error;
mod forge;
mod found;

pub use error::CertificateError;
use forge::{Authority, Pair, Purpose, leaf};
pub use found::entry;

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
    /// Makes keys, authorities and certificates for the objects whose names are wanted.
    ///
    /// # Errors
    ///
    /// When a library refuses; nothing that the user could mend.
    pub fn generate(is_wanted: impl Fn(&str) -> bool) -> Result<Self, CertificateError> {
        Ok(Self(assemble(is_wanted)?))
    }

    /// The run that made the objects whose names are wanted, if all of them are among these, are of one run
    /// and are valid for a day.
    ///
    /// The key of an authority is in no cluster: what one run made and another one signed could not agree.
    pub fn maker<'a>(
        found: &'a [Object],
        is_wanted: impl Fn(&str) -> bool,
        namespaces: &Namespaces,
        now: Timestamp,
    ) -> Option<&'a str> {
        let wanted = ALL.iter().filter(|(_, name, _)| is_wanted(name));
        let wanted = wanted.map(|(namespace, name, content)| {
            let (kind, entries) = content.form();
            (Key::new(kind, Some(&namespaces.in_cluster(namespace)), *name), entries)
        });
        found::maker(wanted, found, now)
    }

    /// The names of all objects that there may be.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ALL.iter().map(|(_, name, _)| *name)
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

/// The content of an object.
enum Content {
    /// A certificate of a server for these names, signed by an authority or by itself.
    Server(&'static [&'static str], Option<Signer>),
    /// A certificate of a client.
    Client(Signer),
    /// An authority's own certificate.
    Authority(Signer),
}

impl Content {
    /// The kind of an object that holds it, and the entries there.
    const fn form(&self) -> (Kind, &'static [&'static str]) {
        match self {
            Self::Server(..) | Self::Client(_) => (Kind::Secret, &[TLS_CRT, TLS_KEY]),
            Self::Authority(_) => (Kind::ConfigMap, &[CA_CRT]),
        }
    }
}

/// The authorities; each has a key of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Signer {
    Backend,
    Clients,
    ClientsOfAPort,
    Checks,
    Stranger,
}

/// What there may be, and who signs it.
const ALL: &[(&str, &str, Content)] = &[
    (WEB, "certificate", Content::Server(&["*"], None)),
    (
        INFRA,
        "tls-validity-checks-certificate",
        Content::Server(&["*", "*.org", "*.wildcard.org"], None),
    ),
    (WEB, "web-backend-cm", Content::Authority(Signer::Backend)),
    (INFRA, "tls-validity-checks-ca-certificate", Content::Authority(Signer::Clients)),
    (INFRA, "tls-validity-checks-client-certificate", Content::Client(Signer::Clients)),
    (
        INFRA,
        "tls-validity-checks-per-port-ca-certificate",
        Content::Authority(Signer::ClientsOfAPort),
    ),
    (
        INFRA,
        "tls-validity-checks-per-port-client-certificate",
        Content::Client(Signer::ClientsOfAPort),
    ),
    (INFRA, "tls-checks-ca-certificate", Content::Authority(Signer::Checks)),
    (
        INFRA,
        "tls-checks-certificate",
        Content::Server(
            &["abc.example.com", "spiffe://abc.example.com/test-identity", "other.example.com"],
            Some(Signer::Checks),
        ),
    ),
    (INFRA, "tls-checks-client-certificate", Content::Client(Signer::Checks)),
    (INFRA, "tls-passthrough-checks-certificate", PASSTHROUGH),
    (APP, "tls-passthrough-checks-certificate", PASSTHROUGH),
    (
        INFRA,
        "tls-terminate-checks-certificate",
        Content::Server(&["tls.example.com"], Some(Signer::Checks)),
    ),
    (INFRA, "mismatch-ca-certificate", Content::Authority(Signer::Stranger)),
];

const PASSTHROUGH: Content = Content::Server(&["abc.example.com"], Some(Signer::Checks));

fn assemble(is_wanted: impl Fn(&str) -> bool) -> Result<Vec<Material>, CertificateError> {
    let mut authorities = BTreeMap::new();
    let mut materials = Vec::new();
    for (namespace, name, content) in ALL.iter().filter(|(_, name, _)| is_wanted(name)) {
        let by = match content {
            Content::Server(_, None) => None,
            Content::Server(_, Some(by)) | Content::Client(by) | Content::Authority(by) => {
                Some(match authorities.entry(*by) {
                    Entry::Occupied(known) => &*known.into_mut(),
                    Entry::Vacant(new) => &*new.insert(Authority::new()?),
                })
            }
        };
        materials.push(match (content, by) {
            (Content::Authority(_), Some(by)) => authority(namespace, name, by),
            (Content::Server(names, _), by) => {
                secret(namespace, name, leaf(Purpose::Server, names, by)?)
            }
            (_, by) => secret(namespace, name, leaf(Purpose::Client, &[], by)?),
        });
    }
    Ok(materials)
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
