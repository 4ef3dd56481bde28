use serde_json::{Value, json};

use super::*;
use crate::script::{Script, gateway};

const LIMIT: Duration = Duration::from_secs(20);
const GATEWAYS: &str = "/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways";

fn gone() -> Value {
    json!({ "kind": "Status", "apiVersion": "v1", "status": "Success" })
}

fn going(version: u64) -> Value {
    let mut object = gateway("a", version, &json!({}));
    object["metadata"]["deletionTimestamp"] = json!("2026-11-23T00:00:00Z");
    object["metadata"]["finalizers"] = json!(["example.org/hold"]);
    object
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
    let script = Script::default().answers(&format!("DELETE {GATEWAYS}/a"), 200, going(101));
    let feed = script.watched(GATEWAYS, &[going(101)]);
    feed.send("DELETED", &going(102));
    removed(&script, &keys(&[(Kind::Gateway, Some("infra"), "a")]), LIMIT).await.unwrap();
}

#[tokio::test]
async fn what_stays_is_named_with_its_finalizers() {
    let script = Script::default().answers(&format!("DELETE {GATEWAYS}/a"), 200, going(101));
    let _feed = script.watched(GATEWAYS, &[going(101)]);
    let keys = keys(&[(Kind::Gateway, Some("infra"), "a")]);
    let remnants = removed(&script, &keys, Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(remnants[0].finalizers, ["example.org/hold"]);
    let text = remnants[0].to_string();
    assert!(
        text.starts_with("Gateway infra/a is still there: held by the finalizers example.org/hold"),
        "{text}"
    );
}

#[tokio::test]
async fn a_sweep_passes_over_kinds_that_are_not_installed() {
    let list = |objects: &[Value]| json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": objects });
    let mut script = Script::default()
        .answers(
            "GET /apis/gateway.networking.k8s.io/v1/gateways",
            200,
            list(&[gateway("a", 1, &json!({}))]),
        )
        .answers(
            "GET /apis/gateway.networking.k8s.io/v1/udproutes",
            404,
            json!("404 page not found"),
        )
        .answers(&format!("DELETE {GATEWAYS}/a"), 200, gone());
    for kind in Kind::ALL {
        let resource = kind.resource();
        let root = if resource.group.is_empty() { "/api" } else { "/apis" };
        let path = format!("GET {root}/{}/{}", resource.api_version, resource.plural);
        script = script.answers(&path, 200, list(&[]));
    }
    let client = script.client();
    let watches = Watches::new(client.clone());
    let removed = remove_labelled(&client, &watches, RUN_LABEL, LIMIT).await.unwrap();
    assert_eq!(removed, keys(&[(Kind::Gateway, Some("infra"), "a")]));
    assert!(
        script
            .asked()
            .iter()
            .all(|line| !line.starts_with("GET") || line.contains("labelSelector="))
    );
}
