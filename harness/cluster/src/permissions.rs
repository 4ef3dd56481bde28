//! What a user must be allowed to do for what is asked of an API server.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use http::{Method, Request, header::CONTENT_TYPE};
use kube::{Client, client::Body};
use serde_json::{Value, json};

/// A verb on a resource, as RBAC has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The API group; empty for the core group.
    pub group: String,
    /// The resource, with its subresource if it is about that: `gateways/status`.
    pub resource: String,
    /// `get`, `list`, `watch`, `create`, …
    pub verb: &'static str,
}

impl Permission {
    /// This verb on this resource.
    pub fn new(group: &str, resource: &str, verb: &'static str) -> Self {
        Self { group: group.to_owned(), resource: resource.to_owned(), verb }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.group.is_empty() { "" } else { "." };
        write!(f, "{} {}{dot}{}", self.verb, self.resource, self.group)
    }
}

/// What a request needs; nothing for what every user may ask, such as which resources there are.
pub fn needed<B>(request: &Request<B>) -> Vec<Permission> {
    let uri = request.uri();
    let path: Vec<_> = uri.path().trim_matches('/').split('/').collect();
    let (group, below) = match path.as_slice() {
        ["api", _, below @ ..] => ("", below),
        ["apis", group, _, below @ ..] => (*group, below),
        _ => return Vec::new(),
    };
    let (resource, name, part) = match below {
        ["namespaces", _, resource, rest @ ..] | [resource, rest @ ..] => {
            (resource, rest.first(), rest.get(1))
        }
        [] => return Vec::new(),
    };
    let resource = part.map_or((*resource).to_owned(), |part| format!("{resource}/{part}"));
    let watches = uri
        .query()
        .is_some_and(|query| query.split('&').any(|it| it == "watch=true" || it == "watch=1"));
    let content = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let applies = content.is_some_and(|it| it.starts_with("application/apply-patch"));
    let verbs: &[_] = match (request.method(), name) {
        (&Method::GET, _) if watches => &["watch"],
        (&Method::GET, Some(_)) => &["get"],
        (&Method::GET, None) => &["list"],
        (&Method::POST, _) => &["create"],
        (&Method::PUT, _) => &["update"],
        // An apply creates what is not there.
        (&Method::PATCH, _) if applies => &["create", "patch"],
        (&Method::PATCH, _) => &["patch"],
        (&Method::DELETE, Some(_)) => &["delete"],
        (&Method::DELETE, None) => &["deletecollection"],
        _ => &[],
    };
    verbs.iter().map(|verb| Permission::new(group, &resource, verb)).collect()
}

/// What was needed so far.
#[derive(Clone, Debug, Default)]
pub struct Recorded(Arc<Mutex<BTreeSet<Permission>>>);

impl Recorded {
    /// A client by which everything is noted.
    pub fn on(&self, client: Client) -> Client {
        let (namespace, recorded) = (client.default_namespace().to_owned(), self.clone());
        let service = tower::service_fn(move |request: Request<Body>| {
            recorded.all().extend(needed(&request));
            let client = client.clone();
            async move { client.send(request).await }
        });
        Client::new(service, namespace)
    }

    /// What was needed so far.
    pub fn so_far(&self) -> BTreeSet<Permission> {
        self.all().clone()
    }

    fn all(&self) -> std::sync::MutexGuard<'_, BTreeSet<Permission>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether this user has a permission in all namespaces.
///
/// # Errors
///
/// That the API server does not tell it.
pub async fn is_allowed(client: &Client, permission: &Permission) -> Result<bool, String> {
    let Permission { group, resource, verb } = permission;
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": { "resourceAttributes": { "group": group, "resource": resource, "verb": verb } },
    });
    let request = Request::post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
        .header(CONTENT_TYPE, "application/json")
        .body(review.to_string().into_bytes())
        .map_err(|error| error.to_string())?;
    let answer = client.request::<Value>(request).await.map_err(|error| error.to_string())?;
    Ok(answer["status"]["allowed"] == true)
}

/// The `ClusterRole` of this name that allows this and nothing else.
pub fn cluster_role(name: &str, permissions: &BTreeSet<Permission>) -> Value {
    let mut verbs = BTreeMap::<(&str, &str), Vec<&str>>::new();
    for Permission { group, resource, verb } in permissions {
        verbs.entry((group, resource)).or_default().push(verb);
    }
    // Those of a group that allow the same are a rule together.
    let mut rules = BTreeMap::<(&str, Vec<&str>), Vec<&str>>::new();
    for ((group, resource), verbs) in verbs {
        rules.entry((group, verbs)).or_default().push(resource);
    }
    let rules = rules.into_iter().map(|((group, verbs), resources)| {
        json!({ "apiGroups": [group], "resources": resources, "verbs": verbs })
    });
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": { "name": name },
        "rules": rules.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_needs_verbs_on_a_resource() {
        let needed = |method: &str, uri: &str, content: &str| {
            let request = Request::builder().method(method).uri(uri).header(CONTENT_TYPE, content);
            let needed: Vec<_> =
                needed(&request.body(()).unwrap()).iter().map(ToString::to_string).collect();
            needed.join(", ")
        };
        let gateways = "/apis/gateway.networking.k8s.io/v1/namespaces/a/gateways";
        let apply = "application/apply-patch+yaml";
        insta::assert_snapshot!([
            needed("GET", "/api/v1/namespaces", ""),
            needed("GET", "/api/v1/namespaces/a", ""),
            needed("GET", "/api/v1/namespaces/a/pods?watch=true&labelSelector=a", ""),
            needed("GET", "/api/v1/namespaces/a/pods/b/log", ""),
            needed("PATCH", &format!("{gateways}/b"), apply),
            needed("PATCH", &format!("{gateways}/b"), "application/merge-patch+json"),
            needed("PUT", &format!("{gateways}/b/status"), ""),
            needed("DELETE", &format!("{gateways}/b"), ""),
            needed("DELETE", gateways, ""),
            needed("GET", "/version", ""),
        ].join("\n"), @"
        list namespaces
        get namespaces
        watch pods
        get pods/log
        create gateways.gateway.networking.k8s.io, patch gateways.gateway.networking.k8s.io
        patch gateways.gateway.networking.k8s.io
        update gateways/status.gateway.networking.k8s.io
        delete gateways.gateway.networking.k8s.io
        deletecollection gateways.gateway.networking.k8s.io

        ");
    }

    #[test]
    fn what_allows_the_same_is_a_rule_together() {
        let all = ["get a", "list a", "list b", "get b", "get c"].map(|it| {
            let (verb, resource) = it.split_once(' ').unwrap();
            Permission::new("g", resource, if verb == "get" { "get" } else { "list" })
        });
        let role = cluster_role("r", &all.into());
        assert_eq!(
            role["rules"],
            json!([
                { "apiGroups": ["g"], "resources": ["c"], "verbs": ["get"] },
                { "apiGroups": ["g"], "resources": ["a", "b"], "verbs": ["get", "list"] },
            ])
        );
    }
}
