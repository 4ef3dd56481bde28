//! What a test reads of the certificates that its fixtures hold.

use cluster::{
    Kind,
    certificates::{CA_CRT, TLS_CRT, TLS_KEY, entry},
};
use model::{
    names::INFRA,
    verdict::{JudgeError, Verdict},
};
use probe::Identity;

use crate::verbs::subject::{Subject, judge};

impl Subject {
    /// The certificate (PEM) in a Secret of the infra namespace.
    ///
    /// # Errors
    ///
    /// An error if there is no such Secret, or none in it.
    pub async fn certificate(&self, secret: &str) -> Verdict<Vec<u8>> {
        self.entry(Kind::Secret, secret, TLS_CRT).await.map(String::into_bytes)
    }

    /// The certificate (PEM) of an authority, in a ConfigMap of the infra namespace.
    ///
    /// # Errors
    ///
    /// An error if there is no such ConfigMap, or none in it.
    pub async fn authority(&self, config_map: &str) -> Verdict<String> {
        self.entry(Kind::ConfigMap, config_map, CA_CRT).await
    }

    /// The certificate in a Secret of the infra namespace with its key.
    pub(crate) async fn identity(&self, secret: &str) -> Verdict<Identity> {
        let certificate = self.entry(Kind::Secret, secret, TLS_CRT).await?;
        let key = self.entry(Kind::Secret, secret, TLS_KEY).await?;
        Ok(Identity::from_pem(&certificate, &key).map_err(judge)?)
    }

    /// An entry of a ConfigMap or of a Secret.
    async fn entry(&self, kind: Kind, object: &str, name: &str) -> Verdict<String> {
        let key = self.key(kind, INFRA, object);
        let text = entry(kind, &self.read(&key).await?, name);
        text.ok_or_else(|| JudgeError::new(format!("{key} has no {name}")).into())
    }
}
