//! TLSRoute: hostnames that have nothing in common with the listener's.
//!
//! One listener has an exact hostname and one a wildcard; the routes have one of each: catches who
//! compares some labels only, or not at all where a wildcard is on one side.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteInvalidNoMatchingListenerHostname",
    requirement: "A route none of whose hostnames intersects with that of a listener MUST have \
                  Accepted=False with reason NoMatchingListenerHostname, and MUST NOT be counted \
                  as attached.",
    spec: "apis/v1/shared_types.go#RouteReasonNoMatchingListenerHostname",
    features: &[Feature::Gateway, Feature::TlsRoute],
    manifests: &["tls-route/invalid-no-matching-listener-hostname.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CASES: [(&str, &str); 2] = [
    ("gateway-tls-exact-hostname", "tlsroute-hostname-mismatch-1"),
    ("gateway-tls-wildcard-hostname", "tlsroute-hostname-mismatch-2"),
];

async fn run(subject: &Subject) -> Verdict {
    all_of(CASES.map(|(gateway, route)| refuse(subject, gateway, route))).await
}

async fn refuse(subject: &Subject, gateway: &'static str, route: &'static str) -> Verdict {
    let gateway = subject.gateway_object(gateway);
    gateway.must_be_programmed().await?;
    let route = subject.tls_route(route).under(&gateway);

    route.must_be(&[Accepted.no(Reason::NoMatchingListenerHostname)]).await?;
    route.must_not_be_accepted().await?;
    // Last: whoever counts the route without right may do so a moment after its status.
    gateway.must_have_no_routes().await
}
