//! Methods and queries of requests: which rules they fit, and what they have precedence over.

faults! {
    GET_MATCHES_HEAD:
        "A match for GET does not take HEAD."
        => ["HTTPRouteMethodMatching"],

    HEADERS_BEAT_METHOD:
        "Among matches of equal path, the one with a method wins, before the number of headers \
         counts."
        => ["HTTPRouteMethodMatching"],

    METHOD_BEATS_PATH:
        "The longer path wins, before it counts whether a match has a method."
        => ["HTTPRouteMethodMatching"],

    METHOD_IGNORED:
        "A match with a method takes requests of that method only."
        => ["HTTPRouteMethodMatching"],

    QUERY_BEATS_HEADERS:
        "Among matches of equal path and method, the one with the most headers wins, before the \
         number of query parameters counts."
        => ["HTTPRouteQueryParamMatching"],

    QUERY_BEATS_PATH:
        "The longer path wins, before the number of query parameters counts."
        => ["HTTPRouteQueryParamMatching"],

    QUERY_CASE_IGNORED:
        "Names and values of query parameters are compared with regard to case."
        => ["HTTPRouteQueryParamMatching"],

    QUERY_COUNT_IGNORED:
        "Among matches that are equal in all else, the one with the most query parameters wins."
        => ["HTTPRouteQueryParamMatching"],

    QUERY_DROPPED:
        "The query reaches the backend as it came."
        => [
            "HTTPRouteQueryParamMatching",
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
            "HTTPRouteRetry",
            "HTTPRouteRetryWithBackendTimeout",
            "HTTPRouteRetryWithRequestTimeout",
            "HTTPRouteTimeoutBackendRequest",
            "HTTPRouteTimeoutRequest",
            "PolicyAttachmentAncestorLimit",
            "PolicyAttachmentCascade",
            "PolicyAttachmentConflict",
            "PolicyAttachmentDefaults",
            "PolicyAttachmentGateway",
            "PolicyAttachmentGatewayClass",
            "PolicyAttachmentHTTPRoute",
            "PolicyAttachmentHTTPRouteRule",
            "PolicyAttachmentListener",
            "PolicyAttachmentObservedGenerationBump",
            "PolicyAttachmentOtherNamespace",
            "PolicyAttachmentOverrides",
            "PolicyAttachmentService",
            "PolicyAttachmentTargetNotFound",
            "RouteDelegationPolicy",
        ],

    QUERY_PARAMS_ARE_ORED:
        "A request must have all query parameters of a match."
        => ["HTTPRouteQueryParamMatching"],

    QUERY_PARAMS_IGNORED:
        "A match with query parameters takes requests that have them only."
        => ["HTTPRouteQueryParamMatching"],

    QUERY_VALUE_MATCHES_PREFIX:
        "An Exact match of a query parameter wants the whole value: whale does not match \
         whaledolphin."
        => ["HTTPRouteQueryParamMatching"],
}
