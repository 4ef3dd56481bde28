//! Matches of a rule: compiled from the route, tried against requests, ordered by precedence.

use std::cmp::Reverse;

use http::{HeaderMap, HeaderName, Method};
use regex::Regex;

use super::grpc_method::MethodMatch;
use super::hostname::Hostname;
use super::objects::Object;
use super::route::{self, Match, NamedMatch, Route};
use super::value_pattern::{ValuePattern, whole};
use crate::faults::{self, Faults};

/// What of a request decides where it goes.
#[derive(Debug)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The host in lower case, without port.
    pub host: &'a str,
    /// The path, as it came.
    pub path: &'a str,
    /// The query, as it came, without the question mark.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The head as it came; empty where no fault asks how names were spelled.
    pub raw: &'a [u8],
}

impl RequestHead<'_> {
    /// Whether a line of the head begins with this name in exactly this case.
    fn spells(&self, name: &str) -> bool {
        let mut lines = self.raw.split(|byte| *byte == b'\n');
        lines.any(|line| {
            line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b":"))
        })
    }
}

/// A compiled match: all that it holds must fit the request.
#[derive(Debug, Clone)]
pub struct RequestMatch {
    path: PathMatch,
    method: Option<Method>,
    headers: Vec<HeaderMatch>,
    query: Vec<(String, ValuePattern)>,
}

#[derive(Debug, Clone)]
struct HeaderMatch {
    name: HeaderName,
    /// The name as the route gives it.
    spelled: String,
    value: ValuePattern,
}

#[derive(Debug, Clone)]
enum PathMatch {
    Exact(String),
    /// Without the trailing slash, which does not count: the prefix `/` is empty here.
    Prefix(String),
    Regex(Regex),
    /// The method of a call in gRPC, which its path names.
    Call(MethodMatch),
}

impl RequestMatch {
    /// Compiles a match. The error says which value is not supported, and why.
    pub fn compile(source: &Match) -> Result<Self, String> {
        let method = match &source.method {
            None | Some(route::Method::Grpc(_)) => None,
            Some(route::Method::Http(name)) => Some(
                Method::from_bytes(name.as_bytes())
                    .map_err(|_| format!("`{name}` is not an HTTP method"))?,
            ),
        };
        let header = |header: &NamedMatch| {
            let name = HeaderName::from_bytes(header.name.as_bytes())
                .map_err(|_| format!("`{}` is not a header's name", header.name))?;
            let spelled = header.name.clone();
            Ok::<_, String>(HeaderMatch { name, spelled, value: pattern(header)? })
        };
        let query = |param: &NamedMatch| Ok::<_, String>((param.name.clone(), pattern(param)?));
        Ok(Self {
            path: PathMatch::compile(source)?,
            method,
            headers: source.headers.iter().map(header).collect::<Result<_, _>>()?,
            query: source.query_params.iter().map(query).collect::<Result<_, _>>()?,
        })
    }

    /// The matches of a rule in one, which requires all of them.
    pub fn all(matches: Vec<Self>) -> Vec<Self> {
        matches
            .into_iter()
            .reduce(|mut sum, next| {
                sum.headers.extend(next.headers);
                sum.query.extend(next.query);
                if next.path.precedence(&Faults::default())
                    < sum.path.precedence(&Faults::default())
                {
                    sum.path = next.path;
                }
                sum.method = sum.method.or(next.method);
                sum
            })
            .into_iter()
            .collect()
    }

    /// Whether the request fits.
    pub fn matches(&self, request: &RequestHead<'_>, faults: &Faults) -> bool {
        self.path.matches(request.path, faults)
            && self.method_matches(request, faults)
            && self.headers_match(request, faults)
            && self.query_matches(request, faults)
    }

    /// The names of the headers that the match looks at.
    pub fn header_names(&self) -> impl Iterator<Item = &HeaderName> {
        self.headers.iter().map(|header| &header.name)
    }

