//! TLSRoute: a backend in another namespace that no ReferenceGrant allows.
//!
//! The manifest holds seven grants, each wrong in one way (the namespace of the grant; group, kind
//! and namespace of `from`; group, kind and name of `to`), so an implementation that forgets to
//! compare any one of them fails here.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TLSRouteInvalidReferenceGrant",
    requirement: "A cross-namespace backendRef that no ReferenceGrant allows MUST set \
                  ResolvedRefs to False with reason RefNotPermitted, and MUST NOT keep the route \
                  from being accepted.",
    spec: "apis/v1/referencegrant_types.go#ReferenceGrantSpec",
    features: &[Feature::Gateway, Feature::TlsRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/tls-route-invalid-reference-grant.yaml"],
    sends: &[streams_through("gateway-tlsroute-referencegrant", REFUSED)],
    referred_first: true,
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const REFUSED: &[Conversation] = &[tls("https", "abc.example.com").reaches_nobody()];

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway("gateway-tlsroute-referencegrant").await?;
    let route = subject.tls_route("gateway-conformance-infra-test").under(&gateway);

    route.must_be_under(&[Accepted.yes()]).await?;
    route.must_be(&[ResolvedRefs.no(Reason::RefNotPermitted)]).await?;

    let rule = "Connections to a backend that the route may not refer to are rejected.";
    let spec = "apis/v1/tlsroute_types.go#TLSRouteRule";
    gateway.streams().should_come_to_give(rule, spec, REFUSED).await
}
