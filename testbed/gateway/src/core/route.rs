//! Typed views of routes, of whatever kind, and of their `spec`.

use std::ops::Deref;

use serde::Deserialize;
use serde_json::Value;

use super::StatusKind;
use super::hostname::Hostname;
use super::objects::{GATEWAY_GROUP, Key, Object, ObjectReference};
use super::route_kind::RouteKind;

/// View of a route of any kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Route {
    /// `spec`.
    pub spec: RouteSpec,
    /// `status`, unparsed: what others wrote there must survive.
    pub status: Value,
}

/// A route with its kind: what attaches, is reported and refers by the same rules for all kinds.
#[derive(Debug, Clone, Copy)]
pub struct RouteRef<'a> {
    /// The kind.
    pub kind: RouteKind,
    /// The route.
    pub object: &'a Object<Route>,
}

impl RouteRef<'_> {
    /// Kind, namespace and name: routes of two kinds may share the last two.
    pub fn id(&self) -> (StatusKind, Key) {
        (StatusKind::Route(self.kind), self.key())
    }

    /// The hostnames; none matches all. A kind without hostnames has none, whatever its objects say.
    pub fn hostnames(&self) -> &[String] {
        if self.kind.has_hostnames() { &self.object.spec.hostnames } else { &[] }
    }

    /// What the hostnames match, one by one; without any, all.
    pub fn hostname_patterns(&self) -> Vec<Hostname> {
        match self.hostnames() {
            [] => vec![Hostname::Any],
            names => names.iter().map(|name| Hostname::parse(Some(name))).collect(),
        }
    }
}

impl Deref for RouteRef<'_> {
    type Target = Object<Route>;

    fn deref(&self) -> &Object<Route> {
        self.object
    }
}

/// The `spec` of a route; kinds differ in what their rules have.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteSpec {
    /// What the route wants to attach to.
    pub parent_refs: Vec<ParentReference>,
    /// The hostnames, of kinds that have any; see [`RouteRef::hostnames`].
    pub hostnames: Vec<String>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// An entry of `spec.parentRefs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ParentReference {
    /// The group; Gateway API's when absent.
    pub group: Option<String>,
    /// The kind; `Gateway` when absent.
    pub kind: Option<String>,
    /// The namespace; the route's when absent.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
    /// The listener's name; absent means any.
    pub section_name: Option<String>,
    /// The listener's port; absent means any.
    pub port: Option<u16>,
}

/// An entry of `spec.rules`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rule {
    /// The name, by which others refer to the rule.
    pub name: Option<String>,
    /// The matches, of which one suffices; none is the prefix `/`.
    pub matches: Vec<Match>,
    /// The filters.
    pub filters: Vec<Filter>,
    /// The backends.
    pub backend_refs: Vec<BackendReference>,
    /// The timeouts.
    pub timeouts: Timeouts,
    /// What is tried again; nothing when absent.
    pub retry: Option<Retry>,
}

impl Rule {
    /// Whether it hands its requests on to other routes.
    pub fn hands_on(&self) -> bool {
        let is_route = |reference: &BackendReference| {
            let ObjectReference { group, kind, .. } = &reference.object;
            (group.as_deref(), kind.as_deref()) == (Some(GATEWAY_GROUP), Some("HTTPRoute"))
        };
        !self.backend_refs.is_empty() && self.backend_refs.iter().all(is_route)
    }
}

/// `rules[].timeouts`, as GEP-2257 durations.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Timeouts {
    /// For the whole request.
    pub request: Option<String>,
    /// For one request to a backend.
    pub backend_request: Option<String>,
}

/// `rules[].retry`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Retry {
    /// The statuses of a backend that are no answer yet.
    pub codes: Vec<u16>,
    /// How often a request is sent again at most.
    pub attempts: Option<u32>,
    /// How long to wait before that at least, as a GEP-2257 duration.
    pub backoff: Option<String>,
}

/// An entry of `rules[].matches`: all that is given must match.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Match {
    /// The path; absent is the prefix `/`.
    pub path: Option<ValueMatch>,
    /// The headers.
    pub headers: Vec<NamedMatch>,
    /// The query parameters.
    pub query_params: Vec<NamedMatch>,
    /// The method.
    pub method: Option<Method>,
}

/// What kinds of routes call a method.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Method {
    /// Of an `HTTPRoute`: `GET`.
    Http(String),
    /// Of a `GRPCRoute`.
    Grpc(GrpcMethod),
}

