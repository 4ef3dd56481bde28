//! Which routes attach to which listeners, and how they are counted.

faults! {
    ATTACHED_ROUTES_ALWAYS_ZERO:
        "attachedRoutes counts the routes that are attached to the listener."
        => [
            "GatewayModifyListeners",
            "GatewayWithAttachedRoutes",
            "GatewayWithAttachedRoutesWithPort8080",
            "HTTPRouteHostnameIntersection",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetHTTPRouting",
            "ListenerSetRouteStatusScopedToParentRef",
            "TCPRouteMultipleRoutesAttachment",
            "TLSRouteMixedTerminationSameNamespace",
            "UDPRouteMultipleRoutesAttachment",
            "UDPRouteParentRefAttachAllListeners",
        ],

    ATTACHED_ROUTES_COUNTS_REJECTED:
        "attachedRoutes counts the routes that were accepted, no others."
        => [
            "GatewayWithAttachedRoutes",
            "HTTPRouteDisallowedKind",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteInvalidCrossNamespaceParentRef",
            "ListenerSetAllowedRoutesNamespaces",
            "TCPRouteInvalidNonTCPListener",
            "TLSRouteInvalidNoMatchingListener",
            "TLSRouteInvalidNoMatchingListenerHostname",
            "TLSRouteMixedTerminationSameNamespace",
            "UDPRouteNotAllowedByListeners",
        ],

    ATTACHED_ROUTES_COUNTS_WHOLE_GATEWAY:
        "attachedRoutes counts the routes of that listener, not those of the whole Gateway."
        => [
            "GatewayWithAttachedRoutesWithPort8080",
            "HTTPRouteHostnameIntersection",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetHTTPRouting",
            "ListenerSetRouteStatusScopedToParentRef",
            "TLSRouteMixedTerminationSameNamespace",
        ],

    ATTACHED_ROUTES_ZERO_WHEN_UNRESOLVED:
        "attachedRoutes counts attached routes even where the listener's references are not \
         resolved."
        => ["GatewayWithAttachedRoutes"],

    NAMESPACE_SELECTOR_MATCHES_NOTHING:
        "A listener with a namespace Selector takes routes from the namespaces that it selects."
        => [
            "GatewayWithAttachedRoutes",
            "HTTPRouteCrossNamespace",
            "ListenerSetAllowedRoutesNamespaces",
        ],

    NAMESPACE_SELECTOR_TREATED_AS_SAME:
        "A listener with a namespace Selector takes routes from all namespaces that it selects, \
         not from its own alone."
        => ["HTTPRouteCrossNamespace", "ListenerSetAllowedRoutesNamespaces"],

    NO_MATCHING_HOSTNAME_REASON_IS_NOT_ALLOWED:
        "A route without a hostname in common with the listener has Accepted False with reason \
         NoMatchingListenerHostname."
        => [
            "GatewayWithAttachedRoutes",
            "HTTPRouteHostnameIntersection",
            "TLSRouteInvalidNoMatchingListenerHostname",
        ],

    NO_MATCHING_PARENT_REASON_IS_NOT_ALLOWED:
        "A parentRef that names no listener of the Gateway sets Accepted to False with reason \
         NoMatchingParent."
        => [
            "HTTPRouteInvalidParentRefNotMatchingListenerPort",
            "HTTPRouteInvalidParentRefNotMatchingSectionName",
            "HTTPRouteInvalidParentRefSectionNameNotMatchingPort",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "TLSRouteInvalidNoMatchingListener",
        ],

    NOT_ALLOWED_REASON_IS_NO_MATCHING_PARENT:
        "A route that allowedRoutes excludes has Accepted False with reason NotAllowedByListeners."
        => [
            "HTTPRouteDisallowedKind",
            "HTTPRouteInvalidCrossNamespaceParentRef",
            "ListenerSetAllowedRoutesNamespaces",
            "TCPRouteInvalidNonTCPListener",
            "TLSRouteInvalidNoMatchingListener",
            "UDPRouteNotAllowedByListeners",
        ],

    ROUTE_KINDS_NOT_ENFORCED:
        "A listener takes routes of the kinds of its protocol, or those of them that it names, and no \
         others."
        => [
            "HTTPRouteDisallowedKind",
            "TCPRouteInvalidNonTCPListener",
            "TLSRouteInvalidNoMatchingListener",
            "UDPRouteNotAllowedByListeners",
        ],

    SAME_NAMESPACE_NOT_ENFORCED:
        "A listener that allows routes from Same takes those of the Gateway's namespace only."
        => ["HTTPRouteInvalidCrossNamespaceParentRef", "ListenerSetAllowedRoutesNamespaces"],

    SECOND_PARENT_IGNORED:
        "A route attaches to every parent that it references."
        => [
            "GRPCRouteListenerHostnameMatching",
            "GRPCRouteMultipleGateways",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteMultipleGateways",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetHTTPRouting",
            "PolicyAttachmentCascade",
            "PolicyAttachmentGateway",
            "PolicyAttachmentGatewayClass",
        ],

    SECTION_NAME_IGNORED:
        "A parentRef with a sectionName attaches to the listener of that name only."
        => [
            "GRPCRouteListenerHostnameMatching",
            "GatewayHTTPListenerIsolation",
            "GatewayWithAttachedRoutesWithPort8080",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteInvalidParentRefNotMatchingSectionName",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteListenerPortMatching",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "ListenerSetHTTPRouting",
            "TCPRouteParentRefPortAndSectionName",
            "TLSRouteInvalidNoMatchingListener",
            "UDPRouteParentRefPortAndSectionName",
        ],
}
