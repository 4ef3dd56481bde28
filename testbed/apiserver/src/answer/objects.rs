//! The verbs on objects.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use http::{Method, Response, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::response::{Answer, Body, full, json_response, respond};
use crate::object::{self, Object};
use crate::patch::Patch;
use crate::registry::{DeleteOptions, Deleted, Subresource, Target};
use crate::request::ObjectRequest;
use crate::resources::{Resource, Storage, api_version};
use crate::selectors::Selection;
use crate::server::{PodLogs, Server};
use crate::status_error::StatusError;
use crate::table::{self, Form};
use crate::trouble::{self, End, Troubled};
use crate::watch::{self, Terms, View};
use crate::{convert, protobuf};

/// Answers a request for objects.
pub fn answer(server: &Server, request: &ObjectRequest, method: &Method, body: &Bytes) -> Answer {
    let target = request.target();
    if request.resource.storage == Storage::Answer {
        return answer_review(request, method, body);
    }
    match (request.subresource.as_deref(), request.name.as_deref()) {
        (Some("log"), Some(name)) if method == Method::GET => log(server, request, name),
        (Some(which @ ("log" | "exec")), _) => Err(StatusError::bad_request(format!(
            "pods/{which}: this API server belongs to a testbed whose pods are not processes; it \
             answers nothing but GET on pods/log"
        ))),
        (_, None) => match *method {
            Method::GET if request.query.flag("watch") => watch(server, request),
            Method::GET => list(server, request),
            Method::POST => create(server, request, &target, body),
            Method::DELETE => delete_collection(server, request, &target, body),
            _ => Err(not_allowed(method)),
        },
        (_, Some(name)) => match *method {
            Method::GET if request.query.flag("watch") => watch(server, request),
            Method::GET => one(request, StatusCode::OK, &*server.registry.get(&target, name)?),
            Method::PUT => {
                let value = decode(request, body)?;
                race(server, &target, name, &value);
                one(request, StatusCode::OK, &*server.registry.update(&target, name, value)?)
            }
            Method::PATCH => patch(server, request, &target, name, body),
            Method::DELETE if target.subresource == Subresource::Main => {
                delete(server, request, &target, name, body)
            }
            _ => Err(not_allowed(method)),
        },
    }
}

/// In a server that makes trouble, has another writer change an object just before one that relies on
/// its version: the annotation that it sets concerns nobody.
fn race(server: &Server, target: &Target, name: &str, value: &Value) {
    let relies = !object::text(value, "/metadata/resourceVersion").is_empty();
    if !relies || !server.trouble.get().is_some_and(Troubled::races) {
        return;
    }
    let annotation = server.requests.load(Ordering::Relaxed).to_string();
    let annotations = json!({"gateway-conformance.dev/touched": annotation});
    let patch = Patch::Merge(json!({"metadata": {"annotations": annotations}}));
    let target = Target {
        subresource: Subresource::Main,
        manager: "another-writer".to_owned(),
        dry_run: false,
        ..target.clone()
    };
    // One that is gone is the first writer's to find out.
    if let Err(error) = server.registry.patch(&target, name, patch, false) {
        tracing::debug!(%error, "the other writer was refused");
    }
}

fn not_allowed(method: &Method) -> StatusError {
    StatusError::method_not_allowed(format!("the server does not allow {method} here"))
}

fn form(request: &ObjectRequest) -> Result<Form, StatusError> {
    table::form(&request.accept, request.query.text("includeObject"))
        .ok_or_else(StatusError::not_acceptable)
}

