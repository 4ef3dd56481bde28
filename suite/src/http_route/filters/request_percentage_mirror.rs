//! HTTPRoute: the share of the requests that is mirrored.
//!
//! As a percentage and as a fraction, and beside a filter that modifies the headers of the request.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRequestPercentageMirror",
    requirement: "RequestMirror with percent or fraction MUST send copies of that share of the requests.",
    spec: "apis/v1/httproute_types.go#HTTPRequestMirrorFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteRequestPercentageMirror],
    manifests: &["http-route/filters/request-percentage-mirror.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/percent-mirror").reaches(INFRA_V1),
    get("/percent-mirror-fraction").reaches(INFRA_V1),
    get("/percent-mirror-and-modify-headers")
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
    let route = subject.http_route("request-percentage-mirror").under(&gateway);
    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;

    let traffic = gateway.http();
    let rows = EXCHANGES.iter().zip([0.2, 0.5, 0.35]);
    all_of(rows.map(|(exchange, share)| traffic.must_mirror_share(exchange, INFRA_V2, share))).await
}
