//! HTTPRoute: two rules with the same match.
//!
//! One route has the same two headers in either order, which must not count as a difference. The
//! first rule of the other has a backend that does not exist, and must not hand on to the second.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRuleOrder",
    requirement: "Of rules in a route whose matches have the same precedence, the first MUST be \
                  taken, and it answers 500 itself if its backend is invalid.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRule",
    features: &[Feature::Gateway, Feature::HttpRoute],
    since: SuiteVersion::V1_7_0,
    manifests: &["http-route/matching/rule-order.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[
    get("/rule-order").with(&[("x-color", "blue"), ("x-version", "one")]).reaches(INFRA_V1),
    get("/rule-order-invalid-backend").is(500),
];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let valid = subject.http_route("rule-order").under(&gateway);
    let invalid = subject.http_route("rule-order-invalid-backend").under(&gateway);

    valid.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    invalid.must_be(&[Accepted.yes(), ResolvedRefs.no(Reason::BackendNotFound)]).await?;
    gateway.http().must_give(EXCHANGES).await?;
    invalid.should_explain(ResolvedRefs, "nonexistent");
    Ok(())
}
