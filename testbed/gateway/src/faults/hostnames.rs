//! Hostnames of listeners and routes, and the hosts of requests.

faults! {
    HOST_PORT_NOT_IGNORED:
        "The port in the Host header does not count when hostnames are matched."
        => ["HTTPRouteHostnameIntersection", "HTTPRouteListenerPortMatching"],

    HOSTNAME_INTERSECTION_IGNORED:
        "A route none of whose hostnames intersects the listener's is not accepted."
        => [
            "GatewayWithAttachedRoutes",
            "HTTPRouteHostnameIntersection",
            "TLSRouteInvalidNoMatchingListenerHostname",
            "TLSRouteMixedTerminationSameNamespace",
        ],

    HTTPS_LISTENER_WITHOUT_HOSTNAME_REFUSES:
        "An HTTPS listener without a hostname takes connections for any server name."
        => [
            "BackendTLSPolicy",
            "GatewayFrontendClientCertificateValidation",
            "GatewayFrontendClientCertificateValidationInsecureFallback",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteRedirectPortAndScheme",
        ],

    LISTENER_HOSTNAME_IGNORED:
        "A listener with a hostname takes requests for that host only."
        => [
            "GRPCRouteListenerHostnameMatching",
            "GatewayHTTPListenerIsolation",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteListenerPortMatching",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetHTTPRouting",
        ],

    ROUTE_HOSTNAMES_IGNORED:
        "A route with hostnames matches requests for those hosts only."
        => [
            "BackendTLSPolicyGRPCRoute",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteMatchingAcrossRoutes",
            "RouteDelegationHostname",
        ],

    WILDCARD_HOSTNAME_MATCHES_APEX:
        "A wildcard hostname does not match the bare domain: *.foo.com does not match foo.com."
        => [
            "GRPCRouteListenerHostnameMatching",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
        ],

    WILDCARD_HOSTNAME_MATCHES_ONE_LABEL:
        "A wildcard hostname matches one or more labels: *.bar.com matches a.b.bar.com."
        => [
            "GRPCRouteListenerHostnameMatching",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "TLSRouteHostnameIntersection",
        ],

    WILDCARD_LISTENER_BEATS_EXACT:
        "Among listeners that match a host, the most specific one takes the request: exact before \
         wildcard."
        => [
            "GRPCRouteListenerHostnameMatching",
            "GatewayHTTPListenerIsolation",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteListenerHostnameMatching",
        ],
}
