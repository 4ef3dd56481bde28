//! ListenerSets: which of them a Gateway takes, and what becomes of their listeners.

faults! {
    ACCEPTED_LISTENER_SETS_NOT_COUNTED:
        "attachedListenerSets counts the ListenerSets that are accepted."
        => [
            "ListenerSetAllowedNamespaceSame",
            "ListenerSetAllowedNamespaceSelector",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "ListenerSetHTTPRouting",
            "ListenerSetHostnameConflict",
            "ListenerSetProtocolConflict",
            "ListenerSetRouteStatusScopedToParentRef",
        ],

    CONFLICT_IS_NO_REASON_OF_PROGRAMMED:
        "A listener of a ListenerSet that is in conflict says so as the reason of Programmed too."
        => ["ListenerSetHostnameConflict", "ListenerSetProtocolConflict"],

    GATEWAY_GRANT_EXTENDS_TO_LISTENER_SETS:
        "A ReferenceGrant for a Gateway does not permit references of its ListenerSets."
        => ["ListenerSetReferenceGrant"],

    GATEWAY_ROUTES_REACH_LISTENER_SETS:
        "A route whose parentRef is a Gateway is not attached to listeners of its ListenerSets."
        => [
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "ListenerSetHTTPRouting",
            "ListenerSetRouteStatusScopedToParentRef",
        ],

    INVALID_LISTENER_REJECTS_LISTENER_SET:
        "A ListenerSet with at least one valid listener is accepted."
        => ["ListenerSetHostnameConflict", "ListenerSetProtocolConflict"],

    LAST_LISTENER_SET_COMES_FIRST:
        "Of two ListenerSets whose listeners are in conflict the older one comes first, then the one of \
         the first name."
        => ["ListenerSetHostnameConflict"],

    LISTENER_SET_ACCEPTED_WITHOUT_VALID_LISTENER:
        "A ListenerSet without any valid listener has Accepted False with reason ListenersNotValid."
        => ["ListenerSetHostnameConflict", "ListenerSetProtocolConflict", "ListenerSetReferenceGrant"],

    LISTENER_SET_CONFLICT_STOPS_BOTH:
        "A listener of the Gateway, or of an older ListenerSet, is served although that of another \
         ListenerSet is in conflict with it."
        => ["ListenerSetHostnameConflict", "ListenerSetProtocolConflict"],

    LISTENER_SET_GRANT_IGNORED:
        "A ReferenceGrant permits references of ListenerSets where `from.kind` is ListenerSet."
        => ["ListenerSetReferenceGrant"],

    LISTENER_SET_HOSTNAME_CONFLICT_IGNORED:
        "A listener of a ListenerSet with the port and hostname of one that comes before it is in conflict."
        => ["ListenerSetHostnameConflict"],

    LISTENER_SET_NOT_SERVED:
        "Routes that are attached to listeners of a ListenerSet are served there."
        => [
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "ListenerSetHTTPRouting",
        ],

    LISTENER_SET_PARENT_REPORTED_AS_GATEWAY:
        "The parentRef in a route's status is the one of its spec, the kind ListenerSet included."
        => [
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "ListenerSetHTTPRouting",
            "ListenerSetRouteStatusScopedToParentRef",
        ],

    LISTENER_SET_PROTOCOL_CONFLICT_IGNORED:
        "A listener of a ListenerSet with the port of one of another protocol that comes before it is in \
         conflict."
        => ["ListenerSetProtocolConflict"],

    LISTENER_SET_ROUTES_REACH_WHOLE_GATEWAY:
        "A route whose parentRef is a ListenerSet is attached to no other listeners of its Gateway."
        => ["ListenerSetAllowedRoutesNamespaces", "ListenerSetHTTPRouting"],

    LISTENER_SET_SAME_MEANS_NAMESPACE_OF_GATEWAY:
        "A listener of a ListenerSet that allows routes from Same takes those of the ListenerSet's \
         namespace."
        => ["ListenerSetAllowedRoutesNamespaces"],

    LISTENER_SET_SELECTOR_IGNORED:
        "A Gateway that allows listeners by a namespace Selector takes no ListenerSets of other namespaces."
        => ["ListenerSetAllowedNamespaceSelector"],

    LISTENER_SET_SELECTOR_TREATED_AS_SAME:
        "A Gateway that allows listeners by a namespace Selector takes ListenerSets of the namespaces that \
         it selects."
        => ["ListenerSetAllowedNamespaceSelector"],

    LISTENER_SETS_ALLOWED_BY_DEFAULT:
        "A Gateway takes no ListenerSets unless it allows listeners."
        => ["ListenerSetDefaultNotAllowed"],

    LISTENER_SETS_ALLOWED_FROM_NONE:
        "A Gateway that allows listeners from None takes no ListenerSets."
        => ["ListenerSetAllowedNamespaceNone"],

    LISTENER_SETS_OF_OTHER_NAMESPACES_ALLOWED:
        "A Gateway that allows listeners from Same takes ListenerSets of its own namespace only."
        => ["ListenerSetAllowedNamespaceSame"],

    LISTENERS_OF_LISTENER_SET_NOT_REPORTED:
        "A ListenerSet tells of each of its listeners in its status."
        => [
            "ListenerSetAllowedNamespaceSame",
            "ListenerSetAllowedNamespaceSelector",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetAllowedRoutesSupportedKinds",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetHTTPRouting",
            "ListenerSetHostnameConflict",
            "ListenerSetProtocolConflict",
            "ListenerSetReferenceGrant",
            "ListenerSetRouteStatusScopedToParentRef",
        ],

    NOT_ALLOWED_LISTENER_SET_REASON_IS_INVALID:
        "A ListenerSet that its Gateway does not allow has Accepted False with reason NotAllowed."
        => [
            "ListenerSetAllowedNamespaceNone",
            "ListenerSetAllowedNamespaceSame",
            "ListenerSetAllowedNamespaceSelector",
            "ListenerSetDefaultNotAllowed",
        ],

    REFUSED_LISTENER_SET_COUNTED:
        "attachedListenerSets does not count ListenerSets that are not accepted."
        => [
            "ListenerSetAllowedNamespaceNone",
            "ListenerSetAllowedNamespaceSame",
            "ListenerSetAllowedNamespaceSelector",
            "ListenerSetDefaultNotAllowed",
            "ListenerSetHostnameConflict",
            "ListenerSetProtocolConflict",
        ],

    REFUSED_LISTENER_SET_PROGRAMMED:
        "A ListenerSet that is not accepted is not Programmed."
        => [
            "ListenerSetAllowedNamespaceNone",
            "ListenerSetAllowedNamespaceSame",
            "ListenerSetAllowedNamespaceSelector",
            "ListenerSetDefaultNotAllowed",
            "ListenerSetHostnameConflict",
            "ListenerSetProtocolConflict",
            "ListenerSetReferenceGrant",
        ],
}