/// Reads a body by its media type.
fn decode(request: &ObjectRequest, body: &Bytes) -> Result<Value, StatusError> {
    let unreadable = |error: &dyn std::fmt::Display| {
        StatusError::bad_request(format!("the body of the request could not be read: {error}"))
    };
    match request.content_type.as_str() {
        "" | "application/json" => serde_json::from_slice(body).map_err(|e| unreadable(&e)),
        "application/yaml" => serde_yaml::from_slice(body).map_err(|e| unreadable(&e)),
        protobuf::MEDIA_TYPE => protobuf::decode(body).map_err(|error| match error {
            protobuf::Error::UnknownKind { .. } => {
                StatusError::unsupported_media_type(error.to_string())
            }
            malformed => unreadable(&malformed),
        }),
        other => Err(StatusError::unsupported_media_type(format!(
            "the body of the request was in an unknown format ({other}) - accepted media types \
             include: application/json, application/yaml, {}",
            protobuf::MEDIA_TYPE
        ))),
    }
}

fn one(request: &ObjectRequest, code: StatusCode, object: &Object) -> Answer {
    let (resource, version) = (request.resource, request.version);
    let text = match form(request)? {
        Form::Whole => convert::to_json(resource, version, object),
        Form::Metadata => Bytes::from(table::partial(object.value()).to_string()),
        Form::Table(row) => {
            let value = convert::to_version(resource, version, object.value());
            let number = object.version().to_string();
            Bytes::from(table::table(resource, &[value.as_ref()], row, &number, true).to_string())
        }
    };
    Ok(respond(code, "application/json", full(text)))
}

fn view(request: &ObjectRequest) -> Result<View, StatusError> {
    let query = &request.query;
    let mut fields = query.text("fieldSelector").to_owned();
    if let Some(name) = &request.name {
        fields = format!("metadata.name={name},{fields}");
    }
    Ok(View {
        resource: request.resource,
        version: request.version,
        namespace: request.namespace.clone(),
        selection: Selection::parse(query.text("labelSelector"), &fields)?,
        form: form(request)?,
    })
}

fn list(server: &Server, request: &ObjectRequest) -> Answer {
    let view = view(request)?;
    let (objects, version) = {
        let state = server.registry.store.lock();
        (state.list(request.resource, &request.namespace), state.version())
    };
    Ok(list_response(&view, &view.select(objects), version))
}

fn list_response(view: &View, objects: &[Arc<Object>], version: u64) -> Response<Body> {
    let (resource, version) = (view.resource, version.to_string());
    match view.form {
        Form::Whole => {
            let kind = format!("{}List", resource.kind);
            let items = objects.iter().map(|o| convert::to_json(resource, view.version, o));
            let version_of_api = api_version(resource.group, view.version);
            list_text(&kind, &version_of_api, &version, items)
        }
        Form::Metadata => {
            let items = objects.iter().map(|o| Bytes::from(table::partial(o.value()).to_string()));
            list_text("PartialObjectMetadataList", "meta.k8s.io/v1", &version, items)
        }
        Form::Table(row) => {
            let values: Vec<_> = objects
                .iter()
                .map(|object| convert::to_version(resource, view.version, object.value()))
                .collect();
            let values: Vec<&Value> = values.iter().map(AsRef::as_ref).collect();
            let table = table::table(resource, &values, row, &version, true);
            json_response(StatusCode::OK, &table)
        }
    }
}

