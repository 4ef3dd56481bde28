use std::time::Duration;

use kube::runtime::watcher::Event;
use serde_json::json;

use super::{known::version, *};
use crate::{
    object::Kind,
    script::{Script, gateway, object},
    wait::Progress,
};

const GATEWAYS: &str = "/apis/gateway.networking.k8s.io/v1/gateways";
const LIMIT: Duration = Duration::from_secs(20);

fn key(name: &str) -> Key {
    Key::new(Kind::Gateway, Some("infra"), name)
}

fn has_status(object: Option<&Object>) -> Progress<()> {
    match object {
        None => Progress::NotYet("it does not exist".to_owned()),
        Some(object) if object.data["status"].is_object() => Progress::Met(()),
        Some(_) => Progress::NotYet("no status".to_owned()),
    }
}

#[tokio::test]
async fn a_change_ends_the_wait_and_costs_no_request() {
    let script = Script::default();
    let feed = script.watched(GATEWAYS, &[gateway("a", 1, &json!(null))]);
    let watches = Watches::new(script.client());
    let store = watches.on(Scope::all(Kind::Gateway));

    let (name, mut reasons) = (key("a"), Vec::new());
    let wait = store.until(&name, LIMIT, |object| {
        let progress = has_status(object);
        if let Progress::NotYet(because) = &progress {
            reasons.push(because.clone());
            // Of the second change nobody who waits for "a" must hear.
            feed.send("ADDED", &gateway("b", 101, &json!(null)));
            feed.send("MODIFIED", &gateway("a", 102, &json!({ "addresses": [] })));
        }
        progress
    });
    wait.await.unwrap();
    assert_eq!(reasons, ["no status"]);

    let same = watches.clone().on(Scope::all(Kind::Gateway));
    same.until(&key("a"), LIMIT, has_status).await.unwrap();
    assert!(same.get(&key("b")).is_some());
    let asked = script.asked();
    assert_eq!(asked.len(), 2, "one list and one watch for all: {asked:?}");
    assert!(asked[1].contains("watch=true") && asked[1].contains("allowWatchBookmarks=true"));
}

#[tokio::test]
async fn what_the_session_learned_hides_older_states() {
    let script = Script::default();
    let met = json!({ "addresses": [] });
    let feed = script.watched(GATEWAYS, &[gateway("a", 7, &met)]);
    let watches = Watches::new(script.client());
    watches.learned(&key("a"), &object(&gateway("a", 120, &met)));

    let mut seen = Vec::new();
    let store = watches.on(Scope::all(Kind::Gateway));
    feed.send("MODIFIED", &gateway("a", 119, &met));
    feed.send("MODIFIED", &gateway("a", 120, &met));
    let name = key("a");
    let wait = store.until(&name, LIMIT, |object| {
        seen.push(object.and_then(version));
        has_status(object)
    });
    wait.await.unwrap();
    assert_eq!(seen, [Some(120)]);
}

#[tokio::test]
async fn a_watch_that_is_refused_ends_the_wait_at_once_and_says_why() {
    let message = "gateways.gateway.networking.k8s.io is forbidden: User \"u\" cannot list";
    let script = Script::default().refuses(&format!("GET {GATEWAYS}"), 403, "Forbidden", message);
    let watches = Watches::new(script.client());
    let store = watches.on(Scope::all(Kind::Gateway));
    let unmet = store.until(&key("a"), LIMIT, has_status).await.unwrap_err();
    assert!(unmet.waited < LIMIT);
    let error = unmet.watch_error.unwrap();
    assert!(error.contains(message) && error.contains("grant the verbs list and watch"), "{error}");
    assert_eq!(store.error(), Some(error));
}

#[tokio::test]
async fn a_list_without_a_watch_is_not_waited_on() {
    let get = format!("GET {GATEWAYS}");
    let list = json!({
        "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "100" },
        "items": [gateway("a", 1, &json!(null))],
    });
    let script = Script::default()
        .answers(&get, 200, list)
        .refuses(&get, 403, "Forbidden", "u cannot watch")
        .refuses(&get, 403, "Forbidden", "u cannot watch");
    let watches = Watches::new(script.client());
    let store = watches.on(Scope::all(Kind::Gateway));
    let unmet = store.until(&key("a"), LIMIT, has_status).await.unwrap_err();
    assert!(unmet.waited < LIMIT);
    assert!(unmet.watch_error.unwrap().contains("u cannot watch"));
}

#[tokio::test]
async fn watches_end_with_the_last_clone() {
    let script = Script::default();
    let feed = script.watched(GATEWAYS, &[gateway("a", 1, &json!({}))]);
    let watches = Watches::new(script.client());
    let clone = watches.clone();
    drop(watches);
    clone.on(Scope::all(Kind::Gateway)).until(&key("a"), LIMIT, has_status).await.unwrap();
    drop(clone);
    tokio::time::timeout(LIMIT, feed.closed()).await.unwrap();
}

#[tokio::test]
async fn a_list_that_is_taken_again_shows_what_has_gone_meanwhile() {
    let store = Store::new(Scope::all(Kind::Gateway), Arc::default());
    let list = |names: &[&str]| {
        store.take_in(Ok(Event::Init));
        for name in names {
            store.take_in(Ok(Event::InitApply(object(&gateway(name, 1, &json!({}))))));
        }
    };
    list(&["a", "b"]);
    assert!(store.all().is_empty(), "a list counts when it is complete");
    store.take_in(Ok(Event::InitDone));
    assert_eq!(store.all().len(), 2);

    let gone = tokio::spawn({
        let store = store.clone();
        async move {
            let gone = |object: Option<&Object>| match object {
                Some(_) => Progress::NotYet("still there".to_owned()),
                None => Progress::Met(()),
            };
            store.until(&key("b"), LIMIT, gone).await
        }
    });
    tokio::task::yield_now().await;
    list(&["a"]);
    store.take_in(Ok(Event::InitDone));
    gone.await.unwrap().unwrap();
}

#[tokio::test]
async fn all_objects_together_can_be_waited_for() {
    let script = Script::default();
    let feed = script.watched("/api/v1/namespaces/infra/pods", &[]);
    let watches = Watches::new(script.client());
    let store = watches.on(Scope::all(Kind::Pod).within("infra"));
    let pod = |name: &str| json!({ "metadata": { "name": name, "namespace": "infra", "resourceVersion": "5" } });
    feed.send("ADDED", &pod("a"));
    feed.send("ADDED", &pod("b"));
    let two = store.until_all(LIMIT, |pods| match pods {
        [first, _] => Progress::Met(Key::of(first).unwrap().to_string()),
        other => Progress::NotYet(format!("{} pods", other.len())),
    });
    assert_eq!(two.await.unwrap(), "Pod infra/a", "items of lists get their kind back");
}
