//! HTTPRoute: routes of HTTPS listeners.
//!
//! One route has a hostname and no listener, the other a listener and no hostname: the listener's
//! own hostname then decides, and a name that neither has must not be served.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteHTTPSListener",
    requirement: "An HTTPS listener MUST terminate TLS and forward requests for the hostnames of \
                  its routes; a request for any other hostname MUST be answered with 404.",
    spec: "apis/v1/gateway_types.go#Listener",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["listener/http-route-https-listener.yaml"],
    sends: &[through("same-namespace-with-https-listener", EXCHANGES).over_tls()],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/").host("example.org").reaches(INFRA_V1),
    get("/").host("unknown-example.org").is(404),
    get("/").host("second-example.org").reaches(INFRA_V2),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace-with-https-listener").await?;
    for name in ["httproute-https-test", "httproute-https-test-no-hostname"] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    let certificate = subject.certificate("tls-validity-checks-certificate").await?;
    gateway.https(certificate).must_give_in_order(EXCHANGES).await
}
