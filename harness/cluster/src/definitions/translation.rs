//! Requests that say `v1`, for an API server that serves other versions; and requests for policies, for one that has
//! them under the implementer's name.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use http::{Request, Uri, uri::InvalidUri};
use http_body_util::BodyExt;
use kube::{Client, client::Body, core::ApiResource};
use serde_json::Value;

use crate::object::Kind;

/// Where kinds really are.
pub(super) type Places = HashMap<Kind, ApiResource>;

/// A client whose requests for these kinds are sent to where they really are. Answers are left as they are.
pub(super) fn translating(client: Client, places: Places) -> Client {
    if places.is_empty() {
        return client;
    }
    let (namespace, places) = (client.default_namespace().to_owned(), Arc::new(places));
    let service = tower::service_fn(move |request| {
        let (client, places) = (client.clone(), places.clone());
        async move { client.send(translated(request, &places).await?).await }
    });
    Client::new(service, namespace)
}

async fn translated(request: Request<Body>, places: &Places) -> kube::Result<Request<Body>> {
    let (mut head, body) = request.into_parts();
    let Some((path, resource)) = moved(head.uri.path(), places) else {
        return Ok(Request::from_parts(head, body));
    };
    head.uri = with_path(&head.uri, &path).map_err(|error| kube::Error::Service(error.into()))?;
    let body = renamed(body.collect().await?.to_bytes(), resource);
    Ok(Request::from_parts(head, Body::from(body)))
}

/// The path at which a kind really is, if that is another one.
fn moved<'p>(path: &str, places: &'p Places) -> Option<(String, &'p ApiResource)> {
    let (group, below) = path.strip_prefix("/apis/")?.split_once('/')?;
    let (_version, below) = below.split_once('/')?;
    let in_namespace = below.match_indices('/').nth(1).filter(|_| below.starts_with("namespaces/"));
    let (namespace, below) = below.split_at(in_namespace.map_or(0, |(slash, _)| slash + 1));
    let (plural, rest) = below.split_at(below.find('/').unwrap_or(below.len()));
    let is_asked = |kind: &Kind| kind.group() == group && kind.plural() == plural;
    let (_, resource) = places.iter().find(|(kind, _)| is_asked(kind))?;
    let ApiResource { api_version, plural, .. } = resource;
    Some((format!("/apis/{api_version}/{namespace}{plural}{rest}"), resource))
}

fn with_path(uri: &Uri, path: &str) -> Result<Uri, InvalidUri> {
    uri.query().map_or_else(|| path.parse(), |query| format!("{path}?{query}").parse())
}

/// An object with the names that it really has; a patch names none.
fn renamed(body: Bytes, resource: &ApiResource) -> Bytes {
    match serde_json::from_slice::<Value>(&body) {
        Ok(mut object) if object["apiVersion"].is_string() => {
            object["apiVersion"] = resource.api_version.as_str().into();
            object["kind"] = resource.kind.as_str().into();
            object.to_string().into()
        }
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use kube::core::GroupVersionKind;
    use model::names::GROUP;
    use serde_json::json;

    use super::*;

    fn places() -> Places {
        let old = |version, kind, plural| {
            ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(GROUP, version, kind), plural)
        };
        HashMap::from([
            (Kind::HttpRoute, old("v1beta1", "HTTPRoute", "httproutes")),
            (Kind::ReferenceGrant, old("v1alpha2", "ReferencePolicy", "referencepolicies")),
        ])
    }

    #[test]
    fn only_what_is_elsewhere_is_asked_for_elsewhere() {
        let group = format!("/apis/{GROUP}");
        for (asked, expected) in [
            ("/v1/httproutes", Some("/v1beta1/httproutes")),
            (
                "/v1/namespaces/a/httproutes/b/status",
                Some("/v1beta1/namespaces/a/httproutes/b/status"),
            ),
            (
                "/v1/namespaces/a/referencegrants/b",
                Some("/v1alpha2/namespaces/a/referencepolicies/b"),
            ),
            ("/v1/gateways", None),
            ("/v1", None),
        ] {
            let places = places();
            let found = moved(&format!("{group}{asked}"), &places).map(|(path, _)| path);
            assert_eq!(found, expected.map(|path| format!("{group}{path}")), "{asked}");
        }
        assert!(moved("/api/v1/namespaces/a/services/httproutes", &places()).is_none());
        assert!(moved("/apis/apps/v1/httproutes", &places()).is_none());
    }

    #[test]
    fn an_object_gets_the_names_that_it_has_there_and_a_patch_stays() {
        let grant = json!({ "apiVersion": format!("{GROUP}/v1"), "kind": "ReferenceGrant" });
        let renamed_grant = renamed(grant.to_string().into(), &places()[&Kind::ReferenceGrant]);
        assert_eq!(
            serde_json::from_slice::<Value>(&renamed_grant).unwrap(),
            json!({ "apiVersion": format!("{GROUP}/v1alpha2"), "kind": "ReferencePolicy" })
        );
        let patch = Bytes::from(r#"{"spec":{}}"#);
        assert_eq!(renamed(patch.clone(), &places()[&Kind::HttpRoute]), patch);
    }
}
