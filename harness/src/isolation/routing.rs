//! What the routes of a test answer, read from its objects: by which requests it is seen that they
//! are gone, and whether another test's routes could be mistaken for them.
//!
//! What is not known for sure errs on one side: a rule may answer more requests than it does, and in
//! more ways.

use std::collections::{BTreeMap, BTreeSet};

use cluster::{Key, Kind, Object, views::RouteView};
use model::exchange::{
    Request,
    call::{GRPC_ECHO, Invocation},
    conversation::{Carrier, Opening},
    get,
};
use probe::{Captured, Response, Sign};
use serde_json::{Value, json};

/// The workload behind each Service, by namespace and name: the value of its selector's label `app`,
/// which is the name of a Deployment. None: it is not known who answers, or whether anyone does, as where
/// a policy says whom to trust.
pub(crate) type Services = BTreeMap<(String, String), Option<String>>;

/// The Services among some objects.
pub(crate) fn services(objects: &[Object]) -> Services {
    let of_kind = |kind| objects.iter().filter(move |object| Kind::of(object) == Some(kind));
    let has_policy = |service: &Object| {
        let of_namespace = of_kind(Kind::BackendTlsPolicy)
            .filter(|policy| policy.metadata.namespace == service.metadata.namespace);
        let mut targets = of_namespace.flat_map(|policy| array(&policy.data["spec"]["targetRefs"]));
        targets.any(|target| target["name"].as_str() == service.metadata.name.as_deref())
    };
    of_kind(Kind::Service)
        .filter_map(|service| {
            let metadata = &service.metadata;
            let name = (metadata.namespace.clone()?, metadata.name.clone()?);
            let workload = service.data["spec"]["selector"]["app"].as_str();
            Some((name, workload.filter(|_| !has_policy(service)).map(str::to_owned)))
        })
        .collect()
}

/// A request that a rule answers; a call is a POST to its service and method.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sample {
    method: String,
    /// Path and query.
    path: String,
    host: Option<String>,
    headers: Vec<(String, String)>,
}

impl Sample {
    fn of(matched: &Value, hostname: Option<&str>) -> Self {
        let pairs = |field: &str| -> Vec<(String, String)> {
            let pair = |entry: &Value| {
                (text(&entry["name"], "").to_owned(), text(&entry["value"], "").to_owned())
            };
            array(&matched[field]).map(pair).collect()
        };
        let query: Vec<_> = pairs("queryParams").iter().map(|(n, v)| format!("{n}={v}")).collect();
        let path = text(&matched["path"]["value"], "/");
        Self {
            method: text(&matched["method"], "GET").to_owned(),
            path: if query.is_empty() {
                path.to_owned()
            } else {
                format!("{path}?{}", query.join("&"))
            },
            // A label in place of the wildcard's, so that the name is one that the route serves.
            host: hostname.map(|host| host.replace('*', "drained")),
            headers: pairs("headers"),
        }
    }

    /// A request of a test. What follows a port in its host does not count for matching.
    pub(crate) fn of_request(request: &Request<'_>) -> Self {
        let host = request.host.map(|host| host.split_once(':').map_or(host, |(name, _)| name));
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            host: host.map(str::to_owned),
            headers: request.headers.iter().map(pair).collect(),
        }
    }

    /// A call of a test.
    pub(crate) fn of_call(invocation: &Invocation<'_>) -> Self {
        let (path, headers) = (&*invocation.path(), invocation.metadata);
        let host = invocation.host;
        Self::of_request(&Request { method: "POST", host, headers, ..get(path) })
    }

    /// What a conversation tells a Gateway before it is handed on: a server name at most.
    pub(crate) fn of_stream(opening: &Opening) -> Self {
        let host = match opening.carrier {
            Carrier::Tls { server_name } => Some(server_name),
            Carrier::Tcp | Carrier::Udp | Carrier::Dns { .. } => None,
        };
        Self::of_request(&Request { host, ..get("/") })
    }

    /// Whether it may be for this hostname, which may begin with `*.`; without a host it is for none.
    pub(crate) fn may_be_for(&self, hostname: &str) -> bool {
        self.host.as_deref().is_some_and(|host| overlap(hostname, host))
    }

    /// Gives the request to `send`.
    pub(crate) async fn with<T>(&self, send: impl AsyncFnOnce(Request<'_>) -> T) -> T {
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let (method, host) = (self.method.as_str(), self.host.as_deref());
        send(Request { method, host, headers: &headers, ..get(&self.path) }).await
    }

    /// Gives the call that the request is to `send`.
    pub(crate) async fn with_call<T>(&self, send: impl AsyncFnOnce(Invocation<'_>) -> T) -> T {
        let metadata: Vec<_> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let (service, method) = self.path[1..].split_once('/').unwrap_or_default();
        send(Invocation { service, method, host: self.host.as_deref(), metadata: &metadata }).await
    }
}

/// A rule of a route.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    hostnames: Vec<String>,
    matches: Vec<Value>,
    /// How it answers what it matches.
    answers: Answers,
}

