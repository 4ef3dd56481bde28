use serde_json::json;

use super::*;
use crate::{
    apply::{self, ApplyError},
    object::{Key, Kind},
    script::{Script, gateway},
};

const A: &str = "/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways/a";

const SHORT: Patience =
    Patience { limit: Duration::from_millis(200), pause: Duration::from_millis(10) };

fn client(script: &Script) -> Client {
    ride_out_with(script.client(), SHORT)
}

fn key() -> Key {
    Key::new(Kind::Gateway, Some("infra"), "a")
}

fn there(script: Script) -> Script {
    script.answers(&format!("GET {A}"), 200, gateway("a", 1, &json!({})))
}

#[tokio::test]
async fn a_server_that_comes_back_is_asked_again() {
    let script = Script::default().breaks(&format!("GET {A}")).breaks(&format!("GET {A}"));
    let script = script.refuses(&format!("GET {A}"), 429, "TooManyRequests", "slow down");
    let client = client(&there(script.clone()));
    assert!(apply::get(&client, &key()).await.unwrap().is_some());
    assert_eq!(script.asked().len(), 4);
}

#[tokio::test]
async fn one_that_stays_away_is_waited_for_once() {
    let mut script = Script::default();
    for _ in 0..1000 {
        script = script.breaks(&format!("GET {A}"));
    }
    let client = client(&script);
    let error = apply::get(&client, &key()).await.unwrap_err();
    assert!(matches!(error, ApplyError::Failed { .. }), "{error}");
    let asked = script.asked().len();
    assert!(asked > 2, "{asked}");
    apply::get(&client, &key()).await.unwrap_err();
    assert_eq!(script.asked().len(), asked + 1, "the second request does not wait anew");
}

#[tokio::test]
async fn what_the_server_refuses_is_not_asked_twice() {
    let script =
        there(Script::default().refuses(&format!("GET {A}"), 403, "Forbidden", "not allowed"));
    let client = client(&script);
    let error = apply::get(&client, &key()).await.unwrap_err();
    assert!(matches!(error, ApplyError::Forbidden { .. }), "{error}");
}

#[tokio::test]
async fn a_replacement_that_may_have_been_done_is_not_repeated() {
    let script = there(Script::default()).breaks(&format!("PUT {A}"));
    let client = client(&script);
    let error = apply::edit(&client, &key(), None, |_| {}).await.unwrap_err();
    assert!(matches!(error, ApplyError::Failed { .. }), "{error}");
}