/// A list made of texts that are there already.
fn list_text(
    kind: &str,
    api_version: &str,
    version: &str,
    items: impl Iterator<Item = Bytes>,
) -> Response<Body> {
    let head = json!({
        "kind": kind,
        "apiVersion": api_version,
        "metadata": {"resourceVersion": version},
    });
    let mut text = head.to_string();
    text.pop();
    let mut text = text.into_bytes();
    text.extend_from_slice(br#","items":["#);
    for (index, item) in items.enumerate() {
        if index > 0 {
            text.push(b',');
        }
        text.extend_from_slice(&item);
    }
    text.extend_from_slice(b"]}");
    respond(StatusCode::OK, "application/json", full(text.into()))
}

fn watch(server: &Server, request: &ObjectRequest) -> Answer {
    let query = &request.query;
    let view = view(request)?;
    let timeout: Option<u64> = query.number("timeoutSeconds")?;
    let terms = Terms {
        // Zero stands for the server's own limit, which is none.
        deadline: timeout
            .filter(|seconds| *seconds > 0)
            .map(|seconds| Instant::now() + Duration::from_secs(seconds)),
        bookmarks: query.flag("allowWatchBookmarks"),
    };
    let streaming_list = query.flag("sendInitialEvents");
    let from: u64 = query.number("resourceVersion")?.unwrap_or(0);
    let with_initial = streaming_list || (from == 0 && query.text("sendInitialEvents").is_empty());

    let trouble = server.trouble.get();
    if from > 0 && !with_initial && trouble.is_some_and(Troubled::expires) {
        let line = watch::error_line(&StatusError::expired(from, from + 1));
        return Ok(respond(StatusCode::OK, "application/json", full(line)));
    }
    let mut state = server.registry.store.lock();
    let reached = state.version();
    // Without a version, the initial objects are the present ones, and the watch goes on from now.
    let start = (!with_initial && from > 0).then_some(from);
    let body = match state.subscribe(request.resource, start) {
        Ok(subscription) => {
            let initial = if with_initial {
                view.select(state.list(request.resource, &request.namespace))
            } else {
                Vec::new()
            };
            drop(state);
            let marked = streaming_list && terms.bookmarks;
            let lines = watch::lines(view, terms, &initial, marked, reached, subscription);
            let lines = lines.map(Ok);
            match trouble.and_then(Troubled::end_of_watch) {
                None => stream_body(lines),
                Some((at, end)) => {
                    let last = stream::iter(last_line(end, from));
                    stream_body(lines.take_until(sleep_until(at)).chain(last))
                }
            }
        }
        Err(too_old) => full(watch::error_line(&StatusError::expired(from, too_old.oldest))),
    };
    Ok(respond(StatusCode::OK, "application/json", body))
}

fn stream_body(lines: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Body {
    BodyExt::boxed_unsync(StreamBody::new(lines.map_ok(Frame::data)))
}

/// What comes last of a watch that ends before its time.
fn last_line(end: End, from: u64) -> Option<io::Result<Bytes>> {
    match end {
        End::Closed => None,
        End::Broken => Some(Err(trouble::broken())),
        End::Expired => Some(Ok(watch::error_line(&StatusError::expired(from, from + 1)))),
    }
}

fn create(server: &Server, request: &ObjectRequest, target: &Target, body: &Bytes) -> Answer {
    let value = decode(request, body)?;
    let mut target = target.clone();
    if request.resource.namespaced && target.namespace.is_empty() {
        let message = "an empty namespace may not be set during creation";
        let said = object::namespace(&value);
        if said.is_empty() {
            return Err(StatusError::bad_request(message));
        }
        said.clone_into(&mut target.namespace);
    }
    one(request, StatusCode::CREATED, &*server.registry.create(&target, value)?)
}

fn patch(
    server: &Server,
    request: &ObjectRequest,
    target: &Target,
    name: &str,
    body: &Bytes,
) -> Answer {
    if request.content_type == Patch::APPLY && request.query.text("fieldManager").is_empty() {
        return Err(StatusError::nameless_apply());
    }
    let patch = Patch::parse(&request.content_type, body, request.resource)?;
    if let Patch::Merge(value) | Patch::Strategic(value) = &patch {
        race(server, target, name, value);
    }
    let force = request.query.flag("force");
    let (object, created) = server.registry.patch(target, name, patch, force)?;
    one(request, if created { StatusCode::CREATED } else { StatusCode::OK }, &object)
}

/// The options of a deletion, from the body or the parameters, and the target that heeds them.
fn delete_options(
    request: &ObjectRequest,
    target: &Target,
    body: &Bytes,
) -> Result<(DeleteOptions, Target), StatusError> {
    let mut options = DeleteOptions::default();
    if !body.is_empty() {
        let value = decode(request, body)?;
        options = DeleteOptions::deserialize(value).map_err(|error| {
            StatusError::bad_request(format!("the DeleteOptions could not be read: {error}"))
        })?;
    }
    if options.grace_period_seconds.is_none() {
        options.grace_period_seconds = request.query.number("gracePeriodSeconds")?;
    }
    let dry_run = target.dry_run || options.dry_run.as_ref().is_some_and(|runs| !runs.is_empty());
    Ok((options, Target { dry_run, ..target.clone() }))
}

fn delete(
    server: &Server,
    request: &ObjectRequest,
    target: &Target,
    name: &str,
    body: &Bytes,
) -> Answer {
    let (options, target) = delete_options(request, target, body)?;
    match server.registry.delete(&target, name, &options)? {
        Deleted::Terminating(object) => one(request, StatusCode::OK, &object),
        Deleted::Gone(object) => {
            Ok(json_response(StatusCode::OK, &success(request.resource, object.value())))
        }
    }
}

fn success(resource: &Resource, gone: &Value) -> Value {
    json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {
            "name": object::name(gone),
            "group": resource.group,
            "kind": resource.plural,
            "uid": object::text(gone, "/metadata/uid"),
        },
    })
}

