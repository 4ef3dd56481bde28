//! Requests: what they address and what their parameters say.

use std::collections::HashMap;

use http::request::Parts;
use http::{HeaderMap, header};
use url::form_urlencoded;

use crate::registry::{Subresource, Target};
use crate::resources::Resource;
use crate::served::Served;
use crate::status_error::StatusError;

/// What a path below a group's version leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    pub namespace: String,
    pub plural: String,
    pub name: Option<String>,
    pub subresource: Option<String>,
}

/// The query parameters.
#[derive(Debug, Default)]
pub struct Query {
    values: HashMap<String, String>,
    written: String,
}

impl Query {
    pub fn parse(query: &str) -> Self {
        let values = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { values, written: query.to_owned() }
    }

    /// As it came.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }

    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), "true" | "1")
    }

    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, StatusError> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let unreadable = || StatusError::bad_request(format!("{name}: {text:?} is not a number"));
        text.parse().map(Some).map_err(|_| unreadable())
    }
}

impl Place {
    /// Reads the segments of a path below `/api/v1` or `/apis/GROUP/VERSION`.
    pub fn parse(segments: &[&str]) -> Option<Self> {
        let owned = |text: &&str| (*text).to_owned();
        let (namespace, rest) = match segments {
            // A namespace itself, and what belongs to it alone.
            ["namespaces"] | ["namespaces", _] | ["namespaces", _, "status" | "finalize"] => {
                ("", segments)
            }
            ["namespaces", namespace, rest @ ..] => (*namespace, rest),
            rest => ("", rest),
        };
        if rest.len() > 3 || segments.iter().any(|segment| segment.is_empty()) {
            return None;
        }
        Some(Self {
            namespace: namespace.to_owned(),
            plural: rest.first().map(owned)?,
            name: rest.get(1).map(owned),
            subresource: rest.get(2).map(owned),
        })
    }
}

/// A request for objects.
#[derive(Debug)]
pub struct ObjectRequest {
    pub resource: &'static Resource,
    pub version: &'static str,
    pub namespace: String,
    pub name: Option<String>,
    pub subresource: Option<String>,
    pub query: Query,
    pub accept: String,
    pub content_type: String,
    user_agent: String,
}

impl ObjectRequest {
    /// Reads a request for what lies below a group's version.
    pub fn parse(
        served: &Served,
        group: &str,
        version: &str,
        segments: &[&str],
        parts: &Parts,
    ) -> Result<Self, StatusError> {
        let place = Place::parse(segments).ok_or_else(StatusError::unknown_path)?;
        let (resource, version) =
            served.find(group, version, &place.plural).ok_or_else(StatusError::unknown_path)?;
        if !(resource.namespaced || place.namespace.is_empty()) {
            return Err(StatusError::unknown_path());
        }
        let known = |name: &String| resource.subresources().contains(&name.as_str());
        if place.subresource.as_ref().is_some_and(|name| !known(name)) {
            return Err(StatusError::unknown_path());
        }
        let content_type = header_text(&parts.headers, &header::CONTENT_TYPE);
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        Ok(Self {
            resource,
            version,
            namespace: place.namespace,
            name: place.name,
            subresource: place.subresource,
            query: Query::parse(parts.uri.query().unwrap_or_default()),
            accept: header_text(&parts.headers, &header::ACCEPT),
            content_type,
            user_agent: header_text(&parts.headers, &header::USER_AGENT),
        })
    }

    /// What a write is directed at.
    pub fn target(&self) -> Target {
        let subresource = match self.subresource.as_deref() {
            Some("status") => Subresource::Status,
            Some("finalize") => Subresource::Finalize,
            _ => Subresource::Main,
        };
        Target {
            resource: self.resource,
            version: self.version,
            namespace: self.namespace.clone(),
            subresource,
            manager: self.manager(),
            dry_run: self.query.text("dryRun") == "All",
        }
    }

    /// The field manager: the one named, or the program's name.
    fn manager(&self) -> String {
        let named = self.query.text("fieldManager");
        let program = self.user_agent.split('/').next().unwrap_or_default();
        let manager = if named.is_empty() { program } else { named };
        if manager.is_empty() { "unknown".to_owned() } else { manager.to_owned() }
    }
}

/// A header as text, several of a name joined with commas.
pub fn header_text(headers: &HeaderMap, name: &header::HeaderName) -> String {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let place = |path: &str| {
            let segments: Vec<&str> = path.split('/').collect();
            let place = Place::parse(&segments)?;
            let text = |part: Option<String>| part.unwrap_or_default();
            Some([place.namespace, place.plural, text(place.name), text(place.subresource)])
        };
        let known = [
            ("pods", ["", "pods", "", ""]),
            ("namespaces/n", ["", "namespaces", "n", ""]),
            ("namespaces/n/finalize", ["", "namespaces", "n", "finalize"]),
            ("namespaces/n/pods", ["n", "pods", "", ""]),
            ("namespaces/n/pods/p/log", ["n", "pods", "p", "log"]),
        ];
        for (path, expected) in known {
            assert_eq!(place(path), Some(expected.map(str::to_owned)), "{path}");
        }
        assert_eq!(place("namespaces/n/pods/p/log/x"), None);
        assert_eq!(place("namespaces//pods"), None);
    }
}
