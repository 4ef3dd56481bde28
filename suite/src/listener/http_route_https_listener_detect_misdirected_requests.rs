//! HTTPRoute: requests for one listener that come over a connection that was made for another.
//!
//! Clients of HTTP/2 use a connection for every host that its certificate names. All listeners here have
//! the same certificate, and all routes the same path, so that nothing but the hostnames of the listeners
//! keeps a request from the wrong route.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
    requirement: "A request over TLS for a host that belongs to another listener than the server \
                  name of its connection MUST be answered with 421; where both belong to one \
                  listener, it MUST be served by the routes of that, and be answered with 404 if \
                  there is none for the host.",
    spec: "apis/v1/gateway_types.go#ListenerTLSConfig",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::GatewayHttpsListenerDetectMisdirectedRequests,
    ],
    manifests: &["listener/http-route-https-listener-detect-misdirected-requests.yaml"],
    sends: &[through("same-namespace-with-https-listener", EXCHANGES).over_tls()],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    ask("example.org", "example.org").reaches(INFRA_V1),
    ask("example.org", "second-example.org").is(421),
    ask("example.org", "unknown-example.org").is(404),
    ask("second-example.org", "second-example.org").reaches(INFRA_V2),
    ask("second-example.org", "example.org").is(421),
    ask("second-example.org", "unknown-example.org").is(421),
    ask("third-example.wildcard.org", "third-example.wildcard.org").reaches(INFRA_V3),
    ask("third-example.wildcard.org", "fith-example.wildcard.org").reaches(INFRA_V3),
    ask("third-example.wildcard.org", "fourth-example.wildcard.org").is(421),
    ask("third-example.wildcard.org", "second-example.org").is(421),
    ask("third-example.wildcard.org", "unknown-example.org").is(421),
    ask("fourth-example.wildcard.org", "fourth-example.wildcard.org").reaches(INFRA_V1),
    ask("fourth-example.wildcard.org", "fith-example.wildcard.org").is(421),
    ask("unknown-example.org", "example.org").reaches(INFRA_V1),
    ask("unknown-example.org", "unknown-example.org").is(404),
];

/// A request for a host over a connection with a server name.
const fn ask(server_name: &'static str, host: &'static str) -> Request<'static> {
    get("/detect-misdirected-requests").over(server_name).host(host).in_http2()
}

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace-with-https-listener").await?;
    for name in [
        "https-listener-detect-misdirected-requests-test-1",
        "https-listener-detect-misdirected-requests-test-2",
        "https-listener-detect-misdirected-requests-test-3",
        "https-listener-detect-misdirected-requests-test-4",
    ] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    let certificate = subject.certificate("tls-validity-checks-certificate").await?;
    gateway.https(certificate).must_give(EXCHANGES).await
}