fn delete_collection(
    server: &Server,
    request: &ObjectRequest,
    target: &Target,
    body: &Bytes,
) -> Answer {
    let view = view(request)?;
    let (options, target) = delete_options(request, target, body)?;
    let deleted = server.registry.delete_collection(&target, &view.selection, &options);
    let version = server.registry.store.lock().version();
    Ok(list_response(&view, &deleted, version))
}

fn log(server: &Server, request: &ObjectRequest, name: &str) -> Answer {
    let pod = server.registry.get(&request.target(), name)?;
    let container = Some(request.query.text("container")).filter(|name| !name.is_empty());
    let containers = pod.value().pointer("/spec/containers").and_then(Value::as_array);
    let known = |wanted: &str| containers.into_iter().flatten().any(|c| c["name"] == wanted);
    if let Some(unknown) = container.filter(|name| !known(name)) {
        return Err(StatusError::bad_request(format!(
            "container {unknown} is not valid for pod {name}"
        )));
    }
    let read = |logs: Arc<dyn PodLogs>| {
        logs.read(&request.namespace, name, container, request.query.as_str())
    };
    let lines = server.pod_logs().map(read).transpose().map_err(StatusError::bad_request)?;
    let lines = lines.flatten().unwrap_or_else(|| stream::empty().boxed());
    let body = stream_body(lines.map(|text| Ok(Bytes::from(text))));
    Ok(respond(StatusCode::OK, "text/plain", body))
}

/// Everything is allowed to everyone.
fn answer_review(request: &ObjectRequest, method: &Method, body: &Bytes) -> Answer {
    if method != Method::POST || request.name.is_some() {
        return Err(not_allowed(method));
    }
    let mut review = decode(request, body)?;
    convert::to_stored(request.resource, request.version, &mut review)?;
    review["status"] = match request.resource.kind {
        "SelfSubjectRulesReview" => json!({
            "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
            "incomplete": false,
        }),
        _ => json!({"allowed": true}),
    };
    Ok(json_response(StatusCode::CREATED, &review))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::{ApiServer, Options};

    #[tokio::test]
    async fn a_watch_from_a_forgotten_version_is_told_that_it_is_gone() {
        let server = ApiServer::new(Options::default()).server;
        let maps = crate::resources::by_plural("configmaps");
        for _ in 0..5000 {
            let object = json!({"metadata": {"namespace": "default", "name": "a"}});
            server.registry.store.lock().put(maps, object);
        }
        let path = "/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=1";
        let (parts, ()) = Request::get(path).body(()).unwrap().into_parts();
        let answer = crate::answer::answer(&server, &parts, &Bytes::new());
        assert_eq!(answer.status(), StatusCode::OK);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let event: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&event["type"], &event["object"]["code"]), (&json!("ERROR"), &json!(410)));
        assert_eq!(event["object"]["reason"], "Expired");
    }
}