    /// The part of `path` that a prefix match stands for, for `ReplacePrefixMatch`.
    pub fn matched_prefix(&self) -> Option<&str> {
        match &self.path {
            PathMatch::Prefix(prefix) => Some(prefix),
            PathMatch::Exact(_) | PathMatch::Regex(_) | PathMatch::Call(_) => None,
        }
    }

    fn method_matches(&self, request: &RequestHead<'_>, faults: &Faults) -> bool {
        let as_get = request.method == Method::HEAD && faults.has(faults::GET_MATCHES_HEAD);
        let asked = if as_get { &Method::GET } else { request.method };
        faults.has(faults::METHOD_IGNORED) || self.method.as_ref().is_none_or(|it| it == asked)
    }

    fn query_matches(&self, request: &RequestHead<'_>, faults: &Faults) -> bool {
        let fits = |(name, pattern): &(String, ValuePattern)| {
            // The first value counts where a parameter is repeated.
            let mut given = url::form_urlencoded::parse(request.query.as_bytes());
            let any_case = faults.has(faults::QUERY_CASE_IGNORED);
            let named =
                |given: &str| given == name || (any_case && given.eq_ignore_ascii_case(name));
            let begins_so = |value: &str| {
                faults.has(faults::QUERY_VALUE_MATCHES_PREFIX)
                    && value.char_indices().any(|(end, _)| pattern.matches(&value[..end]))
            };
            given.find(|(given, _)| named(given)).is_some_and(|(_, value)| {
                pattern.matches(&value)
                    || begins_so(&value)
                    || (any_case && pattern.matches(&value.to_lowercase()))
            })
        };
        let mut patterns = self.query.iter();
        if faults.has(faults::QUERY_PARAMS_ARE_ORED) && !self.query.is_empty() {
            return patterns.any(fits);
        }
        faults.has(faults::QUERY_PARAMS_IGNORED) || patterns.all(fits)
    }

    fn headers_match(&self, request: &RequestHead<'_>, faults: &Faults) -> bool {
        let mut patterns = self.headers.iter();
        let fits = |HeaderMatch { name, spelled, value: pattern }: &HeaderMatch| {
            let values = request.headers.get_all(name).iter();
            let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
            let fits = |value: &String| {
                pattern.matches(value) || faults.has(faults::HEADER_VALUES_IGNORED)
            };
            let named = !faults.has(faults::HEADER_NAME_CASE_COMPARED) || request.spells(spelled);
            !values.is_empty() && named && fits(&values.join(","))
        };
        if faults.has(faults::HEADER_MATCHES_ARE_ORED) && !self.headers.is_empty() {
            return patterns.any(fits);
        }
        patterns.all(fits)
    }
}

