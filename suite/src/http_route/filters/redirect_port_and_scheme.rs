//! HTTPRoute: the filter `RequestRedirect` with and without scheme and port, on listeners of three
//! ports.
//!
//! Each path spells what its redirect says. Only where neither is said does the port of the listener
//! count, which 8080 shows.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "HTTPRouteRedirectPortAndScheme",
    requirement: "The port of a Location MUST be that of the RequestRedirect; without one the \
                  well-known port of its scheme; without that, the port of the listener.",
    spec: "apis/v1/httproute_types.go#HTTPRequestRedirectFilter",
    features: &[
        Feature::Gateway,
        Feature::GatewayPort8080,
        Feature::HttpRoute,
        Feature::HttpRoutePortRedirect,
    ],
    manifests: &["http-route/filters/redirect-port-and-scheme.yaml"],
    sends: &[
        through("same-namespace", ON_80),
        through("same-namespace-with-http-listener-on-8080", ON_8080),
        through("same-namespace-with-https-listener", ON_443).over_tls(),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

/// Every redirect names this host, and leaves the path as it is.
const ELSEWHERE: Redirect = redirect(302).host("example.org");

const ON_80: &[Exchange] = &[
    get("/scheme-nil-and-port-nil").gives(ELSEWHERE),
    get("/scheme-nil-and-port-80").gives(ELSEWHERE),
    get("/scheme-nil-and-port-8080").gives(ELSEWHERE.port(8080)),
    get("/scheme-https-and-port-nil").gives(ELSEWHERE.scheme("https")),
    get("/scheme-https-and-port-443").gives(ELSEWHERE.scheme("https")),
    get("/scheme-https-and-port-8443").gives(ELSEWHERE.scheme("https").port(8443)),
];

const ON_8080: &[Exchange] = &[
    get("/scheme-nil-and-port-nil").gives(ELSEWHERE.port(8080)),
    get("/scheme-nil-and-port-80").gives(ELSEWHERE),
    get("/scheme-https-and-port-nil").gives(ELSEWHERE.scheme("https")),
];

const ON_443: &[Exchange] = &[
    get("/scheme-nil-and-port-nil").host("example.org").gives(ELSEWHERE),
    get("/scheme-nil-and-port-443").host("example.org").gives(ELSEWHERE),
    get("/scheme-nil-and-port-8443").host("example.org").gives(ELSEWHERE.port(8443)),
    get("/scheme-http-and-port-nil").host("example.org").gives(ELSEWHERE.scheme("http")),
    get("/scheme-http-and-port-80").host("example.org").gives(ELSEWHERE.scheme("http")),
    get("/scheme-http-and-port-8080")
        .host("example.org")
        .gives(ELSEWHERE.scheme("http").port(8080)),
];

async fn run(subject: &Subject) -> Verdict {
    let on_80 = attached(subject, "same-namespace", "http-route-for-listener-on-port-80").await?;
    let on_8080 = attached(
        subject,
        "same-namespace-with-http-listener-on-8080",
        "http-route-for-listener-on-port-8080",
    )
    .await?;
    let on_443 = attached(
        subject,
        "same-namespace-with-https-listener",
        "http-route-for-listener-on-port-443",
    )
    .await?;
    let certificate = subject.certificate("tls-validity-checks-certificate").await?;

    let (on_80, on_8080, on_443) = (on_80.http(), on_8080.http(), on_443.https(certificate));
    let checks = [(&on_80, ON_80), (&on_8080, ON_8080), (&on_443, ON_443)];
    all_of(checks.map(|(traffic, exchanges)| traffic.must_give(exchanges))).await
}

/// The Gateway, once the route for its port is attached to it.
async fn attached<'s>(
    subject: &'s Subject,
    gateway: &'static str,
    route: &'static str,
) -> Verdict<Gateway<'s>> {
    let gateway = subject.gateway(gateway).await?;
    let route = subject.http_route(route).under(&gateway);
    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    Ok(gateway)
}
