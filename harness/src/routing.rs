//! What the routes of a test answer, read from its objects: by which requests it is seen that they
//! are gone, and whether another test's routes could be mistaken for them.
//!
//! What is not known for sure errs on one side: a rule may answer more requests than it does, and in
//! more ways.

use std::collections::{BTreeMap, BTreeSet};

use cluster::{Key, Kind, Object, views::RouteView};
use model::exchange::Request;
use probe::Response;
use serde_json::Value;

/// The workload behind each Service, by namespace and name: the value of its selector's label `app`,
/// which is the name of a Deployment. None: it is not known who answers.
pub(crate) type Services = BTreeMap<(String, String), Option<String>>;

/// The Services among some objects.
pub(crate) fn services(objects: &[Object]) -> Services {
    let services = objects.iter().filter(|object| Kind::of(object) == Some(Kind::Service));
    services
        .filter_map(|service| {
            let metadata = &service.metadata;
            let name = (metadata.namespace.clone()?, metadata.name.clone()?);
            Some((name, service.data["spec"]["selector"]["app"].as_str().map(str::to_owned)))
        })
        .collect()
}

/// A request that a rule answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sample {
    method: String,
    /// Path and query.
    path: String,
    host: Option<String>,
    headers: Vec<(String, String)>,
}

impl Sample {
    fn of(matched: &Value, hostname: Option<&String>) -> Self {
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

    /// Gives the request to `send`.
    pub(crate) async fn with<T>(&self, send: impl AsyncFnOnce(Request<'_>) -> T) -> T {
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let (method, path) = (self.method.as_str(), self.path.as_str());
        send(Request { method, path, host: self.host.as_deref(), headers: &headers }).await
    }
}

/// A rule of an HTTPRoute.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    hostnames: Vec<String>,
    matches: Vec<Value>,
    /// Requests that it matches: one for each match and hostname.
    samples: Vec<Sample>,
    /// How it answers what it matches.
    answers: Answers,
}

/// What shows whether rules still answer: a request for each of them, and how it is answered then.
pub(crate) type Traces = BTreeMap<Sample, Answers>;

/// The traces of some rules.
pub(crate) fn traces<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Traces {
    let mut traces = Traces::new();
    for rule in rules {
        for sample in &rule.samples {
            let answers = traces.entry(sample.clone()).or_default();
            *answers = answers.and(&rule.answers);
        }
    }
    traces
}

impl Rule {
    /// The rules of an HTTPRoute, given every Service that it can name.
    pub(crate) fn of_route(route: &Object, services: &Services) -> Vec<Self> {
        let hostnames: Vec<_> =
            RouteView::new(route).hostnames().into_iter().map(str::to_owned).collect();
        let namespace = route.metadata.namespace.as_deref().unwrap_or_default();
        array(&route.data["spec"]["rules"])
            .map(|rule| {
                let mut matches: Vec<Value> = array(&rule["matches"]).cloned().collect();
                if matches.is_empty() {
                    matches.push(Value::Null);
                }
                let mut samples = Vec::new();
                for matched in &matches {
                    let for_host = |host| Sample::of(matched, host);
                    match hostnames.as_slice() {
                        [] => samples.push(for_host(None)),
                        some => samples.extend(some.iter().map(|host| for_host(Some(host)))),
                    }
                }
                let answers = Answers::of_rule(rule, namespace, services);
                Self { hostnames: hostnames.clone(), matches, samples, answers }
            })
            .collect()
    }

    /// Whether it may match this request.
    pub(crate) fn may_match(&self, sample: &Sample) -> bool {
        let host = self.hostnames.is_empty()
            || sample
                .host
                .as_ref()
                .is_some_and(|host| self.hostnames.iter().any(|hostname| overlap(hostname, host)));
        host && self.matches.iter().any(|matched| may_match(matched, sample))
    }
}

/// Whether a request's host can match both hostnames, each of which may begin with `*.`.
pub(crate) fn overlap(a: &str, b: &str) -> bool {
    match (a.strip_prefix('*'), b.strip_prefix('*')) {
        (None, None) => a == b,
        (Some(suffix), None) => b.ends_with(suffix),
        (None, Some(suffix)) => a.ends_with(suffix),
        (Some(one), Some(two)) => one.ends_with(two) || two.ends_with(one),
    }
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
pub(crate) struct Answers {
    /// It is not known: in any way.
    any: bool,
    /// With a 500, as for a backendRef that is invalid.
    error: bool,
    /// With a redirect.
    redirect: bool,
    /// With a 408 or 504, where it has a timeout.
    late: bool,
    /// By one of these workloads, by namespace and name.
    backends: BTreeSet<(String, String)>,
}

impl Answers {
    fn of_rule(rule: &Value, namespace: &str, services: &Services) -> Self {
        let mut answers = Self { late: !rule["timeouts"].is_null(), ..Self::default() };
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
            redirect: self.redirect || other.redirect,
            late: self.late || other.late,
            backends: self.backends.union(&other.backends).cloned().collect(),
        }
    }

    /// Whether no answer can be of both.
    fn differ_from(&self, other: &Self) -> bool {
        let alike = self.any
            || other.any
            || (self.error && other.error)
            || (self.redirect && other.redirect)
            || (self.late && other.late);
        !alike && self.backends.is_disjoint(&other.backends)
    }

    /// Whether this may be one of them.
    pub(crate) fn may_include(&self, response: &Response) -> bool {
        match response.status.as_u16() {
            500 => self.any || self.error,
            408 | 504 => self.late,
            300..400 => self.any || self.redirect,
            200..300 => match response.captured() {
                Ok(Some(captured)) if !self.any => {
                    let backend = (captured.namespace, captured.pod);
                    self.backends.iter().any(|(namespace, workload)| {
                        *namespace == backend.0 && backend.1.starts_with(workload)
                    })
                }
                _ => true,
            },
            _ => false,
        }
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

/// The Gateways that a route names.
pub(crate) fn parents(route: &Object) -> Vec<Key> {
    let namespace = route.metadata.namespace.as_deref();
    array(&route.data["spec"]["parentRefs"])
        .filter_map(|parent| {
            let namespace = parent["namespace"].as_str().or(namespace);
            Some(Key::new(Kind::Gateway, namespace, parent["name"].as_str()?))
        })
        .collect()
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'v>(value: &'v Value, or: &'v str) -> &'v str {
    value.as_str().unwrap_or(or)
}

#[cfg(test)]
mod tests;