impl PathMatch {
    fn compile(source: &Match) -> Result<Self, String> {
        if let Some(route::Method::Grpc(method)) = &source.method {
            return MethodMatch::compile(method).map(Self::Call);
        }
        let path = source.path.clone().unwrap_or_default();
        let value = path.value.unwrap_or_else(|| "/".to_owned());
        match path.r#type.as_deref() {
            None | Some("PathPrefix") => {
                Ok(Self::Prefix(value.strip_suffix('/').unwrap_or(&value).to_owned()))
            }
            Some("Exact") => Ok(Self::Exact(value)),
            Some("RegularExpression") => whole(&value).map(Self::Regex),
            Some(other) => Err(format!("path matches of type `{other}` are not supported")),
        }
    }

    fn matches(&self, path: &str, faults: &Faults) -> bool {
        match self {
            Self::Exact(exact) => {
                path == exact
                    || (faults.has(faults::PATH_MATCH_IGNORES_CASE)
                        && path.eq_ignore_ascii_case(exact))
                    || (faults.has(faults::EXACT_PATH_IGNORES_TRAILING_SLASH)
                        && path.trim_end_matches('/') == exact)
                    || (faults.has(faults::EXACT_PATH_MATCHES_PREFIX)
                        && is_element_prefix(exact, path))
            }
            Self::Prefix(prefix) if faults.has(faults::PATH_PREFIX_MATCHES_SUBSTRING) => {
                path.starts_with(prefix.as_str())
            }
            Self::Prefix(prefix) => {
                let only_slash_follows = path.strip_prefix(prefix.as_str()) == Some("/");
                is_element_prefix(prefix, path)
                    && !(faults.has(faults::PATH_PREFIX_REFUSES_TRAILING_SLASH)
                        && !prefix.is_empty()
                        && only_slash_follows)
            }
            Self::Regex(regex) => regex.is_match(path),
            Self::Call(method) => method.matches(path, faults),
        }
    }

    /// Less goes first: exact, then the longest prefix. Where regular expressions stand is left to
    /// implementations; here behind exact ones, and the longer ones first. Of methods in gRPC those go
    /// first that give more characters of the service, then of the method.
    fn precedence(&self, faults: &Faults) -> PathPrecedence {
        let (rank, length) = match self {
            Self::Call(method) => {
                let (service, method) = method.lengths();
                return (0, Reverse(service), Reverse(method));
            }
            Self::Exact(path) if faults.has(faults::PATH_PREFIX_BEATS_EXACT_PATH) => {
                (3, path.len())
            }
            Self::Exact(path) => (0, path.len()),
            Self::Regex(regex) => (1, regex.as_str().len()),
            Self::Prefix(prefix) if faults.has(faults::SHORTEST_PATH_PREFIX_WINS) => {
                (2, usize::MAX - prefix.len())
            }
            Self::Prefix(prefix) => (2, prefix.len()),
        };
        (rank, Reverse(length), Reverse(0))
    }
}

/// A rank, and lengths within it, of which the greater goes first.
type PathPrecedence = (u8, Reverse<usize>, Reverse<usize>);

/// Before every path.
const FIRST: PathPrecedence = (0, Reverse(usize::MAX), Reverse(usize::MAX));

