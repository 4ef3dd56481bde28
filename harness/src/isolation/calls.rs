//! Calls by which it is seen whether GRPCRoutes still answer.

use std::collections::BTreeSet;

use cluster::{Object, views::RouteView};
use model::exchange::call::{GRPC_ECHO, Invocation};
use serde_json::Value;

use crate::isolation::routing::{array, served_hosts};

/// A call that a rule takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SampleCall {
    service: String,
    method: String,
    host: Option<String>,
    metadata: Vec<(String, String)>,
}

impl SampleCall {
    /// A call for each match and hostname of a route, as far as listeners with these hostnames serve it;
    /// some of them may have none. What a match leaves open is as an echo backend implements it: it would
    /// else say of itself that nobody does.
    pub(crate) fn of_route(route: &Object, listeners: &BTreeSet<Option<String>>) -> BTreeSet<Self> {
        let view = RouteView::new(route);
        let hostnames = view.hostnames();
        let mut samples = BTreeSet::new();
        for listener in listeners {
            for host in served_hosts(&hostnames, listener.as_deref()) {
                for rule in array(&route.data["spec"]["rules"]) {
                    let mut matches: Vec<_> = array(&rule["matches"]).collect();
                    if matches.is_empty() {
                        matches.push(&Value::Null);
                    }
                    samples.extend(matches.into_iter().map(|matched| Self::of(matched, host)));
                }
            }
        }
        samples
    }

    fn of(matched: &Value, hostname: Option<&str>) -> Self {
        let text = |value: &Value, or: &str| value.as_str().unwrap_or(or).to_owned();
        let pair = |entry: &Value| (text(&entry["name"], ""), text(&entry["value"], ""));
        Self {
            service: text(&matched["method"]["service"], GRPC_ECHO),
            method: text(&matched["method"]["method"], "Echo"),
            // A label in place of the wildcard's, so that the name is one that the route serves.
            host: hostname.map(|host| host.replace('*', "drained")),
            metadata: array(&matched["headers"]).map(pair).collect(),
        }
    }

    /// Gives the call to `send`.
    pub(crate) async fn with<T>(&self, send: impl AsyncFnOnce(Invocation<'_>) -> T) -> T {
        let metadata: Vec<_> =
            self.metadata.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        send(Invocation {
            service: &self.service,
            method: &self.method,
            host: self.host.as_deref(),
            metadata: &metadata,
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn each_match_is_called_for_each_hostname() {
        let route: Object = serde_json::from_value(json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GRPCRoute",
            "metadata": { "name": "r", "namespace": "infra" },
            "spec": { "hostnames": ["*.example"], "rules": [
                { "matches": [
                    { "method": { "service": "a.B", "method": "Get" } },
                    { "headers": [{ "name": "version", "value": "one" }] },
                ] },
                {},
            ] },
        }))
        .unwrap();
        let listeners = [Some("a.example".to_owned()), None].into();
        let mut texts = Vec::new();
        for sample in SampleCall::of_route(&route, &listeners) {
            texts.push(sample.with(async |call| call.to_string()).await.replace(GRPC_ECHO, "ECHO"));
        }
        assert_eq!(
            texts,
            [
                "a.B/Get (authority a.example)",
                "a.B/Get (authority drained.example)",
                "ECHO/Echo (authority a.example)",
                "ECHO/Echo (authority a.example) version=one",
                "ECHO/Echo (authority drained.example)",
                "ECHO/Echo (authority drained.example) version=one",
            ]
        );
    }
}
