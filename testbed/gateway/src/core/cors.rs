//! The filter `CORS`, compiled: what a browser is told of who may share an answer.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use super::route::CorsFilter;
use crate::faults::{self, Faults};

/// Who may share what.
#[derive(Debug, Clone)]
pub struct Cors {
    origins: Vec<Origin>,
    credentials: bool,
    methods: Allowed,
    headers: Allowed,
    exposed: Allowed,
    max_age: u32,
}

/// An origin, or a pattern of origins.
#[derive(Debug, Clone)]
enum Origin {
    Any,
    /// Scheme and port must be the same; a wildcard that the host begins with stands for any number of
    /// labels.
    Of(Url),
}

/// What is allowed, as headers list it.
#[derive(Debug, Clone)]
enum Allowed {
    Nothing,
    Everything,
    These(HeaderValue),
}

impl Cors {
    /// Compiles the filter. The error says which value is not supported.
    pub fn compile(source: &CorsFilter) -> Result<Self, String> {
        let origins = source.allow_origins.iter().map(|origin| Origin::compile(origin));
        Ok(Self {
            origins: origins.collect::<Result<_, _>>()?,
            credentials: source.allow_credentials,
            methods: Allowed::compile(&source.allow_methods)?,
            headers: Allowed::compile(&source.allow_headers)?,
            exposed: Allowed::compile(&source.expose_headers)?,
            max_age: source.max_age.unwrap_or(5),
        })
    }

    /// The headers of the answer to a preflight request; none if it is not one. They are empty for an
    /// origin that is not allowed.
    pub fn preflight(
        &self,
        method: &Method,
        request: &HeaderMap,
        faults: &Faults,
    ) -> Option<HeaderMap> {
        if method != Method::OPTIONS
            || !request.contains_key(ORIGIN)
            || faults.has(faults::CORS_PREFLIGHT_FORWARDED)
        {
            return None;
        }
        let method = request.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        let mut answer = self.granted(request, faults);
        if answer.is_empty() {
            return Some(answer);
        }
        let mut tell = |name: HeaderName, value: Option<HeaderValue>| {
            value.and_then(|value| answer.insert(name, value))
        };
        let credentials = self.credentials && !faults.has(faults::CORS_WILDCARD_WITH_CREDENTIALS);
        if !faults.has(faults::CORS_METHODS_OMITTED) {
            tell(ACCESS_CONTROL_ALLOW_METHODS, self.methods.list(Some(method), credentials));
        }
        if !faults.has(faults::CORS_HEADERS_OMITTED) {
            let asked = request.get(ACCESS_CONTROL_REQUEST_HEADERS);
            tell(ACCESS_CONTROL_ALLOW_HEADERS, self.headers.list(asked, credentials));
        }
        let max_age = if faults.has(faults::CORS_MAX_AGE_IGNORED) { 5 } else { self.max_age };
        tell(ACCESS_CONTROL_MAX_AGE, Some(max_age.into()));
        Some(answer)
    }

    /// The headers of the answer to any other request; none for an origin that is not allowed.
    pub fn shared(&self, request: &HeaderMap, faults: &Faults) -> HeaderMap {
        if faults.has(faults::CORS_ANSWERS_UNCHANGED) {
            return HeaderMap::new();
        }
        self.granted(request, faults)
    }

    /// Whether a fault refuses the request: it is left to the browser to keep the answer to itself.
    pub fn refuses(&self, request: &HeaderMap, faults: &Faults) -> bool {
        let origin = request.get(ORIGIN);
        faults.has(faults::CORS_FOREIGN_ORIGIN_REFUSED)
            && origin.is_some_and(|origin| !self.allows(origin, faults))
    }

