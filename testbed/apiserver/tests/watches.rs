//! Watches through a client in the process.

use std::pin::pin;

use futures::{Stream, StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::runtime::watcher::{self, Event};
use serde_json::json;
use testbed_apiserver::{ApiServer, Options};

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
