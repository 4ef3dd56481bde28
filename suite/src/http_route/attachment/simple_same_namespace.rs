//! HTTPRoute: the least there is to say.
//!
//! No match, no hostname, no namespace: catches who does not apply the defaults.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteSimpleSameNamespace",
    requirement: "A route in the namespace of its Gateway MUST be accepted by a listener that \
                  takes routes of that namespace, and a rule without matches MUST take every \
                  request.",
    spec: "apis/v1/httproute_types.go#HTTPRouteRule",
    features: &[Feature::Gateway, Feature::HttpRoute],
    manifests: &["http-route/attachment/simple-same-namespace.yaml"],
    sends: &[through("same-namespace", EXCHANGES)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").reaches(INFRA_V1)];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("same-namespace").await?;
    let route = subject.http_route("gateway-conformance-infra-test").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.http().must_give(EXCHANGES).await
}
