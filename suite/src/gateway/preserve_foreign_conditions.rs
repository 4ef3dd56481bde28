//! Gateway: conditions that another controller wrote.
//!
//! The test puts a condition of its own into the status of the Gateway and of its listener, then
//! changes the spec. An implementation that replaces whole lists of conditions, or refreshes ones
//! that are not its own, fails here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayPreserveForeignConditions",
    requirement: "An implementation MUST NOT remove, change or update conditions of a Gateway or \
                  its listeners that it is not responsible for.",
    spec: "apis/v1/gateway_types.go#GatewayStatus",
    features: &[Feature::Gateway],
    since: SuiteVersion::V1_7_0,
    provisional: true,
    manifests: &["gateway/preserve-foreign-conditions.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-preserve-foreign-conditions");
    gateway.must_be_programmed().await?;
    gateway.must_be_current().await?;
    gateway.must_report_listener("http").await?;

    let seeded = gateway.seed_status(seed, &[of_gateway, of_listener]).await?;
    gateway
        .change_listeners(|listeners| listeners[0]["hostname"] = json!("second.example.com"))
        .await?;
    gateway.must_be_current_with_listeners().await?;
    gateway.must_keep(&seeded).await
}

fn seed(gateway: &mut Object) {
    let condition = json!({
        "type": STALE_CONDITION, "status": "True", "reason": "Seeded", "message": "",
        "observedGeneration": gateway.metadata.generation,
        "lastTransitionTime": "2024-01-01T00:00:00Z",
    });
    let status = &mut gateway.data["status"];
    let of_gateway = status["conditions"].as_array_mut().into_iter();
    of_gateway.for_each(|conditions| conditions.push(condition.clone()));
    for listener in status["listeners"].as_array_mut().into_iter().flatten() {
        let of_listener = listener["conditions"].as_array_mut().into_iter();
        of_listener.for_each(|conditions| conditions.push(condition.clone()));
    }
}

fn of_gateway(gateway: &Object) -> Option<&Value> {
    seeded(&gateway.data["status"])
}

fn of_listener(gateway: &Object) -> Option<&Value> {
    let mut listeners = gateway.data["status"]["listeners"].as_array()?.iter();
    seeded(listeners.find(|listener| listener["name"] == "http")?)
}

fn seeded(holder: &Value) -> Option<&Value> {
    holder["conditions"].as_array()?.iter().find(|condition| condition["type"] == STALE_CONDITION)
}
