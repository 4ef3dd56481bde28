//! HTTPRoute: the filter `URLRewrite` with a path.
//!
//! Both ways to change a path; a prefix that is taken away, with and without anything after it, must
//! leave exactly one slash; and the last two rules change headers too.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRewritePath",
    requirement: "URLRewrite with a path MUST replace the path of the request to the backend, or \
                  with ReplacePrefixMatch the matched prefix of it, beside what other filters of \
                  the rule change.",
    spec: "apis/v1/httproute_types.go#HTTPPathModifier",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRoutePathRewrite],
    manifests: &["http-route/filters/rewrite-path.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SENT: &[Header] = &[
    ("X-Header-Remove", "remove-val"),
    ("X-Header-Add-Append", "append-val-1"),
    ("X-Header-Set", "set-val"),
];

const SEEN: &[Header] = &[
    ("X-Header-Add", "header-val-1"),
    ("X-Header-Add-Append", "append-val-1,header-val-2"),
    ("X-Header-Set", "set-overwrites-values"),
];

const EXCHANGES: &[Exchange] = &[
    get("/prefix/one/two").reaches(INFRA_V1).as_path("/one/two"),
    get("/strip-prefix/three").reaches(INFRA_V1).as_path("/three"),
    get("/strip-prefix").reaches(INFRA_V1).as_path("/"),
    get("/full/one/two").reaches(INFRA_V1).as_path("/one"),
    get("/full/rewrite-path-and-modify-headers/test")
        .with(SENT)
        .reaches(INFRA_V1)
        .as_path("/test")
        .as_headers(SEEN)
        .without(&["X-Header-Remove"]),
    get("/prefix/rewrite-path-and-modify-headers/one")
        .with(SENT)
        .reaches(INFRA_V1)
        .as_path("/prefix/one")
        .as_headers(SEEN)
        .without(&["X-Header-Remove"]),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("rewrite-path").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