    /// What an origin that is allowed is told in any answer.
    fn granted(&self, request: &HeaderMap, faults: &Faults) -> HeaderMap {
        let mut answer = HeaderMap::new();
        let Some(origin) = request.get(ORIGIN).filter(|origin| self.allows(origin, faults)) else {
            return answer;
        };
        let any = self.origins.iter().any(|origin| matches!(origin, Origin::Any));
        let credentials = self.credentials && !faults.has(faults::CORS_WILDCARD_WITH_CREDENTIALS);
        let origin =
            if any && !credentials { HeaderValue::from_static("*") } else { origin.clone() };
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if (self.credentials && !faults.has(faults::CORS_CREDENTIALS_OMITTED))
            || faults.has(faults::CORS_CREDENTIALS_ALWAYS_ALLOWED)
        {
            answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        if let Some(exposed) = self.exposed.list(None, credentials)
            && !faults.has(faults::CORS_EXPOSED_HEADERS_OMITTED)
        {
            answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
        answer
    }

    fn allows(&self, origin: &HeaderValue, faults: &Faults) -> bool {
        if faults.has(faults::CORS_FOREIGN_ORIGIN_ALLOWED) {
            return true;
        }
        let origin = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok());
        self.origins.iter().any(|allowed| match (allowed, &origin) {
            (Origin::Any, _) => true,
            (Origin::Of(pattern), Some(origin)) => fits(pattern, origin, faults),
            (Origin::Of(_), None) => false,
        })
    }
}

impl Origin {
    fn compile(origin: &str) -> Result<Self, String> {
        if origin == "*" {
            return Ok(Self::Any);
        }
        Url::parse(origin).map(Self::Of).map_err(|error| format!("origin `{origin}`: {error}"))
    }
}

fn fits(pattern: &Url, origin: &Url, faults: &Faults) -> bool {
    let same = pattern.scheme() == origin.scheme()
        && pattern.port_or_known_default() == origin.port_or_known_default();
    let hosts = pattern.host_str().zip(origin.host_str());
    same && hosts.is_some_and(|(pattern, host)| match pattern.strip_prefix('*') {
        None => pattern == host,
        Some(rest) => host.strip_suffix(rest).is_some_and(|labels| {
            let one = faults.has(faults::CORS_WILDCARD_MATCHES_ONE_LABEL);
            !(labels.is_empty() || one && labels.contains('.'))
        }),
    })
}

impl Allowed {
    fn compile(names: &[String]) -> Result<Self, String> {
        if names.is_empty() {
            return Ok(Self::Nothing);
        }
        if names.iter().any(|name| name == "*") {
            return Ok(Self::Everything);
        }
        let list = names.join(", ");
        let list = HeaderValue::from_str(&list).map_err(|_| format!("`{list}` is not a list"))?;
        Ok(Self::These(list))
    }

    /// As a header lists it. A wildcard does not go with credentials: what is asked for stands for it.
    fn list(&self, asked: Option<&HeaderValue>, credentials: bool) -> Option<HeaderValue> {
        match self {
            Self::Nothing => None,
            Self::Everything if credentials => asked.cloned(),
            Self::Everything => Some(HeaderValue::from_static("*")),
            Self::These(list) => Some(list.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is answered to a preflight request for PUT with the header x-1 from this origin.
    fn preflight(filter: &str, origin: &str) -> Vec<String> {
        let source: CorsFilter = serde_yaml::from_str(filter).expect("the filter is YAML");
        let cors = Cors::compile(&source).expect("the filter is supported");
        let request = [
            (ORIGIN, origin),
            (ACCESS_CONTROL_REQUEST_METHOD, "PUT"),
            (ACCESS_CONTROL_REQUEST_HEADERS, "x-1"),
        ];
        let request = request.map(|(name, value)| (name, value.parse().expect("a value")));
        let request = HeaderMap::from_iter(request);
        assert!(cors.preflight(&Method::PUT, &request, &Faults::default()).is_none());
        let answer = cors.preflight(&Method::OPTIONS, &request, &Faults::default());
        let answer = answer.expect("it is a preflight request");
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            let name = name.as_str().trim_start_matches("access-control-");
            format!("{name}: {}", value.to_str().expect("it is text"))
        };
        answer.iter().map(text).collect()
    }

    #[test]
    fn an_origin_has_scheme_host_and_port_and_a_wildcard_any_number_of_labels() {
        let filter = "{allowOrigins: ['https://foo.com', 'http://*.bar.com:8080']}";
        for (origin, allowed) in [
            ("https://foo.com", true),
            ("https://foo.com:443", true),
            ("http://foo.com", false),
            ("https://foo.com:8443", false),
            ("https://a.foo.com", false),
            ("http://a.bar.com:8080", true),
            ("http://a.b.bar.com:8080", true),
            ("http://bar.com:8080", false),
            ("http://a.bar.com", false),
            ("null", false),
        ] {
            let answer = preflight(filter, origin);
            assert_eq!(answer.first(), allowed.then(|| format!("allow-origin: {origin}")).as_ref());
        }
    }

    #[test]
    fn a_wildcard_is_told_unless_there_are_credentials() {
        let all =
            "allowOrigins: ['*'], allowMethods: ['*'], allowHeaders: ['*'], exposeHeaders: ['*']";
        let without = ["allow-origin: *", "expose-headers: *", "allow-methods: *"];
        let answer = preflight(&format!("{{{all}}}"), "https://a");
        assert_eq!(answer[..3], without);
        assert_eq!(answer[3..], ["allow-headers: *", "max-age: 5"]);

        let answer = preflight(&format!("{{{all}, allowCredentials: true}}"), "https://a");
        let with = ["allow-origin: https://a", "allow-credentials: true", "allow-methods: PUT"];
        assert_eq!(answer[..3], with);
        assert_eq!(answer[3..], ["allow-headers: x-1", "max-age: 5"]);
    }

    #[test]
    fn what_is_listed_is_told_whatever_is_asked_for() {
        let filter = "{allowOrigins: ['https://a'], allowMethods: [GET, POST], maxAge: 9}";
        let answer = preflight(filter, "https://a");
        assert_eq!(answer, ["allow-origin: https://a", "allow-methods: GET, POST", "max-age: 9"]);
    }
}
