//! Listeners: protocols, kinds of routes, and what is programmed.

faults! {
    ADDED_LISTENER_IGNORED:
        "A listener that is added to a Gateway appears in its status."
        => ["GatewayModifyListeners"],

    GRANTED_LISTENER_NOT_PROGRAMMED:
        "A listener whose certificate a ReferenceGrant permits is Programmed like any other."
        => [
            "GatewaySecretReferenceGrantAllInNamespace",
            "GatewaySecretReferenceGrantSpecific",
            "ListenerSetReferenceGrant",
        ],

    INVALID_ROUTE_KINDS_RESOLVED:
        "A kind in allowedRoutes that is not supported sets ResolvedRefs to False with reason \
         InvalidRouteKinds."
        => [
            "GatewayInvalidRouteKind",
            "ListenerSetAllowedRoutesSupportedKinds",
            "TLSRouteListenerPassthroughSupportedKinds",
        ],

    REMOVED_LISTENER_KEPT:
        "A listener that is removed from a Gateway disappears from its status."
        => ["GatewayModifyListeners"],

    SUPPORTED_KINDS_EMPTY_WHEN_ONE_INVALID:
        "Where valid and invalid kinds are given, supportedKinds lists the valid ones."
        => ["GatewayInvalidRouteKind", "TLSRouteListenerPassthroughSupportedKinds"],

    SUPPORTED_KINDS_LISTS_INVALID:
        "supportedKinds does not list kinds that the implementation does not support."
        => ["GatewayInvalidRouteKind"],

    SUPPORTED_KINDS_OF_UNSUPPORTED_PROTOCOL:
        "A listener of an unsupported protocol supports no kinds of routes."
        => ["GatewayListenerUnsupportedProtocol"],

    UNRESOLVED_LISTENER_PROGRAMMED:
        "A listener whose certificate does not resolve is not Programmed."
        => ["GatewayWithAttachedRoutes", "ListenerSetReferenceGrant"],

    UNSUPPORTED_PROTOCOL_ACCEPTED:
        "A listener of an unsupported protocol has Accepted False with reason UnsupportedProtocol."
        => ["GatewayListenerUnsupportedProtocol"],
}
