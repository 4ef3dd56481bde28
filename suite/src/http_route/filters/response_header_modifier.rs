//! HTTPRoute: the filter `ResponseHeaderModifier` of a rule.
//!
//! Each operation is asked for alone, all at once, with names in another case, and beside a filter of
//! the request's headers. The backend sets the headers that the requests name.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteResponseHeaderModifier",
    requirement: "ResponseHeaderModifier MUST overwrite the headers of the answer that it sets, \
                  append to those that it adds, remove those that it removes, by case-insensitive \
                  name, and leave all others alone.",
    spec: "apis/v1/httproute_types.go#HTTPHeaderFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteResponseHeaderModification],
    manifests: &["http-route/filters/response-header-modifier.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/set")
        .with(&[(ECHO_SETS, "Some-Other-Header:val")])
        .reaches(INFRA_V1)
        .answers_with(&[("Some-Other-Header", "val"), ("X-Header-Set", "set-overwrites-values")]),
    get("/set")
        .with(&[(ECHO_SETS, "Some-Other-Header:val,X-Header-Set:some-other-value")])
        .reaches(INFRA_V1)
        .answers_with(&[("Some-Other-Header", "val"), ("X-Header-Set", "set-overwrites-values")]),
    get("/add")
        .with(&[(ECHO_SETS, "Some-Other-Header:val")])
        .reaches(INFRA_V1)
        .answers_with(&[("Some-Other-Header", "val"), ("X-Header-Add", "add-appends-values")]),
    get("/add")
        .with(&[(ECHO_SETS, "Some-Other-Header:val,X-Header-Add:some-other-value")])
        .reaches(INFRA_V1)
        .answers_with(&[
            ("Some-Other-Header", "val"),
            ("X-Header-Add", "some-other-value,add-appends-values"),
        ]),
    get("/remove")
        .with(&[(ECHO_SETS, "X-Header-Remove:val")])
        .reaches(INFRA_V1)
        .answers_without(&["X-Header-Remove"]),
    get("/multiple")
        .with(&[(
            ECHO_SETS,
            "X-Header-Set-2:set-val-2,X-Header-Add-2:add-val-2,X-Header-Remove-2:remove-val-2,\
             Another-Header:another-header-val,X-Header-Remove-1:val",
        )])
        .reaches(INFRA_V1)
        .answers_with(&[
            ("X-Header-Set-1", "header-set-1"),
            ("X-Header-Set-2", "header-set-2"),
            ("X-Header-Add-1", "header-add-1"),
            ("X-Header-Add-2", "add-val-2,header-add-2"),
            ("X-Header-Add-3", "header-add-3"),
            ("Another-Header", "another-header-val"),
        ])
        .answers_without(&["X-Header-Remove-1", "X-Header-Remove-2"]),
    get("/case-insensitivity")
        .with(&[(
            ECHO_SETS,
            "x-header-set:original-val-set,x-header-add:original-val-add,\
             x-header-remove:original-val-remove,Another-Header:another-header-val",
        )])
        .reaches(INFRA_V1)
        .answers_with(&[
            ("X-Header-Set", "header-set"),
            ("X-Header-Add", "original-val-add,header-add"),
            ("X-Lowercase-Add", "lowercase-add"),
            ("X-Mixedcase-Add-1", "mixedcase-add-1"),
            ("X-Mixedcase-Add-2", "mixedcase-add-2"),
            ("X-Uppercase-Add", "uppercase-add"),
            ("Another-Header", "another-header-val"),
        ])
        .answers_without(&["X-Header-Remove"]),
    get("/response-and-request-header-modifiers")
        .with(&[
            ("X-Header-Remove", "remove-val"),
            ("X-Header-Add-Append", "append-val-1"),
            ("X-Header-Echo", "echo"),
            (
                ECHO_SETS,
                "X-Header-Set-2:set-val-2,X-Header-Add-2:add-val-2,X-Header-Remove-2:remove-val-2,\
                 Another-Header:another-header-val,X-Header-Remove-1:remove-val-1,X-Header-Echo:echo",
            ),
        ])
        .reaches(INFRA_V1)
        .as_headers(&[
            ("X-Header-Add", "header-val-1"),
            ("X-Header-Set", "set-overwrites-values"),
            ("X-Header-Add-Append", "append-val-1,header-val-2"),
            ("X-Header-Echo", "echo"),
        ])
        .without(&["X-Header-Remove"])
        .answers_with(&[
            ("X-Header-Set-1", "header-set-1"),
            ("X-Header-Set-2", "header-set-2"),
            ("X-Header-Add-1", "header-add-1"),
            ("X-Header-Add-2", "add-val-2,header-add-2"),
            ("Another-Header", "another-header-val"),
            ("X-Header-Echo", "echo"),
        ])
        .answers_without(&["X-Header-Remove-1", "X-Header-Remove-2"]),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("response-header-modifier").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
