//! How long requests may take, and which are sent to a backend again.

faults! {
    BACKEND_TIMEOUT_EXCLUDES_RETRY:
        "A rule may have both a timeout for each request to a backend and retries."
        => ["HTTPRouteRetryWithBackendTimeout"],

    BACKEND_TIMEOUT_IGNORED:
        "A request to a backend that takes longer than timeouts.backendRequest is given up."
        => ["HTTPRouteTimeoutBackendRequest"],

    CONNECTION_ERRORS_NOT_RETRIED:
        "Where a rule has retries, a request is sent again that found no connection."
        => ["HTTPRouteRetryConnectionError"],

    REQUEST_TIMEOUT_IGNORED:
        "A request that takes longer than timeouts.request is given up."
        => [
            "HTTPRouteRetryWithBackendTimeout",
            "HTTPRouteRetryWithRequestTimeout",
            "HTTPRouteTimeoutRequest",
        ],

    REQUEST_TIMEOUT_RESTARTED_BY_RETRY:
        "All that is tried for a request together must not take longer than timeouts.request."
        => ["HTTPRouteRetryWithRequestTimeout"],

    RETRY_ATTEMPTS_EXCEEDED:
        "A request is not sent again more often than retry.attempts says."
        => ["HTTPRouteRetry"],

    RETRY_CODE_500_IGNORED:
        "500 can be among retry.codes."
        => [
            "HTTPRouteRetry",
            "HTTPRouteRetryWithBackendTimeout",
            "HTTPRouteRetryWithRequestTimeout",
        ],

    RETRY_CODES_IGNORED:
        "A status that is not among retry.codes is an answer."
        => ["HTTPRouteRetry"],

    RETRY_IGNORED:
        "A request that a backend answers with one of retry.codes is sent again."
        => [
            "HTTPRouteRetry",
            "HTTPRouteRetryConnectionError",
            "HTTPRouteRetryWithBackendTimeout",
            "HTTPRouteRetryWithRequestTimeout",
        ],

    TIMEOUT_GIVES_503:
        "What takes longer than a timeout of its rule is answered 504."
        => [
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
            "PolicyAttachmentOverrides",
            "PolicyAttachmentService",
            "RouteDelegationPolicy",
        ],

    ZERO_TIMEOUT_IS_AT_ONCE:
        "A timeout of zero is none."
        => ["HTTPRouteTimeoutBackendRequest", "HTTPRouteTimeoutRequest"],
}
