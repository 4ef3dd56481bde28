//! Streams and datagrams that are handed on as they are.

faults! {
    CLIENT_HELLO_NOT_PASSED_ON:
        "A listener with mode Passthrough hands the whole TLS stream to the backend, with what was \
         read of it for the server name."
        => ["TLSRouteSimpleSameNamespace"],

    PASSTHROUGH_WANTS_CERTIFICATE:
        "A listener with mode Passthrough needs no certificateRefs: the TLS session ends at the \
         backend."
        => ["TLSRouteSimpleSameNamespace"],

    TCP_ROUTE_SECOND_LISTENER_IGNORED:
        "A parentRef without sectionName and port attaches a route to every listener of the \
         Gateway that takes it."
        => ["TCPRouteParentRefAttachAll"],

    UDP_ANSWERS_FROM_ANOTHER_PORT:
        "A client takes answers to its datagrams only from the address and port that it sent them to."
        => ["UDPRoute"],

    UDP_SERVICE_PORT_NOT_FOUND:
        "A backendRef of a UDPRoute means the port of the Service whose protocol is UDP."
        => ["UDPRoute"],
}