/// What shows whether rules still answer: requests for each of them, and how they are answered then.
pub(crate) type Traces = BTreeMap<Sample, Answers>;

/// The traces of some rules, whatever the hostname of their listener.
pub(crate) fn traces<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Traces {
    traces_at(rules, &BTreeSet::from([None]))
}

/// The traces of some rules on listeners with these hostnames, some of which may have none.
pub(crate) fn traces_at<'r>(
    rules: impl IntoIterator<Item = &'r Rule>,
    listeners: &BTreeSet<Option<String>>,
) -> Traces {
    let mut traces = Traces::new();
    for rule in rules {
        let samples = listeners.iter().flat_map(|listener| rule.samples(listener.as_deref()));
        merge(&mut traces, samples.map(|sample| (sample, rule.answers.clone())));
    }
    traces
}

/// Adds traces to others: a request may show several rules.
pub(crate) fn merge(traces: &mut Traces, more: impl IntoIterator<Item = (Sample, Answers)>) {
    for (sample, answers) in more {
        let known = traces.entry(sample).or_default();
        *known = known.and(&answers);
    }
}

impl Rule {
    /// The rules of a route, given every Service that it can name.
    pub(crate) fn of_route(route: &Object, services: &Services) -> Vec<Self> {
        let is_called = Kind::of(route) == Some(Kind::GrpcRoute);
        let hostnames: Vec<_> =
            RouteView::new(route).hostnames().into_iter().map(str::to_owned).collect();
        let namespace = route.metadata.namespace.as_deref().unwrap_or_default();
        array(&route.data["spec"]["rules"])
            .map(|rule| {
                let mut matches: Vec<Value> = array(&rule["matches"]).cloned().collect();
                if matches.is_empty() {
                    matches.push(Value::Null);
                }
                if is_called {
                    matches = matches.iter().map(as_request).collect();
                }
                let answers = Answers::of_rule(rule, namespace, services);
                Self { hostnames: hostnames.clone(), matches, answers }
            })
            .collect()
    }

    /// A request for each of its matches and hostnames, as far as a listener with this hostname serves
    /// them.
    fn samples(&self, listener: Option<&str>) -> Vec<Sample> {
        let hostnames: Vec<_> = self.hostnames.iter().map(String::as_str).collect();
        let hosts = served_hosts(&hostnames, listener);
        let all = hosts.iter().flat_map(|host| self.matches.iter().map(|m| Sample::of(m, *host)));
        all.collect()
    }

    /// Whether it may match this request.
    pub(crate) fn may_match(&self, sample: &Sample) -> bool {
        let host = self.hostnames.is_empty()
            || self.hostnames.iter().any(|hostname| sample.may_be_for(hostname));
        host && self.matches.iter().any(|matched| may_match(matched, sample))
    }
}

/// A match of a GRPCRoute as that of the requests that calls are. What it leaves open is as an echo backend
/// implements it: it would else say of itself that nobody does.
fn as_request(matched: &Value) -> Value {
    let method = &matched["method"];
    let is_whole = [&method["service"], &method["method"]].iter().all(|it| it.is_string());
    let is_exact = method["type"].as_str().is_none_or(|kind| kind == "Exact");
    let path = json!({
        "type": if is_whole && is_exact { "Exact" } else { "RegularExpression" },
        "value": format!("/{}/{}", text(&method["service"], GRPC_ECHO), text(&method["method"], "Echo")),
    });
    json!({ "method": "POST", "path": path, "headers": matched["headers"] })
}

