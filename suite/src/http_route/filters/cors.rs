//! HTTPRoute: the filter `CORS`.
//!
//! Preflight requests, and the requests that a browser would send after them, from origins that are
//! named, that fit a wildcard, and that do neither; with and without credentials, which a wildcard in
//! an answer would exclude.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteCORS",
    requirement: "The Gateway MUST answer preflight requests itself and tell who may share the \
                  resource by the filter: an origin that fits is allowed, any other is not, \
                  wildcards become what was asked for where credentials are allowed, and what the \
                  backend answers gets the same origin.",
    spec: "apis/v1/httproute_types.go#HTTPCORSFilter",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteCors],
    manifests: &["http-route/filters/cors.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const FOO: Header = ("Origin", "https://www.foo.com");
const BAR: Header = ("Origin", "https://www.bar.com");
const XPTO: Header = ("Origin", "https://xpto.www.bar.com");
const FOOBAR: Header = ("Origin", "https://foobar.com");
const FOOBAR_12345: Header = ("Origin", "https://foobar.com:12345");
const OTHER: Header = ("Origin", "https://other.foo.com");

const FOR_GET: Header = ("Access-Control-Request-Method", "GET");
const FOR_POST: Header = ("Access-Control-Request-Method", "POST");
const FOR_PUT: Header = ("Access-Control-Request-Method", "PUT");
const WITH_BOTH: Header = ("Access-Control-Request-Headers", "x-header-1, x-header-2");

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_METHODS: &str = "Access-Control-Allow-Methods";
const ALLOW_HEADERS: &str = "Access-Control-Allow-Headers";
const ALLOW_CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const EXPOSE_HEADERS: &str = "Access-Control-Expose-Headers";
const MAX_AGE: &str = "Access-Control-Max-Age";

const GRANTED: &[u16] = &[200, 204];
const GRANTED_OR_REFUSED: &[u16] = &[200, 204, 403];

const ALL_BUT_ORIGIN: &[Choice] = &[
    (ALLOW_METHODS, &["GET, OPTIONS"]),
    (ALLOW_HEADERS, &["x-header-1, x-header-2"]),
    (ALLOW_CREDENTIALS, &["true"]),
    (EXPOSE_HEADERS, &["x-header-3, x-header-4"]),
    (MAX_AGE, &["3600"]),
];

const EXCHANGES: &[Exchange] = &[
    request("OPTIONS", "/cors-1")
        .with(&[FOO, FOR_GET, WITH_BOTH])
        .is_own(GRANTED)
        .answers_with(&[(ALLOW_ORIGIN, FOO.1)])
        .answers_with_one_of(ALL_BUT_ORIGIN),
    request("OPTIONS", "/cors-1")
        .with(&[BAR, FOR_GET, WITH_BOTH])
        .is_own(GRANTED)
        .answers_with(&[(ALLOW_ORIGIN, BAR.1)])
        .answers_with_one_of(ALL_BUT_ORIGIN),
    request("OPTIONS", "/cors-1")
        .with(&[XPTO, FOR_GET, WITH_BOTH])
        .is_own(GRANTED)
        .answers_with(&[(ALLOW_ORIGIN, XPTO.1)])
        .answers_with_one_of(ALL_BUT_ORIGIN),
    request("OPTIONS", "/cors-1")
        .with(&[FOOBAR, FOR_GET])
        .is_own(GRANTED_OR_REFUSED)
        .answers_without(&[ALLOW_ORIGIN]),
    get("/cors-1")
        .with(&[FOO, FOR_GET, WITH_BOTH])
        .reaches(ANY_BACKEND)
        .answers_with(&[(ALLOW_ORIGIN, FOO.1)]),
    get("/cors-1")
        .with(&[BAR, FOR_GET, WITH_BOTH])
        .reaches(ANY_BACKEND)
        .answers_with(&[(ALLOW_ORIGIN, BAR.1)]),
    get("/cors-1").with(&[FOOBAR, FOR_GET]).reaches(ANY_BACKEND).answers_without(&[ALLOW_ORIGIN]),
    request("OPTIONS", "/cors-2")
        .with(&[FOO, FOR_POST])
        .is_own(GRANTED)
        .answers_with(&[(ALLOW_ORIGIN, FOO.1)])
        .answers_with_one_of(&[(ALLOW_METHODS, &["POST", "*"])])
        .answers_without(&[ALLOW_CREDENTIALS]),
    request("OPTIONS", "/cors-wildcard-origin")
        .with(&[FOOBAR, FOR_PUT])
        .is_own(GRANTED)
        .answers_with(&[(ALLOW_METHODS, "PUT")])
        .answers_with_one_of(&[(ALLOW_ORIGIN, &[FOOBAR.1, "*"])])
        .answers_without(&[ALLOW_CREDENTIALS]),
    request("OPTIONS", "/cors-wildcard-origin")
        .with(&[FOOBAR_12345, FOR_PUT])
        .is_own(GRANTED)
        .answers_with(&[(ALLOW_METHODS, "PUT")])
        .answers_with_one_of(&[(ALLOW_ORIGIN, &[FOOBAR_12345.1, "*"])])
        .answers_without(&[ALLOW_CREDENTIALS]),
    request("PUT", "/cors-wildcard-origin")
        .with(&[FOOBAR_12345])
        .reaches(ANY_BACKEND)
        .answers_with_one_of(&[(ALLOW_ORIGIN, &[FOOBAR_12345.1, "*"])]),
    request("PUT", "/cors-wildcard-origin")
        .with(&[FOOBAR])
        .reaches(ANY_BACKEND)
        .answers_with_one_of(&[(ALLOW_ORIGIN, &[FOOBAR.1, "*"])])
        .answers_without(&[ALLOW_CREDENTIALS]),
    request("OPTIONS", "/cors-wildcard-methods-headers")
        .with(&[OTHER, FOR_PUT, WITH_BOTH])
        .is_own(GRANTED)
        .answers_with(&[
            (ALLOW_ORIGIN, OTHER.1),
            (ALLOW_METHODS, "PUT"),
            (ALLOW_CREDENTIALS, "true"),
        ])
        .answers_with_one_of(&[(ALLOW_HEADERS, &["x-header-1, x-header-2"])]),
    request("OPTIONS", "/cors-wildcard-methods-headers-unauth")
        .with(&[OTHER, FOR_PUT, WITH_BOTH])
        .is_own(GRANTED)
        .answers_with_one_of(&[
            (ALLOW_ORIGIN, &[OTHER.1, "*"]),
            (ALLOW_METHODS, &["PUT", "*"]),
            (ALLOW_HEADERS, &["x-header-1, x-header-2", "*"]),
        ])
        .answers_without(&[ALLOW_CREDENTIALS]),
    get("/cors-wildcard-methods-headers")
        .with(&[OTHER])
        .reaches(ANY_BACKEND)
        .answers_with(&[(ALLOW_ORIGIN, OTHER.1), (ALLOW_CREDENTIALS, "true")]),
    get("/cors-wildcard-methods-headers-unauth")
        .with(&[OTHER])
        .reaches(ANY_BACKEND)
        .answers_with_one_of(&[(ALLOW_ORIGIN, &[OTHER.1, "*"])])
        .answers_without(&[ALLOW_CREDENTIALS]),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    for name in [
        "cors-multiple-origins-methods-headers",
        "cors-wildcard-methods",
        "cors-wildcard-origin",
        "cors-wildcard-methods-headers",
    ] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    }
    gateway.http().must_give(EXCHANGES).await
}
