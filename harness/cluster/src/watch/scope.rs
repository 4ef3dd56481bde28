//! What a watch is asked for.

use std::fmt;

use kube::runtime::watcher;

use crate::object::Kind;

/// Which objects to watch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Their kind.
    pub kind: Kind,
    /// Their namespace; all if none.
    pub namespace: Option<String>,
    /// A label selector.
    pub labels: Option<String>,
    /// A field selector.
    pub fields: Option<String>,
}

impl Scope {
    /// All objects of a kind.
    pub fn all(kind: Kind) -> Self {
        Self { kind, namespace: None, labels: None, fields: None }
    }

    /// Only those in this namespace.
    pub fn within(self, namespace: impl Into<String>) -> Self {
        Self { namespace: Some(namespace.into()), ..self }
    }

    /// Only those that this label selector chooses.
    pub fn labelled(self, selector: impl Into<String>) -> Self {
        Self { labels: Some(selector.into()), ..self }
    }

    pub(super) fn config(&self) -> watcher::Config {
        watcher::Config {
            label_selector: self.labels.clone(),
            field_selector: self.fields.clone(),
            // One request for the list, whatever its length.
            page_size: None,
            timeout: Some(290),
            ..watcher::Config::default()
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.plural())?;
        if let Some(namespace) = &self.namespace {
            write!(f, " in namespace {namespace}")?;
        }
        for selector in [&self.labels, &self.fields].into_iter().flatten() {
            write!(f, " with {selector}")?;
        }
        Ok(())
    }
}
