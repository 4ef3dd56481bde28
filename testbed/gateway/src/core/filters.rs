//! Filters of rules and backendRefs, compiled.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::cors::Cors;
use super::listener_state::Scheme;
use super::route::{Filter, HeaderModifier, PathModifier, RequestRedirect, UrlRewrite};
use crate::faults::{self, Faults};

/// The filters of a rule or of a backendRef.
#[derive(Debug, Default, Clone)]
pub struct Filters {
    /// Changes to the request's headers.
    pub request_headers: HeaderEdit,
    /// Changes to the response's headers.
    pub response_headers: HeaderEdit,
    /// Changes to the request's URL.
    pub rewrite: Option<Rewrite>,
    /// The answer, instead of a backend's.
    pub redirect: Option<Redirect>,
    /// Who may share the answer.
    pub cors: Option<Cors>,
}

impl Filters {
    /// Compiles filters. The error says which is not supported, and why.
    pub fn compile(filters: &[Filter], faults: &Faults) -> Result<Self, String> {
        let mut compiled = Self::default();
        for filter in filters {
            match filter.r#type.as_str() {
                "RequestHeaderModifier" => {
                    compiled.request_headers.add_all(filter.request_header_modifier.as_ref())?;
                }
                "ResponseHeaderModifier" => {
                    compiled.response_headers.add_all(filter.response_header_modifier.as_ref())?;
                }
                "RequestRedirect" => {
                    let redirect = filter.request_redirect.clone().unwrap_or_default();
                    compiled.redirect = Some(Redirect::compile(redirect, faults)?);
                }
                "URLRewrite" => {
                    let rewrite = filter.url_rewrite.clone().unwrap_or_default();
                    compiled.rewrite = Some(Rewrite::compile(rewrite, faults)?);
                }
                // See `mirrors`: they refer to backends.
                "RequestMirror" => {}
                "CORS" => {
                    let cors = filter.cors.clone().unwrap_or_default();
                    compiled.cors = Some(Cors::compile(&cors)?);
                }
                other => return Err(format!("filters of type {other} are not supported")),
            }
        }
        compiled.leave_out(filters, faults);
        Ok(compiled)
    }

    /// Leaves out what a fault does.
    fn leave_out(&mut self, filters: &[Filter], faults: &Faults) {
        let excluded = (self.rewrite.is_some()
            && faults.has(faults::REWRITE_EXCLUDES_HEADER_MODIFIER))
            || (!self.response_headers.is_empty()
                && faults.has(faults::HEADER_MODIFIERS_EXCLUDE_EACH_OTHER))
            || (filters.iter().any(Filter::is_mirror)
                && faults.has(faults::MIRROR_EXCLUDES_HEADER_MODIFIER));
        if excluded {
            self.request_headers = HeaderEdit::default();
        }
        if faults.has(faults::RESPONSE_HEADER_MODIFIER_IGNORED) {
            self.response_headers = HeaderEdit::default();
        }
    }
}

/// Changes to headers.
#[derive(Debug, Default, Clone)]
pub struct HeaderEdit {
    set: Vec<(HeaderName, HeaderValue)>,
    add: Vec<(HeaderName, HeaderValue)>,
    remove: Vec<HeaderName>,
}

impl HeaderEdit {
    fn add_all(&mut self, modifier: Option<&HeaderModifier>) -> Result<(), String> {
        let name = |name: &str| {
            HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("`{name}` is not a header's name"))
        };
        let pair = |header: &super::route::HeaderValue| {
            let value = HeaderValue::from_str(&header.value).map_err(|_| {
                format!("`{}` is not a value of header {}", header.value, header.name)
            })?;
            Ok::<_, String>((name(&header.name)?, value))
        };
        if let Some(modifier) = modifier {
            for header in &modifier.set {
                self.set.push(pair(header)?);
            }
            for header in &modifier.add {
                self.add.push(pair(header)?);
            }
            for header in &modifier.remove {
                self.remove.push(name(header)?);
            }
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.set.is_empty() && self.add.is_empty() && self.remove.is_empty()
    }

    /// Applies the changes.
    pub fn apply(&self, headers: &mut HeaderMap, faults: &Faults) {
        let count = if faults.has(faults::ONLY_FIRST_HEADER_MODIFIED) { 1 } else { usize::MAX };
        for (name, value) in self.set.iter().take(count) {
            if faults.has(faults::HEADER_SET_APPENDS) {
                headers.append(name, value.clone());
            } else {
                headers.insert(name, value.clone());
            }
        }
        for (name, value) in self.add.iter().take(count) {
            if faults.has(faults::HEADER_ADD_OVERWRITES) {
                headers.insert(name, value.clone());
            } else {
                headers.append(name, value.clone());
            }
        }
        if !faults.has(faults::HEADER_REMOVE_IGNORED) {
            for name in self.remove.iter().take(count) {
                headers.remove(name);
            }
        }
    }
}

