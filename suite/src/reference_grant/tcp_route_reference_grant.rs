//! TCPRoute: a backend in another namespace that a ReferenceGrant allows, until it is deleted.
//!
//! Catches who does not ask for the grant of this kind of route, or asks only when the route changes.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "TCPRouteReferenceGrant",
    requirement: "A ReferenceGrant MUST allow the cross-namespace references that it describes, and \
                  its removal MUST revoke that: ResolvedRefs MUST then be False with reason \
                  RefNotPermitted.",
    spec: "apis/v1/referencegrant_types.go#ReferenceGrant",
    features: &[Feature::Gateway, Feature::TcpRoute, Feature::ReferenceGrant],
    manifests: &["reference-grant/tcp-route-reference-grant.yaml"],
    sends: &[
        streams_through("tcp-reference-grant-gateway", GRANTED),
        streams_through("tcp-reference-grant-gateway", REVOKED),
    ],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const BACKEND: Backend = Backend { name: "tcp-reference-grant-backend", namespace: WEB };
const GRANTED: &[Conversation] = &[tcp("tcp").reaches(BACKEND)];
const REVOKED: &[Conversation] = &[tcp("tcp").reaches_nobody()];

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object("tcp-reference-grant-gateway").must_be_programmed().await?;
    let gateway = subject.gateway("tcp-reference-grant-gateway").await?;
    let route = subject.tcp_route("tcp-reference-grant").under(&gateway);

    route.must_be(&[Accepted.yes()]).await?;
    gateway.streams().must_give(GRANTED).await?;

    subject.delete(Kind::ReferenceGrant, WEB, "tcp-reference-grant").await?;
    route.must_be(&[ResolvedRefs.no(Reason::RefNotPermitted)]).await?;

    let rule = "Connections to a backend that the route may no longer refer to are rejected.";
    gateway
        .streams()
        .should_come_to_give(rule, "apis/v1/tcproute_types.go#TCPRouteRule", REVOKED)
        .await
}
