//! What a test reads of the certificates that its fixtures hold.

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use cluster::{
    Kind,
    certificates::{CA_CRT, TLS_CRT, TLS_KEY},
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

    /// An entry of a ConfigMap, or of a Secret, where it is encoded.
    async fn entry(&self, kind: Kind, name: &str, entry: &str) -> Verdict<String> {
        let key = self.key(kind, INFRA, name);
        let object = self.read(&key).await?;
        let text = object.data["data"][entry].as_str();
        let text = match kind {
            Kind::Secret => text
                .and_then(|encoded| BASE64.decode(encoded).ok())
                .and_then(|bytes| String::from_utf8(bytes).ok()),
            _ => text.map(str::to_owned),
        };
        text.ok_or_else(|| JudgeError::new(format!("{key} has no {entry}")).into())
    }
}
