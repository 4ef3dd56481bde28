//! Ports: listeners on several of them, and parentRefs that choose listeners by theirs.

faults! {
    PARENT_REF_PORT_IGNORED:
        "A parentRef with a port attaches to listeners on that port only."
        => [
            "HTTPRouteInvalidParentRefNotMatchingListenerPort",
            "HTTPRouteInvalidParentRefSectionNameNotMatchingPort",
            "HTTPRouteListenerPortMatching",
            "TCPRouteParentRefPortAndSectionName",
            "UDPRouteParentRefPortAndSectionName",
        ],

    PARENT_REF_PORT_MEANS_FIRST_LISTENER:
        "A parentRef with a port attaches to all listeners on that port, not to the first one only."
        => ["HTTPRouteListenerPortMatching"],

    PARENT_REF_PORT_SUFFICES_WITH_SECTION_NAME:
        "A parentRef with a port and a sectionName attaches only to the listener that has both."
        => [
            "HTTPRouteInvalidParentRefNotMatchingSectionName",
            "HTTPRouteInvalidParentRefSectionNameNotMatchingPort",
            "HTTPRouteListenerPortMatching",
        ],

    SECOND_HTTP_PORT_NOT_ACCEPTED:
        "A Gateway may have HTTP listeners on several ports."
        => [
            "GatewayWithAttachedRoutesWithPort8080",
            "HTTPRouteListenerPortMatching",
            "PolicyAttachmentListener",
        ],
}
