//! What becomes of a request on its way: filters, and what must stay as it came.

faults! {
    HEADER_ADD_OVERWRITES:
        "RequestHeaderModifier.add appends to the values that the request has."
        => ["HTTPRouteRequestHeaderModifier"],

    HEADER_REMOVE_IGNORED:
        "RequestHeaderModifier.remove removes the header."
        => ["HTTPRouteRequestHeaderModifier"],

    HEADER_SET_APPENDS:
        "RequestHeaderModifier.set overwrites the values that the request has."
        => ["HTTPRouteRequestHeaderModifier"],

    HOST_HEADER_REWRITTEN:
        "Without a rewrite filter the Host header reaches the backend unchanged."
        => [
            "GatewayHTTPListenerIsolation",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteListenerPortMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "ListenerSetHTTPRouting",
        ],

    MATCHED_HEADERS_NOT_FORWARDED:
        "Headers that were matched reach the backend like all others."
        => [
            "HTTPRouteHeaderMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "HTTPRouteRuleOrder",
        ],

    ONLY_FIRST_HEADER_MODIFIED:
        "RequestHeaderModifier applies all entries of set, add and remove."
        => ["HTTPRouteRequestHeaderModifier"],

    REDIRECT_HOSTNAME_IGNORED:
        "A RequestRedirect with a hostname has it in the Location."
        => ["HTTPRouteRedirectHostAndStatus"],

    REDIRECT_PATH_DROPPED:
        "A RequestRedirect without a path keeps the request's."
        => ["HTTPRouteRedirectHostAndStatus"],

    REDIRECT_STATUS_ALWAYS_302:
        "A RequestRedirect answers with its statusCode."
        => ["HTTPRouteRedirectHostAndStatus"],

    TRAILING_SLASH_DROPPED:
        "Without a rewrite filter the path reaches the backend unchanged."
        => ["HTTPRouteMatching"],
}
