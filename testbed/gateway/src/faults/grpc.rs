//! Calls in gRPC: which method a rule takes, how a call reaches its backend, and how it is refused.

faults! {
    GRPC_BACKEND_REACHED_IN_HTTP1:
        "The backends of a GRPCRoute are reached in HTTP/2: gRPC knows nothing else."
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
        ],

    GRPC_FILTERS_REFUSED:
        "A GRPCRoute may have filters: RequestHeaderModifier is supported where its feature is claimed."
        => ["GRPCRouteRequestHeaderModifier"],

    GRPC_METHOD_IGNORED:
        "A method match of type Exact takes the calls of its method, and of no other of the service."
        => [
            "BackendTLSPolicyGRPCRoute",
            "GRPCExactMethodMatching",
            "GRPCRouteMultipleGateways",
            "GRPCRouteNamedRule",
            "GRPCRouteRequestHeaderModifier",
        ],

    GRPC_ROUTE_NOT_ACCEPTED:
        "A listener that names no kinds of routes takes GRPCRoutes beside HTTPRoutes, and accepts them."
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
        ],

    GRPC_UNMATCHED_GIVES_UNAVAILABLE:
        "A call that no rule takes is answered UNIMPLEMENTED."
        => [
            "GRPCExactMethodMatching",
            "GRPCRouteHeaderMatching",
            "GRPCRouteListenerHostnameMatching",
        ],

    TRAILERS_DROPPED:
        "The trailers of a backend's answer reach the client: the status of a call is one of them."
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
        ],
}
