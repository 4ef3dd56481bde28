//! UDPRoute: a backend in another namespace that a ReferenceGrant allows, until it is deleted.
//!
//! Catches who does not ask for the grant of this kind of route, or asks only when the route changes.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "UDPRouteReferenceGrant",
    requirement: "A ReferenceGrant MUST allow the cross-namespace references that it describes, and \
                  its removal MUST revoke that: ResolvedRefs MUST then be False with reason \
                  RefNotPermitted.",
    spec: "apis/v1/referencegrant_types.go#ReferenceGrant",
    features: &[Feature::Gateway, Feature::UdpRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/udp-route-reference-grant.yaml"],
    sends: &[
        streams_through("udp-gateway-reference-grant", GRANTED),
        streams_through("udp-gateway-reference-grant", REVOKED),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const BACKEND: Backend = Backend { name: "udp-echo-reference-grant", namespace: APP };
const GRANTED: &[Conversation] = &[udp("udp").reaches(BACKEND)];
const REVOKED: &[Conversation] = &[udp("udp").reaches_nobody()];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("udp-gateway-reference-grant").must_be_programmed().await?;
    let gateway = subject.gateway("udp-gateway-reference-grant").await?;
    let route = subject.udp_route("udp-route-reference-grant").under(&gateway);

    route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
    gateway.streams().must_give(GRANTED).await?;

    subject.delete(Kind::ReferenceGrant, APP, "udp-reference-grant").await?;
    route.must_be(&[ResolvedRefs.no(Reason::RefNotPermitted)]).await?;

    let rule = "Datagrams for a backend that the route may no longer refer to are dropped.";
    gateway
        .streams()
        .should_come_to_give(rule, "apis/v1/udproute_types.go#UDPRouteRule", REVOKED)
        .await
}