/// The hostnames of a route, as far as a listener with this hostname serves them; without any, the
/// listener's.
pub(crate) fn served_hosts<'h>(
    hostnames: &[&'h str],
    listener: Option<&'h str>,
) -> Vec<Option<&'h str>> {
    let served = |hostname| match listener {
        Some(listener) => intersection(hostname, listener),
        None => Some(hostname),
    };
    match hostnames {
        [] => vec![listener],
        hostnames => hostnames.iter().filter_map(|name| served(name)).map(Some).collect(),
    }
}

/// Whether a request's host can match both hostnames, each of which may begin with `*.`.
pub(crate) fn overlap(a: &str, b: &str) -> bool {
    intersection(a, b).is_some()
}

/// What hosts match both hostnames, each of which may begin with `*.`: those of one of the two.
fn intersection<'h>(a: &'h str, b: &'h str) -> Option<&'h str> {
    let (both, narrow) = match (a.strip_prefix('*'), b.strip_prefix('*')) {
        (None, None) => (a == b, a),
        (Some(suffix), None) => (b.ends_with(suffix), b),
        (None, Some(suffix)) => (a.ends_with(suffix), a),
        (Some(one), Some(two)) if one.len() < two.len() => (two.ends_with(one), b),
        (Some(one), Some(two)) => (one.ends_with(two), a),
    };
    both.then_some(narrow)
}

