//! TLSRoute: Gateways without a listener for it.
//!
//! One speaks HTTP, one HTTPS, and one has a right listener of another name than the parentRef says:
//! catches who goes by TLS alone, or by the Gateway alone.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteInvalidNoMatchingListener",
    requirement: "A route whose parent has no listener with protocol TLS MUST have Accepted=False \
                  with reason NotAllowedByListeners, and MUST NOT be counted as attached; one \
                  whose sectionName is that of no listener, with reason NoMatchingParent.",
    spec: "apis/v1/shared_types.go#RouteReasonNotAllowedByListeners",
    features: &[Feature::Gateway, Feature::TlsRoute],
    manifests: &["tls-route/invalid-no-matching-listener.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const HTTP: &str = "gateway-tlsroute-http-only";
const HTTPS: &str = "gateway-tlsroute-https-only";
const PASSTHROUGH: &str = "gateway-tlsroute-tls-passthrough-only";

const CASES: [(&str, &str, Reason); 3] = [
    (HTTP, "tlsroute-not-allowed-protocol-http", Reason::NotAllowedByListeners),
    (HTTPS, "tlsroute-not-allowed-protocol-https", Reason::NotAllowedByListeners),
    (PASSTHROUGH, "tlsroute-no-matching-section-name", Reason::NoMatchingParent),
];

async fn run(subject: &Subject) -> Verdict {
    all_of(CASES.map(|(gateway, route, reason)| refuse(subject, gateway, route, reason))).await?;
    // Last: whoever counts a route without right may do so a moment after its status.
    all_of([HTTP, HTTPS].map(|name| count_none(subject, name))).await
}

async fn refuse(
    subject: &Subject,
    gateway: &'static str,
    route: &'static str,
    reason: Reason,
) -> Verdict {
    let gateway = subject.gateway_object(gateway);
    gateway.must_be_programmed().await?;
    let route = subject.tls_route(route).under(&gateway);

    route.must_be(&[Accepted.no(reason)]).await?;
    route.must_not_be_accepted().await?;
    route.should_repeat_parent_refs().await;
    Ok(())
}

async fn count_none(subject: &Subject, gateway: &'static str) -> Verdict {
    subject.gateway_object(gateway).must_have_no_routes().await
}
