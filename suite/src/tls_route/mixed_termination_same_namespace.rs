//! TLSRoute: listeners with both modes of TLS on one port.
//!
//! Both routes have the same backend, which tells whether a TLS session came to it: catches who has one
//! mode for the whole port.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteMixedTerminationSameNamespace",
    requirement: "On listeners with one port, the server name MUST decide which is meant, and its \
                  mode whether the TLS session ends at the Gateway or at the backend. Each MUST be \
                  accepted and count the route of its hostname alone.",
    spec: "apis/v1/gateway_types.go#ListenerTLSConfig",
    features: &[
        Feature::Gateway,
        Feature::TlsRoute,
        Feature::TlsRouteModeTerminate,
        Feature::TlsRouteModeMixed,
    ],
    manifests: &["tls-route/mixed-termination-same-namespace.yaml"],
    sends: &[streams_through("gateway-tlsroute-mixed-termination", CONVERSATIONS)],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const CONVERSATIONS: &[Conversation] = &[
    tls("tls-terminate", "tls.example.com").reaches_in_the_clear(TCP_BACKEND),
    tls("tls-passthrough", "abc.example.com").reaches(TCP_BACKEND),
];

const LISTENERS: &[ListenerExpectation] = &[
    listener("tls-terminate").with_kinds(&["TLSRoute"]).attached(1).with(&[Accepted.yes()]),
    listener("tls-passthrough").with_kinds(&["TLSRoute"]).attached(1).with(&[Accepted.yes()]),
];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("gateway-tlsroute-mixed-termination").must_be_programmed().await?;
    let gateway = subject.gateway("gateway-tlsroute-mixed-termination").await?;
    let passthrough = subject.tls_route("gateway-conformance-mixed-passthroughroute");
    let terminate = subject.tls_route("gateway-conformance-mixed-terminateroute");

    passthrough.under(&gateway).must_be_under(&[Accepted.yes()]).await?;
    gateway.object().must_have_listeners(LISTENERS).await?;
    terminate.under(&gateway).must_be_under(&[Accepted.yes()]).await?;
    let mut trusted = subject.certificate("tls-terminate-checks-certificate").await?;
    trusted.extend(subject.certificate("tls-passthrough-checks-certificate").await?);
    gateway.streams().trusting(trusted).must_give(CONVERSATIONS).await
}