fn may_match(matched: &Value, sample: &Sample) -> bool {
    let (path, query) = sample.path.split_once('?').unwrap_or((&sample.path, ""));
    let by_method = matched["method"].as_str().is_none_or(|method| method == sample.method);
    let value = text(&matched["path"]["value"], "/");
    let by_path = match matched["path"]["type"].as_str() {
        Some("Exact") => value == path,
        None | Some("PathPrefix") => path
            .strip_prefix(value.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        Some(_) => true,
    };
    let by_headers = array(&matched["headers"]).all(|wanted| {
        let name = text(&wanted["name"], "");
        let mut there = sample.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        there.any(|(_, value)| may_equal(wanted, value))
    });
    let by_query = array(&matched["queryParams"]).all(|wanted| {
        let name = text(&wanted["name"], "");
        let mut there = query.split('&').filter_map(|pair| pair.split_once('='));
        there.any(|(n, value)| n == name && may_equal(wanted, value))
    });
    by_method && by_path && by_headers && by_query
}

/// Whether a header or query match may take this value.
fn may_equal(wanted: &Value, value: &str) -> bool {
    match wanted["type"].as_str() {
        None | Some("Exact") => wanted["value"] == value,
        Some(_) => true,
    }
}

/// The ways in which a rule may answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way by itself")]
pub(crate) struct Answers {
    /// It is not known: in any way.
    any: bool,
    /// With a 500, as for a backendRef that is invalid.
    error: bool,
    /// With a 503 or 504, as when it has a limit of time.
    unavailable: bool,
    /// With a redirect.
    redirect: bool,
    /// By one of these workloads, by namespace and name.
    backends: BTreeSet<(String, String)>,
}

impl Answers {
    fn of_rule(rule: &Value, namespace: &str, services: &Services) -> Self {
        let mut answers = Self {
            // Backends that are told how often to fail have an answer of their own for who does not tell
            // them.
            any: !rule["retry"].is_null(),
            unavailable: !rule["timeouts"].is_null(),
            ..Self::default()
        };
        for filter in array(&rule["filters"]) {
            match filter["type"].as_str() {
                Some("RequestRedirect") => answers.redirect = true,
                Some(
                    "RequestHeaderModifier"
                    | "ResponseHeaderModifier"
                    | "RequestMirror"
                    | "URLRewrite",
                ) => {}
                _ => answers.any = true,
            }
        }
        if answers.redirect {
            return answers;
        }
        let mut refs = array(&rule["backendRefs"]).peekable();
        answers.error = refs.peek().is_none();
        for reference in refs {
            let there = reference["namespace"].as_str().unwrap_or(namespace);
            let name = text(&reference["name"], "").to_owned();
            // Another route answers, which may be any.
            answers.any |= reference["kind"] == Kind::HttpRoute.name();
            let is_service = reference["kind"].as_str().is_none_or(|kind| kind == "Service")
                && reference["group"].as_str().is_none_or(str::is_empty);
            let known = services.get(&(there.to_owned(), name));
            // Whether a grant permits it may change, and an implementation that is wrong may serve
            // what it must refuse.
            answers.error |= !is_service || there != namespace || known.is_none();
            match known {
                Some(Some(workload)) => {
                    answers.backends.insert((there.to_owned(), workload.clone()));
                }
                Some(None) => answers.any = true,
                None => {}
            }
        }
        answers
    }

    /// The ways of both.
    fn and(&self, other: &Self) -> Self {
        Self {
            any: self.any || other.any,
            error: self.error || other.error,
            unavailable: self.unavailable || other.unavailable,
            redirect: self.redirect || other.redirect,
            backends: self.backends.union(&other.backends).cloned().collect(),
        }
    }

    /// Whether no answer can be of both.
    fn differ_from(&self, other: &Self) -> bool {
        let alike = self.any
            || other.any
            || (self.error && other.error)
            || (self.unavailable && other.unavailable)
            || (self.redirect && other.redirect);
        !alike && self.backends.is_disjoint(&other.backends)
    }

    /// What an answer to a trace says of the rule. Where rules of another test answer too by now
    /// (`is_shared`), only what can be an answer of this one shows that it is there, and any of the others'
    /// that it is not.
    pub(crate) fn sign(&self, response: &Response, is_shared: bool) -> Sign {
        match response.status.as_u16() {
            // A Gateway that starts, or loads its configuration, says so too.
            408 | 429 | 502..=504 if !self.may_include(response) => Sign::Unclear,
            _ if is_shared && !self.may_include(response) => Sign::Gone,
            404 => Sign::Gone,
            // There is nothing wrong with what is asked, but for a backend.
            400 if self.any => Sign::Still,
            200..400 | 500 | 502..=504 | 408 => Sign::Still,
            _ => Sign::Unclear,
        }
    }

    /// Whether this may be one of them.
    fn may_include(&self, response: &Response) -> bool {
        match response.status.as_u16() {
            400 => self.any,
            500 => self.any || self.error,
            408 | 502..=504 => self.any || self.unavailable,
            300..400 => self.any || self.redirect,
            200..300 => match response.captured() {
                Ok(Some(captured)) => self.may_come_from(&captured),
                _ => true,
            },
            _ => false,
        }
    }

    /// Whether an answer of this backend may be one of them.
    pub(crate) fn may_come_from(&self, Captured { namespace, pod, .. }: &Captured) -> bool {
        let mut backends = self.backends.iter();
        self.any
            || backends.any(|(there, workload)| there == namespace && pod.starts_with(workload))
    }
}

/// Whether a test with the rules `next` may be applied while a Gateway may still answer by the rules
/// with the traces `ended`, whose test `passed`. It can then be seen that these are gone, though the
/// others are there, and nothing that they answer until then can be taken for what is expected of the
/// others:
///
/// - either none of the others matches what is asked to see it,
/// - or none of them may answer as the ended rule does. What it does is known if its test passed.
pub(crate) fn may_follow(next: &[Rule], ended: &Traces, passed: bool) -> bool {
    ended.iter().all(|(sample, answers)| {
        !next.iter().any(|rule| rule.may_match(sample))
            || (passed && next.iter().all(|rule| rule.answers.differ_from(answers)))
    })
}

/// The Gateways and ListenerSets that a route names.
pub(crate) fn parents(route: &Object) -> Vec<Key> {
    let namespace = route.metadata.namespace.as_deref();
    array(&route.data["spec"]["parentRefs"])
        .filter_map(|parent| {
            let namespace = parent["namespace"].as_str().or(namespace);
            let kinds = [Kind::Gateway, Kind::ListenerSet];
            let named = parent["kind"].as_str().unwrap_or(Kind::Gateway.name());
            let kind = kinds.into_iter().find(|kind| kind.name() == named)?;
            Some(Key::new(kind, namespace, parent["name"].as_str()?))
        })
        .collect()
}

/// The elements of a list; none of what is no list.
pub(crate) fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'v>(value: &'v Value, or: &'v str) -> &'v str {
    value.as_str().unwrap_or(or)
}

#[cfg(test)]
mod tests;
