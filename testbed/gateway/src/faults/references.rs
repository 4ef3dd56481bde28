//! References to other namespaces: `ReferenceGrant`.

faults! {
    NEW_REFERENCE_GRANT_IGNORED:
        "A ReferenceGrant permits references that were there before it came as well."
        => [
            "GatewaySecretReferenceGrantAllInNamespace",
            "GatewaySecretReferenceGrantSpecific",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetReferenceGrant",
            "RouteDelegationReferenceGrant",
        ],

    REFERENCE_GRANT_FROM_GROUP_IGNORED:
        "A ReferenceGrant permits references only from the group that `from.group` names."
        => [
            "GatewaySecretInvalidReferenceGrant",
            "HTTPRouteInvalidReferenceGrant",
            "TLSRouteInvalidReferenceGrant",
        ],

    REFERENCE_GRANT_FROM_KIND_IGNORED:
        "A ReferenceGrant permits references only from the kind that `from.kind` names."
        => [
            "GatewaySecretInvalidReferenceGrant",
            "HTTPRouteInvalidReferenceGrant",
            "TLSRouteInvalidReferenceGrant",
        ],

    REFERENCE_GRANT_FROM_NAMESPACE_IGNORED:
        "A ReferenceGrant permits references only from the namespace that `from.namespace` names."
        => [
            "GatewaySecretInvalidReferenceGrant",
            "HTTPRouteInvalidReferenceGrant",
            "ListenerSetReferenceGrant",
            "TLSRouteInvalidReferenceGrant",
        ],

    REFERENCE_GRANT_NAMESPACE_IGNORED:
        "A ReferenceGrant permits references to objects of its own namespace only."
        => [
            "GatewaySecretInvalidReferenceGrant",
            "HTTPRouteInvalidReferenceGrant",
            "TLSRouteInvalidReferenceGrant",
        ],

    REFERENCE_GRANT_REVOCATION_IGNORED:
        "When a ReferenceGrant is removed, the access that it granted must be revoked."
        => ["HTTPRouteReferenceGrant", "TCPRouteReferenceGrant", "UDPRouteReferenceGrant"],

    REFERENCE_GRANT_TO_GROUP_IGNORED:
        "A ReferenceGrant permits references only to the group that `to.group` names."
        => ["HTTPRouteInvalidReferenceGrant", "TLSRouteInvalidReferenceGrant"],

    REFERENCE_GRANT_TO_KIND_IGNORED:
        "A ReferenceGrant permits references only to the kind that `to.kind` names."
        => [
            "GatewaySecretInvalidReferenceGrant",
            "HTTPRouteInvalidReferenceGrant",
            "TLSRouteInvalidReferenceGrant",
        ],

    REFERENCE_GRANT_TO_NAME_IGNORED:
        "When `to.name` is set, a ReferenceGrant permits references to the object of that name \
         only."
        => [
            "GatewaySecretInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "RouteDelegationReferenceGrant",
            "TLSRouteInvalidReferenceGrant",
        ],

    REFERENCE_GRANT_WITH_NAME_IGNORED:
        "When `to.name` is set, a ReferenceGrant permits references to the object of that name."
        => [
            "GatewaySecretReferenceGrantSpecific",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
            "RouteDelegationReferenceGrant",
            "TCPRouteReferenceGrant",
            "UDPRouteReferenceGrant",
        ],

    REFERENCE_GRANT_WITHOUT_NAME_IGNORED:
        "When `to.name` is unset, a ReferenceGrant permits references to all objects of the kind \
         in its namespace."
        => [
            "GatewaySecretReferenceGrantAllInNamespace",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetReferenceGrant",
        ],
}
