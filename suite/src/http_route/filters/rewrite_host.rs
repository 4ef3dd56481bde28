//! HTTPRoute: the filter `URLRewrite` with a hostname.
//!
//! One rule for a path, one for all others, and one that changes headers too: catches who applies one
//! filter of a rule only.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRewriteHost",
    requirement: "URLRewrite with a hostname MUST replace the Host header of the request to the \
                  backend, beside what other filters of the rule change.",
    spec: "apis/v1/httproute_types.go#HTTPURLRewriteFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteHostRewrite],
    manifests: &["http-route/filters/rewrite-host.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/one").host("rewrite.example").reaches(INFRA_V1).as_host("one.example.org"),
    get("/two").host("rewrite.example").reaches(INFRA_V2).as_host("example.org"),
    get("/rewrite-host-and-modify-headers")
        .host("rewrite.example")
        .with(&[("X-Header-Remove", "remove-val"), ("X-Header-Add-Append", "append-val-1")])
        .reaches(INFRA_V2)
        .as_host("test.example.org")
        .as_headers(&[
            ("X-Header-Add", "header-val-1"),
            ("X-Header-Add-Append", "append-val-1,header-val-2"),
            ("X-Header-Set", "set-overwrites-values"),
        ])
        .without(&["X-Header-Remove"]),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("rewrite-host").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