/// A change of a path.
#[derive(Debug, Clone)]
enum PathChange {
    Full(String),
    /// What stands in place of the matched prefix, without a trailing slash.
    Prefix(String),
}

impl PathChange {
    fn compile(modifier: Option<PathModifier>) -> Result<Option<Self>, String> {
        let Some(modifier) = modifier else { return Ok(None) };
        match modifier.r#type.as_str() {
            "ReplaceFullPath" => {
                Ok(Some(Self::Full(modifier.replace_full_path.unwrap_or_else(|| "/".to_owned()))))
            }
            "ReplacePrefixMatch" => {
                let prefix = modifier.replace_prefix_match.unwrap_or_default();
                Ok(Some(Self::Prefix(prefix.strip_suffix('/').unwrap_or(&prefix).to_owned())))
            }
            other => Err(format!("path modifiers of type {other} are not supported")),
        }
    }

    /// The new path; `matched` is the prefix that the rule matched, without trailing slash.
    fn apply(&self, path: &str, matched: Option<&str>, faults: &Faults) -> String {
        let rest = matched.and_then(|matched| path.strip_prefix(matched)).unwrap_or(path);
        match self {
            Self::Full(full) if faults.has(faults::FULL_PATH_KEEPS_WHAT_FOLLOWS) => {
                format!("{full}{rest}")
            }
            Self::Full(full) => full.clone(),
            Self::Prefix(prefix) => {
                let rest = if faults.has(faults::PREFIX_DROPS_WHAT_FOLLOWS) { "" } else { rest };
                let slash = if faults.has(faults::PREFIX_KEEPS_ITS_TRAILING_SLASH) {
                    prefix.is_empty()
                } else {
                    prefix.is_empty() && rest.is_empty()
                };
                format!("{prefix}{}{rest}", if slash { "/" } else { "" })
            }
        }
    }
}

/// A rewrite of the request's URL.
#[derive(Debug, Clone)]
pub struct Rewrite {
    /// The new Host header.
    pub host: Option<HeaderValue>,
    path: Option<PathChange>,
}

impl Rewrite {
    fn compile(rewrite: UrlRewrite, faults: &Faults) -> Result<Self, String> {
        let hostname = rewrite.hostname.filter(|_| !faults.has(faults::REWRITE_HOSTNAME_IGNORED));
        let host = hostname.map(|hostname| {
            HeaderValue::from_str(&hostname).map_err(|_| format!("`{hostname}` is not a hostname"))
        });
        let path = rewrite.path.filter(|_| !faults.has(faults::REWRITE_PATH_IGNORED));
        Ok(Self { host: host.transpose()?, path: PathChange::compile(path)? })
    }

    /// The new path, where it changes.
    pub fn path(&self, path: &str, matched: Option<&str>, faults: &Faults) -> Option<String> {
        self.path.as_ref().map(|change| change.apply(path, matched, faults))
    }
}

/// A redirect.
#[derive(Debug, Clone)]
pub struct Redirect {
    status: StatusCode,
    scheme: Option<String>,
    hostname: Option<String>,
    port: Option<u16>,
    path: Option<PathChange>,
}

/// The request that a redirect answers.
#[derive(Debug)]
pub struct Redirected<'a> {
    /// The scheme of the listener that it came through.
    pub scheme: Scheme,
    /// Its host, without port.
    pub host: &'a str,
    /// The port of the listener that it came through.
    pub port: u16,
    /// Its path.
    pub path: &'a str,
    /// Its query, without question mark.
    pub query: &'a str,
    /// The prefix that the rule matched.
    pub matched: Option<&'a str>,
}

impl Redirect {
    fn compile(redirect: RequestRedirect, faults: &Faults) -> Result<Self, String> {
        let code = redirect.status_code.unwrap_or(302);
        let status = StatusCode::from_u16(code)
            .ok()
            .filter(StatusCode::is_redirection)
            .ok_or_else(|| format!("{code} is not a redirect's status"))?;
        let ignores = |fault| faults.has(fault);
        let path = redirect.path.filter(|_| !ignores(faults::REDIRECT_PATH_IGNORED));
        Ok(Self {
            status,
            scheme: redirect.scheme.filter(|_| !ignores(faults::REDIRECT_SCHEME_IGNORED)),
            hostname: redirect.hostname.filter(|_| !ignores(faults::REDIRECT_HOSTNAME_IGNORED)),
            port: redirect.port.filter(|_| !ignores(faults::REDIRECT_PORT_IGNORED)),
            path: PathChange::compile(path)?,
        })
    }

