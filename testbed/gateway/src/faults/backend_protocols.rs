//! Backends that speak another protocol than plain HTTP/1.1.

faults! {
    APP_PROTOCOL_H2C_IGNORED:
        "A port of a Service with appProtocol kubernetes.io/h2c is reached in HTTP/2, by prior \
         knowledge."
        => ["HTTPRouteBackendProtocolH2C"],

    APP_PROTOCOL_WS_REFUSED:
        "A port of a Service with appProtocol kubernetes.io/ws is a backend like any other, to which \
         WebSockets may be opened."
        => ["HTTPRouteBackendProtocolWebSocket"],

    HTTP2_PRIOR_KNOWLEDGE_REFUSED:
        "A client may speak HTTP/2 to an HTTP listener from the first byte."
        => [
            "BackendTLSPolicyGRPCRoute",
            "GRPCExactMethodMatching",
            "GRPCRouteHeaderMatching",
            "GRPCRouteListenerHostnameMatching",
            "GRPCRouteMultipleGateways",
            "GRPCRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "GRPCRouteNamedRule",
            "GRPCRouteRequestHeaderModifier",
            "GRPCRouteWeight",
            "HTTPRouteBackendProtocolH2C",
        ],

    UPGRADE_NOT_FORWARDED:
        "A request that opens a WebSocket reaches the backend as such."
        => ["HTTPRouteBackendProtocolWebSocket"],

    UPGRADED_CONNECTION_ENDS_EARLY:
        "A WebSocket stays open until one of its ends closes it."
        => ["HTTPRouteBackendProtocolWebSocket"],
}
