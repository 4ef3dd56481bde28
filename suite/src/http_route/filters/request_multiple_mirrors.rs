//! HTTPRoute: several filters of type `RequestMirror` in a rule.
//!
//! Alone, and beside a filter that modifies the headers of the request.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRequestMultipleMirrors",
    requirement: "Each RequestMirror filter of a rule MUST send a copy of every request to its backend.",
    spec: "apis/v1/httproute_types.go#HTTPRequestMirrorFilter",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::HttpRouteRequestMirror,
        Feature::HttpRouteRequestMultipleMirrors,
    ],
    manifests: &["http-route/filters/request-multiple-mirrors.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/multi-mirror").reaches(INFRA_V1),
    get("/multi-mirror-and-modify-request-headers")
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
    let route = subject.http_route("request-multiple-mirrors").under(&gateway);
    route.must_be(&[Accepted.yes()]).await?;

    let traffic = gateway.http();
    let mirrors = [INFRA_V2, INFRA_V3];
    all_of(EXCHANGES.iter().map(|exchange| traffic.must_mirror(exchange, &mirrors))).await
}
