//! HTTPRoute: a backend whose port has `appProtocol: kubernetes.io/h2c`.
//!
//! The request comes in HTTP/2 without TLS, and the port refuses HTTP/1.1: catches who speaks that on either
//! side.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteBackendProtocolH2C",
    requirement: "A Gateway MUST take HTTP/2 by prior knowledge from its clients, and MUST speak it to \
                  a port of a Service with appProtocol kubernetes.io/h2c.",
    spec: "apis/v1/shared_types.go#BackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteBackendProtocolH2C],
    manifests: &["http-route/backends/backend-protocol-h2c.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").in_http2().reaches(INFRA_V1)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backend-protocol-h2c").under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
