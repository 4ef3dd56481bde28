//! Hostnames of listeners and routes: what they match, and which of two is more specific.

use crate::faults::{self, Faults};

/// A hostname as listeners and routes give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hostname {
    /// None was given: every host.
    Any,
    /// `*.example.com`: hosts with one or more labels before the suffix, kept as `.example.com`.
    Wildcard(String),
    /// One host, in lower case.
    Exact(String),
}

impl Hostname {
    /// Parses a hostname; the empty one is as good as none.
    pub fn parse(hostname: Option<&str>) -> Self {
        match hostname.map(str::to_ascii_lowercase) {
            None => Self::Any,
            Some(name) if name.is_empty() => Self::Any,
            Some(name) => match name.strip_prefix('*') {
                Some(suffix) => Self::Wildcard(suffix.to_owned()),
                None => Self::Exact(name),
            },
        }
    }

    /// Whether `host` (lower case, without port) is one of these.
    pub fn matches(&self, host: &str, faults: &Faults) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(name) => name == host,
            Self::Wildcard(suffix) => match host.strip_suffix(suffix.as_str()) {
                Some(labels) if faults.has(faults::WILDCARD_HOSTNAME_MATCHES_ONE_LABEL) => {
                    !labels.is_empty() && !labels.contains('.')
                }
                Some(labels) => !labels.is_empty(),
                None => {
                    faults.has(faults::WILDCARD_HOSTNAME_MATCHES_APEX)
                        && suffix.strip_prefix('.') == Some(host)
                }
            },
        }
    }

    /// Whether some host is matched by both.
    pub fn intersects(&self, other: &Self, faults: &Faults) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Exact(host), pattern) | (pattern, Self::Exact(host)) => {
                pattern.matches(host, faults)
            }
            (Self::Wildcard(one), Self::Wildcard(two)) => one.ends_with(two) || two.ends_with(one),
        }
    }

    /// Greater is more specific: exact, then the wildcard of more characters, then none.
    pub fn specificity(&self) -> (u8, usize) {
        match self {
            Self::Any => (0, 0),
            Self::Wildcard(suffix) => (1, suffix.len()),
            Self::Exact(name) => (2, name.len()),
        }
    }
}

impl std::fmt::Display for Hostname {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("any host"),
            Self::Wildcard(suffix) => write!(f, "*{suffix}"),
            Self::Exact(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_one_or_more_labels_and_not_the_apex() {
        let healthy = Faults::default();
        let wildcard = Hostname::parse(Some("*.Example.com"));
        for (host, expected) in [
            ("a.example.com", true),
            ("a.b.example.com", true),
            ("example.com", false),
            ("badexample.com", false),
            ("a.example.org", false),
        ] {
            assert_eq!(wildcard.matches(host, &healthy), expected, "{host}");
        }
    }

    #[test]
    fn intersections_of_listener_and_route_hostnames() {
        let healthy = Faults::default();
        for (listener, route, expected) in [
            (Some("very.specific.com"), Some("*.specific.com"), true),
            (Some("*.wildcard.io"), Some("foo.bar.wildcard.io"), true),
            (Some("*.wildcard.io"), Some("wildcard.io"), false),
            (Some("*.wildcard.io"), Some("*.foo.wildcard.io"), true),
            (Some("*.com"), Some("*.org"), false),
            (Some("a.com"), Some("b.com"), false),
            (None, Some("b.com"), true),
            (Some("a.com"), None, true),
        ] {
            let (listener, route) = (Hostname::parse(listener), Hostname::parse(route));
            assert_eq!(listener.intersects(&route, &healthy), expected, "{listener} and {route}");
            assert_eq!(route.intersects(&listener, &healthy), expected, "{route} and {listener}");
        }
    }

    #[test]
    fn exact_is_more_specific_than_any_wildcard_and_longer_wildcards_than_shorter() {
        let ordered = [None, Some("*.com"), Some("*.foo.com"), Some("a.foo.com")]
            .map(|hostname| Hostname::parse(hostname).specificity());
        assert!(ordered.is_sorted());
    }
}
