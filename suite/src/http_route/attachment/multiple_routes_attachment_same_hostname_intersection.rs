//! HTTPRoute: two routes whose hostnames have the same in common with the listener's.
//!
//! The route with the more specific hostname is the newer one, and has the shorter path: who compares what
//! is left of the hostnames at the listener lets path and age decide, and is wrong each time.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
    requirement: "Of the routes that match a request, the one with the more specific hostname of \
                  its own MUST take it, before path, headers and age are compared, whatever the \
                  listener leaves of the hostnames; what it does not match MUST go to the next.",
    spec: "apis/v1/httproute_types.go#HTTPRouteSpec",
    features: &[
        Feature::Gateway,
        Feature::HttpRoute,
        Feature::GatewayRouteHostnameIntersectionPrecedence,
    ],
    since: SuiteVersion::V1_7_0,
    manifests: &[
        "http-route/attachment/multiple-routes-attachment-same-hostname-intersection.yaml",
    ],
    later: &[
        "http-route/attachment/multiple-routes-attachment-same-hostname-intersection-newer.yaml",
    ],
    sends: SENDS,
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const HOST: &str = "abc.example.com";
const LONGER: &str = "/path/prefix/longer";

const ANY: &[Exchange] = &[get("/").host(HOST).reaches(INFRA_V2)];
const BY_PATH: &[Exchange] = &[get(LONGER).host(HOST).reaches(INFRA_V2)];
const BY_HEADER: &[Exchange] = &[
    get(LONGER).host(HOST).with(&[("Header-A", "A"), ("Header-B", "B")]).reaches(INFRA_V2),
    get(LONGER).host(HOST).with(&[("Header-B", "B")]).reaches(INFRA_V1),
];

const SENDS: &[Through] = &[
    through("gw-httproute-exact-hostname-x", ANY),
    through("gw-httproute-exact-hostname-x-path", BY_PATH),
    through("gw-httproute-exact-hostname-x-path-header", BY_HEADER),
    through("gw-httproute-wc-hostname-x", ANY),
    through("gw-httproute-wc-hostname-x-path", BY_PATH),
    through("gw-httproute-wc-hostname-x-path-header", BY_HEADER),
];

/// Two routes of one Gateway, and what must come of them.
struct Case {
    gateway: &'static str,
    older: &'static str,
    newer: &'static str,
    exchanges: &'static [Exchange],
}

const CASES: &[Case] = &[
    Case {
        gateway: "gw-httproute-exact-hostname-x",
        older: "httproute-wc-hostname-x-older",
        newer: "httproute-exact-hostname-x-newer",
        exchanges: ANY,
    },
    Case {
        gateway: "gw-httproute-exact-hostname-x-path",
        older: "httproute-wc-hostname-x-path-older",
        newer: "httproute-exact-hostname-x-path-newer",
        exchanges: BY_PATH,
    },
    Case {
        gateway: "gw-httproute-exact-hostname-x-path-header",
        older: "httproute-wc-hostname-x-path-header-older",
        newer: "httproute-exact-hostname-x-path-header-newer",
        exchanges: BY_HEADER,
    },
    Case {
        gateway: "gw-httproute-wc-hostname-x",
        older: "httproute-less-specific-wc-hostname-x-older",
        newer: "httproute-more-specific-wc-hostname-x-newer",
        exchanges: ANY,
    },
    Case {
        gateway: "gw-httproute-wc-hostname-x-path",
        older: "httproute-less-specific-wc-hostname-x-path-older",
        newer: "httproute-more-specific-wc-hostname-x-path-newer",
        exchanges: BY_PATH,
    },
    Case {
        gateway: "gw-httproute-wc-hostname-x-path-header",
        older: "httproute-less-specific-wc-hostname-x-path-header-older",
        newer: "httproute-more-specific-wc-hostname-x-path-header-newer",
        exchanges: BY_HEADER,
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
    subject.http_route(case.older).under(&gateway).must_be(&[Accepted.yes()]).await
}

async fn prefer_newer(subject: &Subject, case: &Case) -> Verdict {
    let gateway = subject.gateway(case.gateway).await?;
    for name in [case.older, case.newer] {
        let route = subject.http_route(name).under(&gateway);
        route.must_be(&[ResolvedRefs.yes()]).await?;
        route.should_repeat_parent_refs().await;
    }
    gateway.http().must_give_in_order(case.exchanges).await
}
