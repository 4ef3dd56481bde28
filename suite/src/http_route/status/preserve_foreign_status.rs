//! HTTPRoute: a parent's entry that another controller wrote.
//!
//! The test puts an entry for a Gateway that does not exist into the route's status, in another
//! controller's name, then changes the spec. An implementation that replaces the whole list of
//! parents, or refreshes entries that are not its own, fails here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRoutePreserveForeignStatus",
    requirement: "An implementation MUST NOT change or remove entries of a route's \
                  status.parents that have another controllerName than its own.",
    spec: "apis/v1/shared_types.go#RouteStatus",
    features: &[Feature::Gateway, Feature::HttpRoute],
    since: SuiteVersion::V1_7_0,
    provisional: true,
    manifests: &["http-route/status/preserve-foreign-status.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("preserve-foreign-status").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;

    let seeded = route.seed_status(seed, &[foreign]).await?;
    let updated = json!("/preserve-foreign-status-updated");
    route.change_rules(|rules| rules[0]["matches"][0]["path"]["value"] = updated).await?;
    route.must_be_under(&[Accepted.yes().for_any_reason()]).await?;
    route.must_keep(&seeded).await
}

fn seed(route: &mut Object) {
    let entry = json!({
        "parentRef": {
            "group": "gateway.networking.k8s.io", "kind": "Gateway",
            "name": "unmanaged-gateway", "namespace": route.metadata.namespace,
        },
        "controllerName": STALE_CONTROLLER,
        "conditions": [{
            "type": "Accepted", "status": "True", "reason": "Accepted", "message": "",
            "observedGeneration": route.metadata.generation,
            "lastTransitionTime": "2024-01-01T00:00:00Z",
        }],
    });
    let parents = route.data["status"]["parents"].as_array_mut().into_iter();
    parents.for_each(|parents| parents.push(entry.clone()));
}

fn foreign(route: &Object) -> Option<&Value> {
    let mut parents = route.data["status"]["parents"].as_array()?.iter();
    parents.find(|entry| entry["controllerName"] == STALE_CONTROLLER)
}