/// Whether `prefix` (without trailing slash) is `path` or ends in it where an element ends.
fn is_element_prefix(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn pattern(source: &NamedMatch) -> Result<ValuePattern, String> {
    ValuePattern::compile(source.r#type.as_deref(), &source.value)
}

/// Where a match stands among all that fit a request; the least wins.
///
/// The fields are compared in this order: the route's hostname, then what the specification says of
/// `HTTPRouteRule.matches`: path (of a `GRPCRoute` service and method), method, number of headers, number of query parameters, the oldest
/// route, its namespace and name, and the order of the rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Precedence {
    hostname: Reverse<(u8, usize)>,
    path: PathPrecedence,
    without_method: bool,
    headers: Reverse<usize>,
    query: Reverse<usize>,
    created: String,
    route: super::objects::Key,
    rule: usize,
}

impl Precedence {
    /// The precedence of a match of the `rule`th rule of `route`, under one of its hostnames.
    pub fn new(
        hostname: &Hostname,
        matched: &RequestMatch,
        route: &Object<Route>,
        rule: usize,
        faults: &Faults,
    ) -> Self {
        let headers =
            if faults.has(faults::HEADER_COUNT_IGNORED) { 0 } else { matched.headers.len() };
        let query = if faults.has(faults::QUERY_COUNT_IGNORED) { 0 } else { matched.query.len() };
        let without_method = matched.method.is_none();
        let before_path = (!without_method && faults.has(faults::METHOD_BEATS_PATH))
            || (query > 0 && faults.has(faults::QUERY_BEATS_PATH));
        let before_headers = query > 0 && faults.has(faults::QUERY_BEATS_HEADERS);
        let rule = if faults.has(faults::RULE_ORDER_REVERSED) { usize::MAX - rule } else { rule };
        Self {
            hostname: Reverse(hostname.specificity()),
            path: if before_path { FIRST } else { matched.path.precedence(faults) },
            without_method: without_method && !faults.has(faults::HEADERS_BEAT_METHOD),
            headers: Reverse(if before_headers { usize::MAX } else { headers }),
            query: Reverse(query),
            created: route.metadata.creation_timestamp.clone(),
            route: route.key(),
            rule,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(source: &str, path: &str, headers: &[(&str, &str)]) -> bool {
        let source: Match = serde_yaml::from_str(source).expect("the match is YAML");
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
            .collect::<HeaderMap>();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = RequestHead {
            method: &Method::GET,
            host: "a.com",
            path,
            query,
            headers: &headers,
            raw: &[],
        };
        let compiled = RequestMatch::compile(&source).expect("the match is supported");
        compiled.matches(&request, &Faults::default())
    }

    #[test]
    fn paths() {
        for (source, path, expected) in [
            ("path: {type: Exact, value: /one}", "/one", true),
            ("path: {type: Exact, value: /one}", "/one/", false),
            ("path: {type: Exact, value: /one}", "/One", false),
            ("path: {type: Exact, value: /one}", "/one/example", false),
            ("path: {value: /v2}", "/v2", true),
            ("path: {value: /v2}", "/v2/", true),
            ("path: {value: /v2}", "/v2/example", true),
            ("path: {value: /v2}", "/v2example", false),
            ("path: {value: /v2}", "/foo/v2", false),
            ("path: {value: /v2/}", "/v2", true),
            ("path: {value: /v2/}", "/v2/any", true),
            ("{}", "/anything", true),
            ("path: {type: RegularExpression, value: '/v[0-9]+'}", "/v12", true),
            ("path: {type: RegularExpression, value: '/v[0-9]+'}", "/v12/x", false),
        ] {
            assert_eq!(fits(source, path, &[]), expected, "{source} on {path}");
        }
    }

    #[test]
    fn headers_methods_and_query_parameters() {
        let both = "headers: [{name: version, value: two}, {name: color, value: blue}]";
        assert!(fits(both, "/", &[("Version", "two"), ("Color", "blue")]));
        assert!(!fits(both, "/", &[("Version", "two")]));
        assert!(!fits(both, "/", &[("Version", "two"), ("Color", "bluer")]));
        assert!(!fits("method: POST", "/", &[]));
        let animal = "queryParams: [{name: animal, value: whale}]";
        assert!(fits(animal, "/?other=1&animal=whale", &[]));
        assert!(!fits(animal, "/?animal=whaledolphin", &[]));
        assert!(!fits(animal, "/?ANIMAL=whale", &[]));
    }

    #[test]
    fn a_fault_compares_names_of_headers_as_they_are_spelled() {
        let source: Match = serde_yaml::from_str("headers: [{name: version, value: two}]").unwrap();
        let compiled = RequestMatch::compile(&source).unwrap();
        let faults = [faults::HEADER_NAME_CASE_COMPARED].into_iter().collect();
        let headers = HeaderMap::from_iter([("version".parse().unwrap(), "two".parse().unwrap())]);
        let fits = |raw: &str, faults: &Faults| {
            let head = RequestHead {
                method: &Method::GET,
                host: "a.com",
                path: "/",
                query: "",
                headers: &headers,
                raw: raw.as_bytes(),
            };
            compiled.matches(&head, faults)
        };
        let title = "GET / HTTP/1.1\r\nVersion: two\r\n\r\n";
        let lower = "GET / HTTP/1.1\r\nHost: a.com\r\nversion: two\r\n\r\n";
        assert!(fits(title, &Faults::default()) && fits(lower, &faults));
        assert!(!fits(title, &faults));
    }

    #[test]
    fn unsupported_values_are_named() {
        let source =
            Match { method: Some(route::Method::Http("A B".to_owned())), ..Match::default() };
        let error = RequestMatch::compile(&source).expect_err("a method has no space");
        assert!(error.contains("`A B`"), "{error}");
    }
}
