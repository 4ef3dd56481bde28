//! HTTPRoute: the filter `RequestMirror`.
//!
//! Alone, and beside a filter that modifies the headers of the request.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRequestMirror",
    requirement: "RequestMirror MUST send a copy of every request to its backend, and the answer MUST be \
                  that of the backend of the rule; other filters of the rule apply.",
    spec: "apis/v1/httproute_types.go#HTTPRequestMirrorFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteRequestMirror],
    manifests: &["http-route/filters/request-mirror.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/mirror").reaches(INFRA_V1),
    get("/mirror-and-modify-headers")
        .with(&[("X-Header-Remove", "remove-val"), ("X-Header-Add-Append", "append-val-1")])
        .reaches(INFRA_V1)
        .as_headers(&[
            ("X-Header-Add", "header-val-1"),
            ("X-Header-Add-Append", "append-val-1,header-val-2"),
            ("X-Header-Set", "set-overwrites-values"),
        ])
        .without(&["X-Header-Remove"]),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("request-mirror").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;

    let traffic = gateway.http();
    all_of(EXCHANGES.iter().map(|exchange| traffic.must_mirror(exchange, &[INFRA_V2]))).await
}
