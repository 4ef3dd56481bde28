//! Streams and datagrams that are handed on, whatever is in them.

faults! {
    CLIENT_HELLO_NOT_PASSED_ON:
        "A listener with mode Passthrough hands the whole TLS stream to the backend, with what was \
         read of it for the server name."
        => [
            "TLSRouteHostnameIntersection",
            "TLSRouteMixedTerminationSameNamespace",
            "TLSRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "TLSRouteSimpleSameNamespace",
        ],

    NEWER_STREAM_ROUTE_WINS:
        "Of two routes that could take the same streams the older one does."
        => ["TCPRouteMultipleRoutesAttachment", "UDPRouteMultipleRoutesAttachment"],

    OLDER_STREAM_ROUTE_BEATS_SPECIFIC:
        "Of two routes that match a server name the one with the more specific hostname takes the \
         stream, before their age is compared."
        => ["TLSRouteMultipleRoutesAttachmentSameHostnameIntersection"],

    PASSTHROUGH_WANTS_CERTIFICATE:
        "A listener with mode Passthrough needs no certificateRefs: the TLS session ends at the \
         backend."
        => [
            "HTTPRouteDisallowedKind",
            "ListenerSetAllowedRoutesSupportedKinds",
            "TLSRouteHostnameIntersection",
            "TLSRouteInvalidBackendRefNonexistent",
            "TLSRouteInvalidBackendRefUnknownKind",
            "TLSRouteInvalidNoMatchingListener",
            "TLSRouteInvalidNoMatchingListenerHostname",
            "TLSRouteListenerPassthroughSupportedKinds",
            "TLSRouteMixedTerminationSameNamespace",
            "TLSRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "TLSRouteSimpleSameNamespace",
            "UDPRouteNotAllowedByListeners",
        ],

    STREAM_WITHOUT_BACKEND_KEPT_OPEN:
        "A connection that no route takes, or whose route has no valid backend, is closed."
        => [
            "TLSRouteHostnameIntersection",
            "TLSRouteInvalidBackendRefNonexistent",
            "TLSRouteInvalidBackendRefUnknownKind",
        ],

    TCP_ROUTE_SECOND_LISTENER_IGNORED:
        "A parentRef without sectionName and port attaches a route to every listener of the \
         Gateway that takes it."
        => ["TCPRouteParentRefAttachAll"],

    TERMINATED_TLS_PASSED_ON:
        "At a listener with mode Terminate the TLS session ends, and the backend gets what is in it."
        => [
            "BackendTLSPolicyTLSRouteTerminate",
            "TLSRouteMixedTerminationSameNamespace",
            "TLSRouteTerminateSimpleSameNamespace",
        ],

    TLS_TERMINATION_REFUSED:
        "A TLS listener with mode Terminate is accepted by who claims to support that mode."
        => [
            "BackendTLSPolicyTLSRouteTerminate",
            "TLSRouteListenerTerminateSupportedKinds",
            "TLSRouteMixedTerminationSameNamespace",
            "TLSRouteTerminateSimpleSameNamespace",
        ],

    UDP_ANSWERS_FROM_ANOTHER_PORT:
        "A client takes answers to its datagrams only from the address and port that it sent them to."
        => [
            "UDPRoute",
            "UDPRouteMultipleRoutesAttachment",
            "UDPRouteParentRefAttachAllListeners",
            "UDPRouteParentRefPortAndSectionName",
            "UDPRouteReferenceGrant",
            "UDPRouteWeightedRouting",
        ],

    UDP_ROUTE_SECOND_LISTENER_IGNORED:
        "A parentRef without sectionName and port attaches a UDPRoute to every listener of the \
         Gateway that takes it."
        => ["UDPRouteParentRefAttachAllListeners"],

    UDP_SERVICE_PORT_NOT_FOUND:
        "A backendRef of a UDPRoute means the port of the Service whose protocol is UDP."
        => [
            "UDPRoute",
            "UDPRouteMultipleRoutesAttachment",
            "UDPRouteParentRefAttachAllListeners",
            "UDPRouteParentRefPortAndSectionName",
            "UDPRouteReferenceGrant",
            "UDPRouteWeightedRouting",
        ],

    UNCLAIMED_MIXED_TLS_ACCEPTED:
        "Listeners that share a port and differ in where TLS ends are in conflict for who does not \
         support that mode."
        => ["TLSRouteListenerMixedTerminationNotSupported"],

    UNCLAIMED_TLS_TERMINATION_ACCEPTED:
        "A TLS listener with mode Terminate is not accepted by who does not support that mode."
        => ["TLSRouteListenerTerminateNotSupported"],

    UNROUTED_SERVER_NAME_TAKEN:
        "A stream whose server name no route has is closed, though other routes are attached."
        => ["TLSRouteHostnameIntersection"],
}
