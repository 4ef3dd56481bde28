//! HTTPRoute: Services that differ in where their endpoints come from.
//!
//! Two have no cluster IP and two no selector, which catches who sends traffic to the one or asks
//! the other. Their EndpointSlices are empty until the test fills them, so a Service without
//! endpoints must still count as resolved.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteServiceTypes",
    requirement: "A backendRef to a Service MUST be resolved and served whether or not the \
                  Service has a selector or a cluster IP: its endpoints are those of its \
                  EndpointSlices.",
    spec: "apis/v1/object_reference_types.go#BackendObjectReference",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/backends/service-types.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

/// The EndpointSlices that the test fills, and whether they hold addresses of IPv6.
const SLICES: [(&str, bool); 4] = [
    ("manual-endpointslices-ip4", false),
    ("manual-endpointslices-ip6", true),
    ("headless-manual-endpointslices-ip4", false),
    ("headless-manual-endpointslices-ip6", true),
];

const EXCHANGES: &[Exchange] = &[
    get("/manual-endpointslices").reaches(INFRA_V1),
    get("/headless-manual-endpointslices").reaches(INFRA_V1),
    get("/headless").reaches(INFRA_V1),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("service-types").under(&gateway);
    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;

    let pods = subject.pods_of("infra-backend-v1").await?;
    for (slice, v6) in SLICES {
        let endpoints: Vec<_> = pods.iter().flat_map(|pod| endpoints(pod, v6)).collect();
        if !endpoints.is_empty() {
            let patch = json!({ "endpoints": endpoints });
            subject.patch(Kind::EndpointSlice, INFRA, slice, &patch).await?;
        }
    }
    gateway.http().must_give(EXCHANGES).await
}

/// An endpoint for each address of a Pod that is of the family.
fn endpoints(pod: &Object, v6: bool) -> Vec<Value> {
    let addresses = pod.data["status"]["podIPs"].as_array().into_iter().flatten();
    addresses
        .filter_map(|address| address["ip"].as_str())
        .filter(|ip| ip.contains(':') == v6)
        .map(|ip| {
            json!({
                "addresses": [ip],
                "conditions": { "ready": true, "serving": true, "terminating": false },
                "nodeName": pod.data["spec"]["nodeName"],
                "targetRef": {
                    "kind": "Pod", "name": pod.metadata.name,
                    "namespace": pod.metadata.namespace, "uid": pod.metadata.uid,
                },
            })
        })
        .collect()
}
