//! What a user changes of the fixtures so that they fit a cluster: where images come from, what Pods get, patches.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::description::Description;

/// What is changed of the fixtures before they are applied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fixtures {
    /// Before each name of a namespace.
    pub namespace_prefix: String,
    /// Where images come from.
    pub images: Images,
    /// When nodes pull them; as Kubernetes chooses if nothing is said.
    pub pull_policy: Option<PullPolicy>,
    /// What the nodes show to the registry.
    pub pull_secret: Option<PullSecret>,
    /// Changes of any object, in their order.
    pub patches: Vec<Patch>,
}

/// What pod security `restricted` wants of a Pod, which has the rights of nobody.
pub fn restricted_pod() -> Value {
    json!({
        "runAsNonRoot": true,
        "runAsUser": 65532,
        "seccompProfile": { "type": "RuntimeDefault" },
    })
}

/// What it wants of each container.
pub fn restricted_container() -> Value {
    json!({ "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } })
}

/// Where images come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images {
    /// In place of the images that these name.
    pub map: Vec<ImageRule>,
    /// In place of the registry of all others.
    pub registry: Option<String>,
}

/// An image that stands in for another, `FROM=TO`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRule {
    /// As the manifests name it, with its tag or without, which is any tag.
    pub from: String,
    /// The other one; without a tag it has that of the first.
    pub to: String,
}

/// Why a text is no [`ImageRule`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is not IMAGE=IMAGE, such as registry.example/echo:v1=mirror.example/echo:v1")]
pub struct InvalidImageRule(String);

impl FromStr for ImageRule {
    type Err = InvalidImageRule;

    fn from_str(text: &str) -> Result<Self, InvalidImageRule> {
        match text.split_once('=') {
            Some((from, to)) if !from.trim().is_empty() && !to.trim().is_empty() => {
                Ok(Self { from: from.trim().to_owned(), to: to.trim().to_owned() })
            }
            _ => Err(InvalidImageRule(text.to_owned())),
        }
    }
}

impl ImageRule {
    /// Whether it is about an image of the manifests.
    pub fn is_of(&self, image: &str) -> bool {
        self.from == image || self.from == split_tag(image).0
    }
}

impl Images {
    /// From where the image comes that the manifests call so.
    pub fn resolve(&self, image: &str) -> String {
        let (name, tag) = split_tag(image);
        if let Some(rule) = self.map.iter().find(|rule| rule.is_of(image)) {
            let is_whole = split_tag(&rule.to).1.is_some();
            return match tag.filter(|_| !is_whole) {
                Some(tag) => format!("{}:{tag}", rule.to),
                None => rule.to.clone(),
            };
        }
        match &self.registry {
            Some(registry) => {
                let path = name.split_once('/').map_or(name, |(_, path)| path);
                let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
                format!("{}/{path}{tag}", registry.trim_end_matches('/'))
            }
            None => image.to_owned(),
        }
    }
}

/// An image's name and its tag, or digest, if it has one. The port of a registry is no tag.
fn split_tag(image: &str) -> (&str, Option<&str>) {
    if let Some((name, digest)) = image.split_once('@') {
        return (name, Some(digest));
    }
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (image, None),
    }
}

/// When nodes pull an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of Kubernetes")]
pub enum PullPolicy {
    Always,
    IfNotPresent,
    Never,
}

impl PullPolicy {
    /// As `imagePullPolicy` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

impl FromStr for PullPolicy {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let all = [Self::Always, Self::IfNotPresent, Self::Never];
        let found = all.into_iter().find(|policy| policy.name() == text);
        found.ok_or("write Always, IfNotPresent or Never")
    }
}

/// What nodes show to a registry: the content of a file such as `~/.docker/config.json`.
#[derive(Clone, PartialEq, Eq)]
pub struct PullSecret(pub String);

impl fmt::Debug for PullSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PullSecret(…)")
    }
}

impl PullSecret {
    /// The name of the Secret in each of the fixtures' namespaces.
    pub const NAME: &str = "gateway-conformance-pull-secret";
}

/// A change of the objects that it names.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Which objects: what is not said is any.
    pub target: PatchTarget,
    /// A list of operations (JSON patch, RFC 6902), or a part of an object that is laid over it. There null removes, and
    /// of a list with names, such as containers, items of one name are laid over each other.
    pub patch: Value,
}

/// Which objects are changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchTarget {
    /// Of this kind.
    pub kind: Option<String>,
    /// In this namespace, as the manifests call it.
    pub namespace: Option<String>,
    /// With this name.
    pub name: Option<String>,
}

/// A file of them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Patches(pub Vec<Patch>);

impl Description for Patches {
    fn validate(&self) -> Result<(), String> {
        let is_wrong = |patch: &&Patch| !patch.patch.is_object() && !patch.patch.is_array();
        match self.0.iter().find(is_wrong) {
            Some(patch) => Err(format!("{}: its patch is no list and no object", patch.target)),
            None => Ok(()),
        }
    }
}

impl PatchTarget {
    /// Whether it names this object.
    pub fn is(&self, kind: &str, namespace: Option<&str>, name: &str) -> bool {
        let fits = |wanted: &Option<String>, value: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == value)
        };
        fits(&self.kind, Some(kind))
            && fits(&self.namespace, namespace)
            && fits(&self.name, Some(name))
    }
}

impl fmt::Display for PatchTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any = "*".to_owned();
        let Self { kind, namespace, name } = self;
        let [kind, namespace, name] = [kind, namespace, name].map(|it| it.as_ref().unwrap_or(&any));
        write!(f, "{kind} {namespace}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ECHO: &str = "registry.example/gateway-api/echo-basic:v0.1.0";

    fn images(rules: &[&str], registry: Option<&str>) -> Images {
        let map = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        Images { map, registry: registry.map(str::to_owned) }
    }

    #[test]
    fn an_image_comes_from_where_it_is_said() {
        let resolve = |rules: &[&str], registry| images(rules, registry).resolve(ECHO);
        assert_eq!(resolve(&[], None), ECHO);
        let mirror = Some("10.0.0.1:5000/mirror/");
        assert_eq!(resolve(&[], mirror), "10.0.0.1:5000/mirror/gateway-api/echo-basic:v0.1.0");
        let any_tag = "registry.example/gateway-api/echo-basic=10.0.0.1:5000/echo";
        assert_eq!(resolve(&[any_tag], mirror), "10.0.0.1:5000/echo:v0.1.0");
        let whole = format!("{ECHO}=localhost/echo:test");
        assert_eq!(resolve(&[&whole], None), "localhost/echo:test");
        assert_eq!(resolve(&["registry.example/other=x"], None), ECHO);
        let digest = format!("{ECHO}=localhost/echo@sha256:12");
        assert_eq!(resolve(&[&digest], None), "localhost/echo@sha256:12");
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in ["echo", "=echo", "echo= "] {
            assert!(text.parse::<ImageRule>().is_err(), "{text}");
        }
    }
}
