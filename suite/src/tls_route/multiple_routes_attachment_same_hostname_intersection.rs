//! TLSRoute: two routes whose hostnames have the same in common with the listener's.
//!
//! The route with the more specific hostname is the newer one: who compares what is left of the hostnames
//! at the listener lets age decide, and is wrong each time.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteMultipleRoutesAttachmentSameHostnameIntersection",
    requirement: "Of the routes that match a server name, the one with the more specific hostname \
                  of its own MUST take the TLS session, before age is compared, whatever the \
                  listener leaves of the hostnames.",
    spec: "apis/v1/tlsroute_types.go#TLSRouteSpec",
    features: &[
        Feature::Gateway,
        Feature::TlsRoute,
        Feature::GatewayRouteHostnameIntersectionPrecedence,
    ],
    since: SuiteVersion::V1_7_0,
    manifests: &["tls-route/multiple-routes-attachment-same-hostname-intersection.yaml"],
    later: &["tls-route/multiple-routes-attachment-same-hostname-intersection-newer.yaml"],
    sends: &[
        through("gw-tlsroute-exact-hostname-x", EXCHANGES).over_tls().at("listener-exact-hostname"),
        through("gw-tlsroute-wc-hostname-x", EXCHANGES).over_tls().at("listener-wc-hostname"),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const EXCHANGES: &[Exchange] = &[get("/").host("abc.example.com").reaches(TLS_BACKEND_2)];

/// Two routes of one Gateway.
struct Case {
    gateway: &'static str,
    listener: &'static str,
    older: &'static str,
    newer: &'static str,
}

const CASES: &[Case] = &[
    Case {
        gateway: "gw-tlsroute-exact-hostname-x",
        listener: "listener-exact-hostname",
        older: "tlsroute-wc-hostname-x-older",
        newer: "tlsroute-exact-hostname-x-newer",
    },
    Case {
        gateway: "gw-tlsroute-wc-hostname-x",
        listener: "listener-wc-hostname",
        older: "tlsroute-less-specific-wc-hostname-x-older",
        newer: "tlsroute-more-specific-wc-hostname-x-newer",
    },
];

async fn run(subject: &Subject) -> Verdict {
    all_of(CASES.iter().map(|case| accept_older(subject, case))).await?;
    subject.apply_later().await?;
    all_of(CASES.iter().map(|case| prefer_newer(subject, case))).await
}

async fn accept_older(subject: &Subject, case: &Case) -> Verdict {
    subject.gateway_object(case.gateway).must_be_programmed().await?;
    let gateway = subject.gateway(case.gateway).await?;
    subject.tls_route(case.older).under(&gateway).must_be_under(&[Accepted.yes()]).await
}

async fn prefer_newer(subject: &Subject, case: &Case) -> Verdict {
    let gateway = subject.gateway(case.gateway).await?;
    for name in [case.older, case.newer] {
        subject.tls_route(name).under(&gateway).must_be(&[ResolvedRefs.yes()]).await?;
    }
    let trusted = subject.certificate("tls-checks-certificate").await?;
    gateway.https_at(case.listener, trusted)?.must_give(EXCHANGES).await
}
