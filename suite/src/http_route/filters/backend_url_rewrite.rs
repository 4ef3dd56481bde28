//! HTTPRoute: the filter `URLRewrite` of a backendRef.
//!
//! The prefix that is replaced is that of the rule, though the filter is not.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteBackendURLRewrite",
    requirement: "URLRewrite of a backendRef MUST change the requests that go to this backend as \
                  one of the rule would.",
    spec: "apis/v1/httproute_types.go#HTTPBackendRef",
    features: &[Feature::Gateway, Feature::HttpRoute, Feature::HttpRouteBackendUrlRewrite],
    since: SuiteVersion::V1_7_0,
    provisional: true,
    manifests: &["http-route/filters/backend-url-rewrite.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/full/original").reaches(INFRA_V1).as_path("/rewritten-full"),
    get("/prefix/original").reaches(INFRA_V1).as_path("/rewritten-prefix/original"),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("backend-url-rewrite").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
