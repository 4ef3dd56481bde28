//! What becomes of a request on its way: filters, and what must stay as it came.

faults! {
    HEADER_ADD_OVERWRITES:
        "What a header modifier adds is appended to the values that the header has."
        => [
            "HTTPRouteBackendRequestHeaderModifier",
            "HTTPRouteRequestHeaderModifier",
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
            "HTTPRouteResponseHeaderModifier",
            "HTTPRouteRewriteHost",
            "HTTPRouteRewritePath",
        ],

    HEADER_REMOVE_IGNORED:
        "What a header modifier removes is no more there."
        => [
            "HTTPRouteBackendRequestHeaderModifier",
            "HTTPRouteRequestHeaderModifier",
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
            "HTTPRouteResponseHeaderModifier",
            "HTTPRouteRewriteHost",
            "HTTPRouteRewritePath",
        ],

    HEADER_SET_APPENDS:
        "What a header modifier sets overwrites the values that the header has."
        => [
            "HTTPRouteBackendRequestHeaderModifier",
            "HTTPRouteRequestHeaderModifier",
            "HTTPRouteResponseHeaderModifier",
            "HTTPRouteRewritePath",
        ],

    HOST_HEADER_REWRITTEN:
        "Without a rewrite filter the Host header reaches the backend unchanged."
        => [
            "BackendTLSPolicy",
            "BackendTLSPolicyConflictResolution",
            "BackendTLSPolicySANValidation",
            "GatewayFrontendClientCertificateValidation",
            "GatewayFrontendClientCertificateValidationInsecureFallback",
            "GatewayFrontendInvalidDefaultClientCertificateValidation",
            "GatewayHTTPListenerIsolation",
            "GatewayTLSBackendClientCertificate",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteListenerPortMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "HTTPRouteRewriteHost",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "ListenerSetHTTPRouting",
            "RouteDelegationHostname",
        ],

    MATCHED_HEADERS_NOT_FORWARDED:
        "Headers that were matched reach the backend like all others."
        => [
            "HTTPRouteHeaderMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMethodMatching",
            "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "HTTPRouteQueryParamMatching",
            "HTTPRouteRuleOrder",
            "RouteDelegationMatching",
        ],

    ONLY_FIRST_HEADER_MODIFIED:
        "A header modifier applies all entries of set, add and remove."
        => [
            "HTTPRouteBackendRequestHeaderModifier",
            "HTTPRouteRequestHeaderModifier",
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
            "HTTPRouteResponseHeaderModifier",
            "HTTPRouteRewriteHost",
            "HTTPRouteRewritePath",
        ],

    TRAILING_SLASH_DROPPED:
        "Without a rewrite filter the path reaches the backend unchanged."
        => ["HTTPRouteMatching"],
}
