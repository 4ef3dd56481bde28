use serde_json::json;

use super::*;
use crate::script::{Script, gateway, object};

const GATEWAY: &str = "/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways/a";

fn key() -> Key {
    Key::new(Kind::Gateway, Some("infra"), "a")
}

async fn applied(script: Script) -> Result<Object, ApplyError> {
    apply(&script.client(), &object(&gateway("a", 1, &json!({})))).await
}

#[tokio::test]
async fn objects_are_applied_by_force_and_validated_strictly() {
    let request = format!("PATCH {GATEWAY}");
    let script = Script::default().answers(&request, 200, gateway("a", 2, &json!({})));
    applied(script.clone()).await.unwrap();
    let asked = script.asked();
    for parameter in ["force=true", "fieldManager=gateway-conformance", "fieldValidation=Strict"] {
        assert!(asked[0].contains(parameter), "{asked:?}");
    }
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let request = format!("PATCH {GATEWAY}");
    let refuses = |code, reason: &str| {
        Script::default().refuses(&request, code, reason, "the server's words")
    };
    let text = applied(refuses(403, "Forbidden")).await.unwrap_err().to_string();
    let grant = "grant the verbs create and patch on gateways.gateway.networking.k8s.io to";
    assert!(text.contains(grant), "{text}");
    assert!(text.contains("Gateway infra/a: the server's words"), "{text}");

    let terminating = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403,
        "reason": "Forbidden", "message": "because it is being terminated",
        "details": { "causes": [{ "reason": "NamespaceTerminating", "field": "metadata.namespace",
            "message": "namespace infra is being terminated" }] },
    });
    let script = Script::default().answers(&request, 403, terminating);
    let error = applied(script).await.unwrap_err();
    assert!(matches!(error, ApplyError::NamespaceTerminating { .. }), "{error}");

    let invalid = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 422,
        "reason": "Invalid", "message": "Gateway \"a\" is invalid",
        "details": { "causes": [{ "field": "spec.listeners[0].port", "message": "too large" }] },
    });
    let text = applied(Script::default().answers(&request, 422, invalid)).await.unwrap_err();
    assert!(text.to_string().ends_with("spec.listeners[0].port: too large"), "{text}");
}

#[tokio::test]
async fn a_subresource_has_permissions_of_its_own() {
    let script = Script::default()
        .answers(&format!("GET {GATEWAY}"), 200, gateway("a", 1, &json!({})))
        .refuses(&format!("PUT {GATEWAY}/status"), 403, "Forbidden", "the server's words");
    let error = edit(&script.client(), &key(), Some("status"), |_| {}).await.unwrap_err();
    let grant = "grant the verb update on gateways.gateway.networking.k8s.io/status";
    assert!(error.to_string().contains(grant), "{error}");
}

#[tokio::test]
async fn an_object_that_is_going_away_is_not_taken_for_the_new_one() {
    let mut going = gateway("a", 2, &json!({}));
    going["metadata"]["deletionTimestamp"] = json!("2026-11-23T00:00:00Z");
    going["metadata"]["finalizers"] = json!(["example.org/hold"]);
    let script = Script::default().answers(&format!("PATCH {GATEWAY}"), 200, going);
    let text = applied(script).await.unwrap_err().to_string();
    assert!(text.contains("still being deleted, held by example.org/hold"), "{text}");
}

#[tokio::test]
async fn an_edit_that_came_second_is_made_again_on_the_newer_object() {
    let script = Script::default()
        .answers(&format!("GET {GATEWAY}"), 200, gateway("a", 1, &json!({})))
        .refuses(&format!("PUT {GATEWAY}/status"), 409, "Conflict", "changed")
        .answers(&format!("GET {GATEWAY}"), 200, gateway("a", 2, &json!({})))
        .answers(&format!("PUT {GATEWAY}/status"), 200, gateway("a", 3, &json!({})));
    let change = |gateway: &mut Object| gateway.data["status"] = json!({ "addresses": [] });
    let edited = edit(&script.client(), &key(), Some("status"), change).await.unwrap();
    assert_eq!(edited.metadata.resource_version.as_deref(), Some("3"));
    assert_eq!(script.asked().len(), 4);
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let script = Script::default().refuses(&format!("GET {GATEWAY}"), 404, "NotFound", "not found");
    assert_eq!(get(&script.client(), &key()).await.unwrap(), None);
}
