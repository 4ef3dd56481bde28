use serde_json::{Value, json};

use super::*;
use crate::{
    script::{Script, gateway},
    wait::pause,
};

const LIMIT: Duration = Duration::from_secs(20);
const GATEWAYS: &str = "/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways";

fn gone() -> Value {
    json!({ "kind": "Status", "apiVersion": "v1", "status": "Success" })
}

fn going(name: &str, version: u64) -> Value {
    let mut object = gateway(name, version, &json!({}));
    object["metadata"]["deletionTimestamp"] = json!("2026-11-23T00:00:00Z");
    object["metadata"]["finalizers"] = json!(["example.org/hold"]);
    object
}

fn going_namespace(version: u64) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {
            "name": "own", "uid": "uid-of-own", "resourceVersion": version.to_string(),
            "deletionTimestamp": "2026-11-23T00:00:00Z",
        },
    })
}

fn keys(names: &[(Kind, Option<&str>, &str)]) -> Vec<Key> {
    names.iter().map(|(kind, namespace, name)| Key::new(*kind, *namespace, *name)).collect()
}

async fn removed(script: &Script, keys: &[Key], limit: Duration) -> Result<(), Vec<Remnant>> {
    let client = script.client();
    remove(&client, &Watches::new(client.clone()), keys, limit).await
}

#[tokio::test]
async fn newest_go_first_and_namespaces_take_their_content_with_them() {
    let script = Script::default()
        .answers(&format!("DELETE {GATEWAYS}/a"), 200, gone())
        .refuses(&format!("DELETE {GATEWAYS}/b"), 404, "NotFound", "not found")
        .answers("DELETE /api/v1/namespaces/infra", 200, gone());
    let keys = keys(&[
        (Kind::Namespace, None, "infra"),
        (Kind::Service, Some("infra"), "s"),
        (Kind::Gateway, Some("infra"), "a"),
        (Kind::Gateway, Some("infra"), "b"),
    ]);
    removed(&script, &keys, LIMIT).await.unwrap();
    let asked = script.asked();
    let names: Vec<_> =
        asked.iter().filter_map(|line| line.trim_end_matches('?').rsplit('/').next()).collect();
    assert_eq!(names, ["b", "a", "infra"]);
}

