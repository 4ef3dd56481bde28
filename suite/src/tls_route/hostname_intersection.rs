//! TLSRoute: hostnames of a route and of the listener that it is attached to.
//!
//! Each Gateway has another listener: narrower than its route, as wide, wider, and without a hostname.
//! Catches who attaches by equal hostnames only, or serves what the listener or the routes leave out.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteHostnameIntersection",
    requirement: "A route MUST be attached to a listener if a hostname of both intersects, and \
                  serve the intersection alone, an exact hostname before a wildcard; a TLS session \
                  for another server name MUST be rejected.",
    spec: "apis/v1/tlsroute_types.go#TLSRouteSpec",
    features: &[Feature::Gateway, Feature::TlsRoute],
    manifests: &["tls-route/hostname-intersection.yaml"],
    sends: SENDS,
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXACT: &str = "gw-tlsroute-exact-hostname-x-1";
const MORE_SPECIFIC: &str = "gw-tlsroute-more-specific-wc-hostname-x-2";
const LESS_SPECIFIC: &str = "gw-tlsroute-less-specific-wc-hostname-x-3";
const EMPTY: &str = "gw-tlsroute-empty-hostname-x-4";

const AT_EXACT: &str = "listener-exact-hostname";
const AT_MORE_SPECIFIC: &str = "listener-more-specific-wc-hostname";
const AT_LESS_SPECIFIC: &str = "listener-less-specific-wc-hostname";
const AT_EMPTY: &str = "listener-empty-hostname";

const ONE: &[Exchange] = &[get("/").host("abc.example.com").reaches(TLS_BACKEND)];
const BOTH: &[Exchange] = &[
    get("/").host("abc.example.com").reaches(TLS_BACKEND),
    get("/").host("other.example.com").reaches(TLS_BACKEND_2),
];

const BESIDE_EXACT: &[Conversation] = &[tls(AT_EXACT, "non.matching.com").is_closed()];
/// A name of a route, but not of the listener.
const BESIDE_MORE_SPECIFIC: &[Conversation] =
    &[tls(AT_MORE_SPECIFIC, "non.matching.com").is_closed()];
/// A name of the listener, but of none of its routes.
const BESIDE_LESS_SPECIFIC: &[Conversation] =
    &[tls(AT_LESS_SPECIFIC, "non.matching.com").is_closed()];
const BESIDE_EMPTY: &[Conversation] = &[tls(AT_EMPTY, "non.matching.org").is_closed()];

const SENDS: &[Through] = &[
    through(EXACT, ONE).over_tls().at(AT_EXACT),
    streams_through(EXACT, BESIDE_EXACT),
    through(MORE_SPECIFIC, BOTH).over_tls().at(AT_MORE_SPECIFIC),
    streams_through(MORE_SPECIFIC, BESIDE_MORE_SPECIFIC),
    through(LESS_SPECIFIC, BOTH).over_tls().at(AT_LESS_SPECIFIC),
    streams_through(LESS_SPECIFIC, BESIDE_LESS_SPECIFIC),
    through(EMPTY, BOTH).over_tls().at(AT_EMPTY),
    streams_through(EMPTY, BESIDE_EMPTY),
];

/// A Gateway with one listener, its routes, and what must come of them.
struct Case {
    gateway: &'static str,
    listener: &'static str,
    routes: &'static [&'static str],
    exchanges: &'static [Exchange],
    rejected: &'static [Conversation],
}

const CASES: &[Case] = &[
    Case {
        gateway: EXACT,
        listener: AT_EXACT,
        routes: &["tlsroute-more-specific-wc-hostname-x-1"],
        exchanges: ONE,
        rejected: BESIDE_EXACT,
    },
    Case {
        gateway: MORE_SPECIFIC,
        listener: AT_MORE_SPECIFIC,
        routes: &["tlsroute-exact-hostname-x-2", "tlsroute-less-specific-wc-hostname-x-2"],
        exchanges: BOTH,
        rejected: BESIDE_MORE_SPECIFIC,
    },
    Case {
        gateway: LESS_SPECIFIC,
        listener: AT_LESS_SPECIFIC,
        routes: &["tlsroute-exact-hostname-x-3", "tlsroute-more-specific-wc-hostname-x-3"],
        exchanges: BOTH,
        rejected: BESIDE_LESS_SPECIFIC,
    },
    Case {
        gateway: EMPTY,
        listener: AT_EMPTY,
        routes: &["tlsroute-exact-hostname-x-4", "tlsroute-less-specific-wc-hostname-x-4"],
        exchanges: BOTH,
        rejected: BESIDE_EMPTY,
    },
];

async fn run(subject: &Subject) -> Verdict {
    all_of(CASES.iter().map(|case| intersect(subject, case))).await
}

async fn intersect(subject: &Subject, case: &Case) -> Verdict {
    subject.gateway_object(case.gateway).must_be_programmed().await?;
    let gateway = subject.gateway(case.gateway).await?;
    for name in case.routes {
        let route = subject.tls_route(name).under(&gateway);
        route.must_be_under(&[Accepted.yes()]).await?;
        route.must_be(&[ResolvedRefs.yes()]).await?;
    }
    let trusted = subject.certificate("tls-checks-certificate").await?;
    gateway.https_at(case.listener, trusted)?.must_give(case.exchanges).await?;
    gateway.streams().must_give(case.rejected).await
}
