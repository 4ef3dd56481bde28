//! HTTPRoute: the filter `RequestHeaderModifier` of a backendRef.
//!
//! What `HTTPRouteRequestHeaderModifier` asks of a rule, with the same requests.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteBackendRequestHeaderModifier",
    requirement: "RequestHeaderModifier of a backendRef MUST set, add and remove headers of the \
                  requests that go to this backend, by case-insensitive name, and leave all \
                  others alone.",
    spec: "apis/v1/httproute_types.go#HTTPBackendRef",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::HttpRouteBackendRequestHeaderModification,
    ],
    manifests: &["http-route/filters/backend-request-header-modifier.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SOME_OTHER: (&str, &str) = ("Some-Other-Header", "val");
const ANOTHER: (&str, &str) = ("Another-Header", "another-header-val");

const EXCHANGES: &[Exchange] = &[
    get("/set")
        .with(&[SOME_OTHER])
        .reaches(INFRA_V1)
        .as_headers(&[SOME_OTHER, ("X-Header-Set", "set-overwrites-values")]),
    get("/set")
        .with(&[SOME_OTHER, ("X-Header-Set", "some-other-value")])
        .reaches(INFRA_V1)
        .as_headers(&[SOME_OTHER, ("X-Header-Set", "set-overwrites-values")]),
    get("/add")
        .with(&[SOME_OTHER])
        .reaches(INFRA_V1)
        .as_headers(&[SOME_OTHER, ("X-Header-Add", "add-appends-values")]),
    get("/add")
        .with(&[SOME_OTHER, ("X-Header-Add", "some-other-value")])
        .reaches(INFRA_V1)
        .as_headers(&[SOME_OTHER, ("X-Header-Add", "some-other-value,add-appends-values")]),
    get("/remove")
        .with(&[("X-Header-Remove", "val")])
        .reaches(INFRA_V1)
        .as_headers(&[])
        .without(&["X-Header-Remove"]),
    get("/multiple")
        .with(&[
            ("X-Header-Set-2", "set-val-2"),
            ("X-Header-Add-2", "add-val-2"),
            ("X-Header-Remove-2", "remove-val-2"),
            ANOTHER,
        ])
        .reaches(INFRA_V1)
        .as_headers(&[
            ("X-Header-Set-1", "header-set-1"),
            ("X-Header-Set-2", "header-set-2"),
            ("X-Header-Add-1", "header-add-1"),
            ("X-Header-Add-2", "add-val-2,header-add-2"),
            ("X-Header-Add-3", "header-add-3"),
            ANOTHER,
        ])
        .without(&["X-Header-Remove-1", "X-Header-Remove-2"]),
    get("/case-insensitivity")
        .with(&[
            ("x-header-set", "original-val-set"),
            ("x-header-add", "original-val-add"),
            ("x-header-remove", "original-val-remove"),
            ANOTHER,
        ])
        .reaches(INFRA_V1)
        .as_headers(&[
            ("X-Header-Set", "header-set"),
            ("X-Header-Add", "original-val-add,header-add"),
            ANOTHER,
        ])
        .without(&["X-Header-Remove"]),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("request-header-modifier").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