#[tokio::test]
async fn an_object_with_finalizers_is_waited_for() {
    let script = Script::default().answers(&format!("DELETE {GATEWAYS}/a"), 200, going("a", 101));
    let feed = script.watched(GATEWAYS, &[going("a", 101)]);
    feed.send("DELETED", &going("a", 102));
    removed(&script, &keys(&[(Kind::Gateway, Some("infra"), "a")]), LIMIT).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn each_that_goes_gives_the_others_their_time_anew() {
    // A controller that takes down one after the other, and one that stops after the first.
    for (to_go, left, took) in [(3, 0, 45), (1, 2, 35)] {
        let names = ["a", "b", "c"];
        let script = names.iter().fold(Script::default(), |script, name| {
            script.answers(&format!("DELETE {GATEWAYS}/{name}"), 200, going(name, 101))
        });
        let feed = script.watched(GATEWAYS, &names.map(|name| going(name, 101)));
        let one_by_one = async {
            for (name, version) in names.into_iter().zip(102..).take(to_go) {
                pause(LIMIT * 3 / 4).await;
                feed.send("DELETED", &going(name, version));
            }
        };
        let began = Instant::now();
        let keys = keys(&names.map(|name| (Kind::Gateway, Some("infra"), name)));
        let (removed, ()) = futures::join!(removed(&script, &keys, LIMIT), one_by_one);
        let remnants = removed.err().unwrap_or_default();
        assert_eq!((remnants.len(), began.elapsed().as_secs()), (left, took), "{remnants:?}");
        let told = |it: &Remnant| it.waited.is_some_and(|waited| waited.as_secs() == took);
        assert!(remnants.iter().all(told), "{remnants:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_in_no_namespace_has_its_own_time() {
    let script = Script::default()
        .answers(&format!("DELETE {GATEWAYS}/a"), 200, going("a", 101))
        .answers("DELETE /api/v1/namespaces/own", 200, going_namespace(101));
    let gateways = script.watched(GATEWAYS, &[going("a", 101)]);
    let namespaces = script.watched("/api/v1/namespaces", &[going_namespace(101)]);
    let one_by_one = async {
        pause(LIMIT * 3 / 4).await;
        gateways.send("DELETED", &going("a", 102));
        pause(LIMIT * 3 / 4).await;
        namespaces.send("DELETED", &going_namespace(102));
    };
    let keys = keys(&[(Kind::Namespace, None, "own"), (Kind::Gateway, Some("infra"), "a")]);
    let (removed, ()) = futures::join!(removed(&script, &keys, LIMIT), one_by_one);
    removed.unwrap();
}

#[tokio::test]
async fn what_stays_is_named_with_its_finalizers() {
    let script = Script::default().answers(&format!("DELETE {GATEWAYS}/a"), 200, going("a", 101));
    let _feed = script.watched(GATEWAYS, &[going("a", 101)]);
    let keys = keys(&[(Kind::Gateway, Some("infra"), "a")]);
    let remnants = removed(&script, &keys, Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(remnants[0].finalizers, ["example.org/hold"]);
    let text = remnants[0].to_string();
    assert!(
        text.starts_with("Gateway infra/a is still there: held by the finalizers example.org/hold"),
        "{text}"
    );
}

fn forbidden(script: Script, request: &str) -> Script {
    let message = format!("gateways \"{request}\" is forbidden: User \"u\" cannot delete it");
    script.refuses(request, 403, "Forbidden", &message)
}

#[tokio::test]
async fn what_goes_with_its_namespace_is_not_left() {
    let script = forbidden(Script::default(), &format!("DELETE {GATEWAYS}/a")).answers(
        "DELETE /api/v1/namespaces/infra",
        200,
        gone(),
    );
    let keys = keys(&[(Kind::Namespace, None, "infra"), (Kind::Gateway, Some("infra"), "a")]);
    removed(&script, &keys, LIMIT).await.unwrap();
}

#[tokio::test]
async fn what_stays_for_one_reason_is_told_in_one_sentence() {
    let script = forbidden(Script::default(), &format!("DELETE {GATEWAYS}/a"));
    let script = forbidden(script, &format!("DELETE {GATEWAYS}/b"));
    let keys = keys(&[(Kind::Gateway, Some("infra"), "a"), (Kind::Gateway, Some("infra"), "b")]);
    let remnants = removed(&script, &keys, LIMIT).await.unwrap_err();
    assert_eq!(
        sentences(&remnants),
        [
            "Gateway infra/b, Gateway infra/a are still there: User \"u\" cannot delete it; grant the \
          verb delete on gateways.gateway.networking.k8s.io to the user of this context"
        ]
    );
}

fn list(objects: &[Value]) -> Value {
    json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": objects })
}

/// A server that has one Gateway, and no object of any other kind.
fn with_one_gateway(mut script: Script) -> Script {
    script = script
        .answers(
            "GET /apis/gateway.networking.k8s.io/v1/gateways",
            200,
            list(&[gateway("a", 1, &json!({}))]),
        )
        .answers(&format!("DELETE {GATEWAYS}/a"), 200, gone());
    for kind in Kind::ALL {
        let resource = kind.resource();
        let root = if resource.group.is_empty() { "/api" } else { "/apis" };
        let path = format!("GET {root}/{}/{}", resource.api_version, resource.plural);
        script = script.answers(&path, 200, list(&[]));
    }
    script
}

async fn swept(script: &Script) -> Result<Vec<Key>, SweepError> {
    let client = script.client();
    remove_labelled(&client, &Watches::new(client.clone()), RUN_LABEL, LIMIT).await
}

#[tokio::test]
async fn a_sweep_passes_over_kinds_that_are_not_installed() {
    let path = "GET /apis/gateway.networking.k8s.io/v1/udproutes";
    let script = Script::default().answers(path, 404, json!("404 page not found"));
    let script = with_one_gateway(script);
    let removed = swept(&script).await.unwrap();
    assert_eq!(removed, keys(&[(Kind::Gateway, Some("infra"), "a")]));
    assert!(
        script
            .asked()
            .iter()
            .all(|line| !line.starts_with("GET") || line.contains("labelSelector="))
    );
}

#[tokio::test]
async fn a_sweep_removes_what_it_may_and_names_what_it_may_not_see() {
    let path = "GET /apis/discovery.k8s.io/v1/endpointslices";
    let script = Script::default().refuses(path, 403, "Forbidden", "the server's words");
    let script = with_one_gateway(script);
    let error = swept(&script).await.unwrap_err();
    assert!(script.asked().iter().any(|line| line.starts_with(&format!("DELETE {GATEWAYS}/a"))));
    assert_eq!(error.stuck, []);
    let text = error.to_string();
    assert!(text.contains("\n  not allowed to list endpointslices: the server's words"), "{text}");
}