    /// The status and the `Location` for a request.
    ///
    /// The port is the filter's; without one, the well-known port of the filter's scheme; without
    /// that, the listener's. A port that the scheme implies is left out.
    pub fn answer(&self, request: &Redirected<'_>, faults: &Faults) -> (StatusCode, String) {
        let own_scheme = request.scheme.as_str();
        let scheme = self.scheme.as_deref().unwrap_or(own_scheme);
        let well_known = match scheme {
            "https" => 443,
            _ => 80,
        };
        let fallback = match self.scheme {
            Some(_) if !faults.has(faults::REDIRECT_SCHEME_KEEPS_PORT) => well_known,
            None if faults.has(faults::REDIRECT_DROPS_PORT) => well_known,
            _ => request.port,
        };
        let port = self.port.unwrap_or(fallback);
        let port = if port == well_known { String::new() } else { format!(":{port}") };
        let hostname = self.hostname.as_deref().unwrap_or(request.host);
        let path = match &self.path {
            Some(change) => change.apply(request.path, request.matched, faults),
            None if faults.has(faults::REDIRECT_PATH_DROPPED) => "/".to_owned(),
            None => request.path.to_owned(),
        };
        let query = if request.query.is_empty() { "" } else { "?" };
        let status = if faults.has(faults::REDIRECT_STATUS_ALWAYS_302) {
            StatusCode::FOUND
        } else {
            self.status
        };
        (status, format!("{scheme}://{hostname}{port}{path}{query}{}", request.query))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(filter: &str) -> Filters {
        let filter = serde_yaml::from_str(filter).expect("the filter is YAML");
        Filters::compile(&[filter], &Faults::default()).expect("the filter is supported")
    }

    fn location(redirect: &str, scheme: Scheme, port: u16, path: &str) -> String {
        let filters = compile(&format!("{{type: RequestRedirect, requestRedirect: {redirect}}}"));
        let redirect = filters.redirect.expect("it is a redirect");
        let request =
            Redirected { scheme, host: "a.com", port, path, query: "", matched: Some("/old") };
        redirect.answer(&request, &Faults::default()).1
    }

    #[test]
    fn redirects_keep_what_is_not_given_and_leave_out_implied_ports() {
        for (redirect, scheme, port, expected) in [
            ("{hostname: b.com}", Scheme::Http, 80, "http://b.com/old/x"),
            ("{}", Scheme::Http, 8080, "http://a.com:8080/old/x"),
            ("{port: 80}", Scheme::Http, 8080, "http://a.com/old/x"),
            ("{scheme: https}", Scheme::Http, 8080, "https://a.com/old/x"),
            ("{scheme: https, port: 8443}", Scheme::Http, 80, "https://a.com:8443/old/x"),
            ("{port: 443}", Scheme::Https, 443, "https://a.com/old/x"),
            ("{scheme: http}", Scheme::Https, 443, "http://a.com/old/x"),
            (
                "{path: {type: ReplacePrefixMatch, replacePrefixMatch: /new/}}",
                Scheme::Http,
                80,
                "http://a.com/new/x",
            ),
            (
                "{path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}",
                Scheme::Http,
                80,
                "http://a.com/x",
            ),
            (
                "{path: {type: ReplaceFullPath, replaceFullPath: /full}}",
                Scheme::Http,
                80,
                "http://a.com/full",
            ),
        ] {
            assert_eq!(location(redirect, scheme, port, "/old/x"), expected, "{redirect}");
        }
        let strip = "{path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}";
        assert_eq!(location(strip, Scheme::Http, 80, "/old"), "http://a.com/");
    }

    #[test]
    fn headers_are_set_then_added_then_removed() {
        let filters = compile(
            "{type: RequestHeaderModifier, requestHeaderModifier: {\
               set: [{name: X-Set, value: new}], add: [{name: X-Add, value: two}], remove: [X-Gone]}}",
        );
        let mut headers = HeaderMap::new();
        for (name, value) in [("x-set", "old"), ("x-add", "one"), ("x-gone", "1"), ("x-stay", "1")]
        {
            headers.insert(name, HeaderValue::from_static(value));
        }
        filters.request_headers.apply(&mut headers, &Faults::default());
        let added: Vec<_> = headers.get_all("x-add").iter().collect();
        assert_eq!(headers["x-set"], "new");
        assert_eq!(added, ["one", "two"]);
        assert!(!headers.contains_key("x-gone") && headers.contains_key("x-stay"));
    }
}
