//! Gateway: listeners that come and go while routes are attached.
//!
//! The routes name no listener, so the added one must take up its route without a change of the
//! route, and the entry of the removed one must leave the status.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayModifyListeners",
    requirement: "After a listener is added to or removed from a Gateway, its status MUST have an \
                  entry for each listener of the spec and for no other, each with the count of \
                  the routes that are attached to it, of the new generation.",
    spec: "apis/v1/gateway_types.go#ListenerStatus",
    features: &[Feature::Gateway],
    manifests: &["listener/gateway-modify-listeners.yaml"],
    sends: &[through("gateway-add-listener", ADDED), through("gateway-remove-listener", LEFT)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const READY: &[Condition] = &[Accepted.yes().for_any_reason(), ResolvedRefs.yes().for_any_reason()];
const HTTPS: ListenerExpectation = listener("https").attached(1).with(READY);
const HTTP: ListenerExpectation = listener("http").attached(1).with(READY);

const ADDED: &[Exchange] = &[get("/").host("data.test.com").reaches(INFRA_V1)];
const LEFT: &[Exchange] = &[get("/").reaches(INFRA_V1)];

async fn run(subject: &Subject) -> Verdict {
    all_of([
        change(subject, "gateway-add-listener", add, &[HTTPS, HTTP], ADDED),
        change(subject, "gateway-remove-listener", remove, &[HTTP], LEFT),
    ])
    .await
}

fn add(listeners: &mut Vec<Value>) {
    listeners.push(json!({
        "name": "http", "port": 80, "protocol": "HTTP", "hostname": "data.test.com",
        "allowedRoutes": { "namespaces": { "from": "All" } },
    }));
}

fn remove(listeners: &mut Vec<Value>) {
    listeners.retain(|listener| listener["name"] == "http");
}

async fn change(
    subject: &Subject,
    name: &'static str,
    change: fn(&mut Vec<Value>),
    listeners: &[ListenerExpectation],
    exchanges: &[Exchange],
) -> Verdict {
    let gateway = subject.gateway_object(name);
    gateway.must_be_programmed().await?;
    gateway.must_be_current().await?;

    let clock = subject.clock(Limit::DefaultTestTimeout);
    gateway.change_listeners(change).await?;
    gateway.must_be_programmed().await?;
    gateway.must_have_listeners(listeners).await?;
    gateway.must_be_current().await?;
    clock.must_not_be_over()?;

    let rule = "A route that counts as attached to a listener is served there.";
    gateway.should_come_to_give(rule, "apis/v1/gateway_types.go#ListenerStatus", exchanges).await
}
