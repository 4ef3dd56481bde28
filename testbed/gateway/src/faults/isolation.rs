//! Which listener and which route take a request that several could take by their hostnames.

faults! {
    HOSTNAMES_COMPARED_AS_LISTENER_LEAVES_THEM:
        "Of two routes that match a request, the one with the more specific hostname of its own comes \
         first, not the one of which the listener leaves the more specific rest."
        => [
            "GRPCRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
        ],

    LESS_SPECIFIC_HOSTNAME_NOT_TRIED:
        "What the route with the most specific hostname does not match goes to the route with the next one."
        => [
            "HTTPRouteHostnameIntersection",
            "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
        ],

    LESS_SPECIFIC_LISTENER_TRIED:
        "A request that no route of the most specific listener matches is not for a less specific one."
        => ["GatewayHTTPListenerIsolation"],

    MISDIRECTED_REQUEST_GIVES_404:
        "A request for a host of another listener than that of its connection's server name is \
         answered 421."
        => ["HTTPRouteHTTPSListenerDetectMisdirectedRequests"],

    MISDIRECTED_REQUEST_SERVED:
        "A request for a host of another listener than that of its connection's server name is not \
         served."
        => ["HTTPRouteHTTPSListenerDetectMisdirectedRequests"],

    ROUTE_HOSTNAME_REACHES_BEYOND_LISTENER:
        "The hostnames of a route bring it no requests that another listener takes."
        => ["GatewayHTTPListenerIsolation"],

    SERVER_NAME_MUST_BE_HOST:
        "A request for another host than its connection's server name is served where both are of one \
         listener."
        => ["HTTPRouteHTTPSListenerDetectMisdirectedRequests"],
}
