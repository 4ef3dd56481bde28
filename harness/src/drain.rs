//! After a test: its routes must no longer answer where another test's requests go.
//!
//! A Gateway that outlives the test may answer by its routes for a while after they are gone. A
//! test that came next could pass by such an answer, or fail by it.

use std::collections::BTreeSet;

use cluster::{
    Key, Kind, Object,
    views::{GatewayView, RouteView},
};
use futures::future::join_all;
use model::{exchange::Request, timeouts::Limit};
use probe::{Scheme, Target};
use serde_json::Value;

use crate::session::Session;

/// A request that a route answers.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sample {
    method: String,
    path: String,
    host: Option<String>,
    headers: Vec<(String, String)>,
}

/// Where the routes of a test answer, taken while its Gateways still stand.
pub(crate) struct Drain(Vec<(Target, Sample)>);

impl Drain {
    /// Of the HTTPRoutes among the objects of a test that are about to be removed.
    pub(crate) fn before_removal(session: &Session, objects: &[Object]) -> Self {
        let own: BTreeSet<Key> = objects.iter().filter_map(Key::of).collect();
        let mut asked = Vec::new();
        for route in objects.iter().filter(|object| Kind::of(object) == Some(Kind::HttpRoute)) {
            for gateway in parents(route) {
                // A Gateway of the test's own goes too, and with it what it answers; unless another
                // Gateway of the run answers at its address.
                if own.contains(&gateway) && !session.has_shared_address() {
                    continue;
                }
                for target in targets(session, &gateway) {
                    asked.extend(samples(route).into_iter().map(|sample| (target.clone(), sample)));
                }
            }
        }
        Self(asked)
    }

    /// Waits until the routes, which are removed now, answer no more. A Gateway that still answers by
    /// them after `MaxTimeToConsistency` is told of.
    pub(crate) async fn end(self, session: &Session) {
        let limit = session.timeouts().get(Limit::MaxTimeToConsistency);
        let waits = self.0.iter().map(|(target, sample)| async move {
            let headers = sample.header_pairs();
            let request = Request {
                method: &sample.method,
                path: &sample.path,
                host: sample.host.as_deref(),
                headers: &headers,
            };
            if session.prober().answers_no_more(target, &request, limit).await {
                return;
            }
            session.notice(format!(
                "{request} at {} is still answered by a route that was deleted {limit:.0?} ago; tests that follow may be disturbed",
                target.label
            ));
        });
        join_all(waits).await;
    }
}

impl Sample {
    fn header_pairs(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// The plain listeners of a Gateway that stands, or of one with its address.
fn targets(session: &Session, gateway: &Key) -> Vec<Target> {
    let store = session.store(Kind::Gateway);
    let Some(object) = store.get(gateway) else { return Vec::new() };
    let view = GatewayView::new(&object);
    let addresses = view.addresses();
    let Some(address) = addresses.iter().find(|address| address.kind.is_some()) else {
        return Vec::new();
    };
    let ports: BTreeSet<u16> =
        view.listeners().iter().filter(|l| l.protocol == "HTTP").map(|l| l.port).collect();
    ports
        .into_iter()
        .map(|port| Target {
            host: address.value.to_owned(),
            port,
            scheme: Scheme::Http,
            label: format!("Gateway {}", gateway.name),
        })
        .collect()
}

fn parents(route: &Object) -> Vec<Key> {
    let namespace = route.metadata.namespace.as_deref();
    let parents = route.data["spec"]["parentRefs"].as_array().into_iter().flatten();
    parents
        .filter_map(|parent| {
            let namespace = parent["namespace"].as_str().or(namespace);
            Some(Key::new(Kind::Gateway, namespace, parent["name"].as_str()?))
        })
        .collect()
}

/// One request for each rule of a route.
fn samples(route: &Object) -> BTreeSet<Sample> {
    // A label in place of the wildcard's, so that the name is one that the route serves.
    let host = RouteView::new(route).hostnames().first().map(|host| host.replace('*', "drained"));
    let rules = route.data["spec"]["rules"].as_array().into_iter().flatten();
    rules.map(|rule| sample(&rule["matches"][0], host.clone())).collect()
}

fn sample(condition: &Value, host: Option<String>) -> Sample {
    let text = |value: &Value, or: &str| value.as_str().unwrap_or(or).to_owned();
    let pairs = |field: &str| -> Vec<(String, String)> {
        let entries = condition[field].as_array().into_iter().flatten();
        entries.map(|entry| (text(&entry["name"], ""), text(&entry["value"], ""))).collect()
    };
    let query: Vec<_> = pairs("queryParams").iter().map(|(n, v)| format!("{n}={v}")).collect();
    let path = text(&condition["path"]["value"], "/");
    Sample {
        method: text(&condition["method"], "GET"),
        path: if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) },
        host,
        headers: pairs("headers"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_rule_is_asked_by_its_first_match() {
        let route: Object = serde_json::from_value(json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": { "name": "r", "namespace": "infra" },
            "spec": { "hostnames": ["*.example"], "rules": [
                { "matches": [{ "path": { "value": "/one" }, "headers": [{ "name": "a", "value": "b" }] }, { "path": { "value": "/other" } }] },
                { "backendRefs": [] },
            ]},
        }))
        .unwrap();
        let samples: Vec<_> = samples(&route).into_iter().collect();
        assert_eq!(samples.len(), 2);
        assert_eq!(samples[0].path, "/");
        assert_eq!(samples[1].path, "/one");
        assert_eq!(samples[1].host.as_deref(), Some("drained.example"));
        assert_eq!(samples[1].headers, [("a".to_owned(), "b".to_owned())]);
    }
}