/// Which methods of which services, in a `GRPCRoute`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GrpcMethod {
    /// `Exact` (the default) or `RegularExpression`.
    pub r#type: Option<String>,
    /// The service with its package; any when absent.
    pub service: Option<String>,
    /// The method; any when absent.
    pub method: Option<String>,
}

/// How a path must be.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ValueMatch {
    /// `Exact`, `PathPrefix` (the default) or `RegularExpression`.
    pub r#type: Option<String>,
    /// The value; `/` when absent.
    pub value: Option<String>,
}

/// How a header or a query parameter must be.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NamedMatch {
    /// `Exact` (the default) or `RegularExpression`.
    pub r#type: Option<String>,
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// An entry of `rules[].filters`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// Which of the fields counts.
    pub r#type: String,
    /// Of type `RequestHeaderModifier`.
    pub request_header_modifier: Option<HeaderModifier>,
    /// Of type `ResponseHeaderModifier`.
    pub response_header_modifier: Option<HeaderModifier>,
    /// Of type `RequestRedirect`.
    pub request_redirect: Option<RequestRedirect>,
    /// Of type `URLRewrite`.
    pub url_rewrite: Option<UrlRewrite>,
    /// Of type `CORS`.
    pub cors: Option<CorsFilter>,
    /// Of type `RequestMirror`.
    pub request_mirror: Option<RequestMirror>,
}

impl Filter {
    /// Whether it is of type `RequestMirror`.
    pub fn is_mirror(&self) -> bool {
        self.r#type == "RequestMirror"
    }
}

/// A header modifier.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HeaderModifier {
    /// Headers to overwrite.
    pub set: Vec<HeaderValue>,
    /// Headers to add to what is there.
    pub add: Vec<HeaderValue>,
    /// Headers to remove.
    pub remove: Vec<String>,
}

/// A header's name and value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HeaderValue {
    /// The name, in any case.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A redirect.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestRedirect {
    /// The scheme; the request's when absent.
    pub scheme: Option<String>,
    /// The host; the request's when absent.
    pub hostname: Option<String>,
    /// The path; the request's when absent.
    pub path: Option<PathModifier>,
    /// The port; when absent, the scheme's where that is given, else the listener's.
    pub port: Option<u16>,
    /// The status; 302 when absent.
    pub status_code: Option<u16>,
}

/// A rewrite of the URL.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct UrlRewrite {
    /// The host; the request's when absent.
    pub hostname: Option<String>,
    /// The path; the request's when absent.
    pub path: Option<PathModifier>,
}

/// Who may share what a rule answers, as browsers ask it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CorsFilter {
    /// The origins; `*` is all.
    pub allow_origins: Vec<String>,
    /// Whether requests may have credentials.
    pub allow_credentials: bool,
    /// The methods of requests; `*` is all.
    pub allow_methods: Vec<String>,
    /// The headers of requests; `*` is all.
    pub allow_headers: Vec<String>,
    /// The headers of answers that scripts may see; `*` is all.
    pub expose_headers: Vec<String>,
    /// For how many seconds all this may be remembered; 5 when absent.
    pub max_age: Option<u32>,
}

/// A mirror of requests.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestMirror {
    /// Who gets the copies.
    pub backend_ref: BackendReference,
    /// Of how many percent of the requests.
    pub percent: Option<u32>,
    /// Of which part of them, if not of so many percent; of all if there is neither.
    pub fraction: Option<Fraction>,
}

/// A part.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Fraction {
    /// So many.
    pub numerator: u32,
    /// Of so many; of 100 when absent.
    pub denominator: Option<u32>,
}

/// A change of the path.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PathModifier {
    /// `ReplaceFullPath` or `ReplacePrefixMatch`.
    pub r#type: String,
    /// The whole new path.
    pub replace_full_path: Option<String>,
    /// What stands in place of the matched prefix.
    pub replace_prefix_match: Option<String>,
}

/// An entry of `rules[].backendRefs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BackendReference {
    /// To which object.
    #[serde(flatten)]
    pub object: ObjectReference,
    /// The port; required for Services.
    pub port: Option<u16>,
    /// The share; 1 when absent.
    pub weight: Option<u32>,
    /// Filters for this backend alone.
    pub filters: Vec<Filter>,
    /// Why nothing can be handed on to it, if it is a route.
    #[serde(skip)]
    pub refused: Option<Refusal>,
}

/// Why a reference does not resolve: condition `ResolvedRefs`.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The reason.
    pub reason: &'static str,
    /// The message.
    pub message: String,
}
