//! HTTPRoute: `rules[].retry.codes` and `rules[].retry.attempts`.
//!
//! A backend that fails less often than is tried, or more often, with a code that counts or one that does not:
//! catches who tries again too often or not at all, or whatever the code.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRetry",
    requirement: "A request that a backend answers with one of retry.codes MUST be sent again, retry.attempts \
                  times at most; then, and with another status, the client MUST get the answer.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRetry",
    // The older suite has the first of the two, and the newer one the second.
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::HttpRouteRetry,
        Feature::HttpRouteRetryCodes,
    ],
    manifests: &["http-route/timeouts-and-retries/retry.yaml"],
    sends: &[
        through("same-namespace", EXCHANGES),
        through("same-namespace", NOT_AGAIN).since(SuiteVersion::V1_7_0),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    failing("/retry/code-500-attempts-3?responseCode=500&succeedAfter=2").reaches(INFRA_V3),
    failing("/retry/code-500-attempts-3?responseCode=500&succeedAfter=4").is(500),
    failing("/retry/code-500-attempts-3?responseCode=503&succeedAfter=2").is(503),
    failing("/retry/code-all-attempts-2?responseCode=500&succeedAfter=1").reaches(INFRA_V3),
    failing("/retry/code-all-attempts-2?responseCode=500&succeedAfter=3").is(500),
    failing("/retry/code-all-attempts-2?responseCode=502&succeedAfter=1").reaches(INFRA_V3),
    failing("/retry/code-all-attempts-2?responseCode=502&succeedAfter=3").is(502),
    failing("/retry/code-all-attempts-2?responseCode=503&succeedAfter=1").reaches(INFRA_V3),
    failing("/retry/code-all-attempts-2?responseCode=503&succeedAfter=3").is(503),
    failing("/retry/code-all-attempts-2?responseCode=504&succeedAfter=1").reaches(INFRA_V3),
    failing("/retry/code-all-attempts-2?responseCode=504&succeedAfter=3").is(504),
];

/// The older suite has no such rule.
const NOT_AGAIN: &[Exchange] = &[
    failing("/retry/code-all-attempts-0?responseCode=500&succeedAfter=1").is(500),
    failing("/retry/code-all-attempts-0?responseCode=502&succeedAfter=1").is(502),
    failing("/retry/code-all-attempts-0?responseCode=503&succeedAfter=1").is(503),
    failing("/retry/code-all-attempts-0?responseCode=504&succeedAfter=1").is(504),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("retries").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    match subject.suite_version() {
        SuiteVersion::V1_6_3 => gateway.http().must_give(EXCHANGES).await,
        SuiteVersion::V1_7_0 => gateway.http().must_give(&[EXCHANGES, NOT_AGAIN].concat()).await,
    }
}
