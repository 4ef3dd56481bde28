//! Watches through a client in the process.

use std::pin::pin;
use std::time::Duration;

use futures::{Stream, StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::runtime::watcher::{self, Event};
use serde_json::json;
use testbed_apiserver::{ApiServer, Options, Trouble};

fn config_maps() -> Api<ConfigMap> {
    Api::default_namespaced(ApiServer::new(Options::default()).client())
}

async fn create(api: &Api<ConfigMap>, name: &str, label: &str) -> ConfigMap {
    let object = json!({"metadata": {"name": name, "labels": {"l": label}}});
    let object = serde_json::from_value(object).expect("a ConfigMap");
    api.create(&PostParams::default(), &object).await.expect("it is created")
}

async fn label(api: &Api<ConfigMap>, name: &str, label: &str) {
    let patch = json!({"metadata": {"labels": {"l": label}}});
    api.patch(name, &PatchParams::default(), &Patch::Merge(&patch)).await.expect("it is patched");
}

/// The next events, as their types and names.
async fn next<S>(stream: &mut S, count: usize) -> Vec<String>
where
    S: Stream<Item = kube::Result<WatchEvent<ConfigMap>>> + Unpin,
{
    let events: Vec<_> = stream.take(count).try_collect().await.expect("events");
    let name = |object: ConfigMap| object.metadata.name.unwrap_or_default();
    events
        .into_iter()
        .map(|event| match event {
            WatchEvent::Added(object) => format!("added {}", name(object)),
            WatchEvent::Modified(object) => format!("modified {}", name(object)),
            WatchEvent::Deleted(object) => format!("deleted {}", name(object)),
            WatchEvent::Bookmark(_) => "bookmark".to_owned(),
            WatchEvent::Error(status) => format!("error {} {}", status.code, status.reason),
        })
        .collect()
}

#[tokio::test]
async fn a_watch_tells_what_was_there_and_what_happens() {
    let api = config_maps();
    create(&api, "a", "x").await;
    let mut stream = pin!(api.watch(&WatchParams::default(), "0").await.unwrap());
    assert_eq!(next(&mut stream, 1).await, ["added a"]);
    create(&api, "b", "x").await;
    label(&api, "a", "y").await;
    api.delete("a", &DeleteParams::default()).await.unwrap();
    assert_eq!(next(&mut stream, 3).await, ["added b", "modified a", "deleted a"]);
}

#[tokio::test]
async fn a_watch_begins_after_a_version() {
    let api = config_maps();
    let first = create(&api, "a", "x").await;
    create(&api, "b", "x").await;
    let version = first.metadata.resource_version.unwrap();
    let mut stream = pin!(api.watch(&WatchParams::default(), &version).await.unwrap());
    assert_eq!(next(&mut stream, 1).await, ["added b"]);
}

#[tokio::test]
async fn objects_come_and_go_with_their_labels() {
    let api = config_maps();
    create(&api, "a", "x").await;
    let params = WatchParams::default().labels("l=y");
    let mut stream = pin!(api.watch(&params, "0").await.unwrap());
    label(&api, "a", "y").await;
    label(&api, "a", "x").await;
    assert_eq!(next(&mut stream, 2).await, ["added a", "deleted a"]);
}

#[tokio::test]
async fn a_watch_ends_in_time_with_a_bookmark() {
    let api = config_maps();
    create(&api, "a", "x").await;
    let params = WatchParams::default().timeout(1);
    let mut stream = pin!(api.watch(&params, "0").await.unwrap());
    assert_eq!(next(&mut stream, 2).await, ["added a", "bookmark"]);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_streaming_list_is_closed_by_a_bookmark() {
    let api = config_maps();
    create(&api, "a", "x").await;
    let mut stream =
        pin!(watcher::watcher(api.clone(), watcher::Config::default().streaming_lists()));
    let mut seen = Vec::new();
    while let Some(event) = stream.try_next().await.unwrap() {
        match event {
            Event::InitApply(object) => seen.push(object.metadata.name.unwrap()),
            Event::InitDone => create(&api, "b", "x").await.metadata.name.map_or((), drop),
            Event::Apply(object) => {
                seen.push(object.metadata.name.unwrap());
                break;
            }
            Event::Init | Event::Delete(_) => {}
        }
    }
    assert_eq!(seen, ["a", "b"]);
}

#[tokio::test]
async fn a_watch_that_breaks_loses_nothing() {
    let server = ApiServer::new(Options::default());
    let moment = Duration::from_millis(2)..=Duration::from_millis(20);
    server.trouble(Trouble { seed: 1, watches: Some(moment), ..Trouble::default() });
    let api: Api<ConfigMap> = Api::default_namespaced(server.client());
    let mut events = pin!(watcher::watcher(api.clone(), watcher::Config::default()));
    let (mut seen, mut broken) = (0, 0);
    create(&api, "a", "0").await;
    while seen < 20 || broken == 0 {
        match events.next().await.expect("it goes on") {
            Ok(Event::Apply(object) | Event::InitApply(object)) => {
                let there = object.metadata.labels.and_then(|labels| labels["l"].parse().ok());
                // A list tells again what was told before a watch broke.
                if there == Some(seen) {
                    seen += 1;
                    label(&api, "a", &seen.to_string()).await;
                }
            }
            Ok(_) => {}
            Err(_) => broken += 1,
        }
    }
}

#[tokio::test]
async fn another_writer_comes_first_only_where_a_version_is_relied_upon() {
    let server = ApiServer::new(Options::default());
    server.trouble(Trouble { conflicts: 1.0, ..Trouble::default() });
    let api: Api<ConfigMap> = Api::default_namespaced(server.client());
    let created = create(&api, "a", "x").await;
    label(&api, "a", "y").await;
    let present = api.get("a").await.unwrap();
    assert_eq!(present.metadata.annotations, created.metadata.annotations);
    let refused = api.replace("a", &PostParams::default(), &present).await.unwrap_err();
    assert!(matches!(refused, kube::Error::Api(status) if status.is_conflict()));
    let touched = api.get("a").await.unwrap();
    assert_ne!(touched.metadata.resource_version, present.metadata.resource_version);
}

#[tokio::test]
async fn a_throttled_client_is_told_when_to_come_again() {
    let server = ApiServer::new(Options::default());
    server.trouble(Trouble { throttled: 1.0, ..Trouble::default() });
    let api: Api<ConfigMap> = Api::default_namespaced(server.client());
    let refused = api.get("a").await.unwrap_err();
    let kube::Error::Api(status) = refused else { panic!("{refused}") };
    let seconds = status.details.as_ref().map(|details| details.retry_after_seconds);
    assert_eq!((status.code, seconds), (429, Some(1)));
}
