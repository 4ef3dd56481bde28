//! How statuses are written: generations, entries of others, entries that pass.

faults! {
    FOREIGN_CONDITION_REWRITTEN:
        "Conditions of a Gateway that others wrote are preserved as they are, the \
         observedGeneration included."
        => ["GatewayPreserveForeignConditions"],

    FOREIGN_GATEWAY_CONDITION_DROPPED:
        "Conditions of a Gateway that others wrote are preserved."
        => ["GatewayPreserveForeignConditions"],

    FOREIGN_LISTENER_CONDITION_DROPPED:
        "Conditions of a listener that others wrote are preserved."
        => ["GatewayPreserveForeignConditions"],

    FOREIGN_ROUTE_PARENT_DROPPED:
        "Entries in a route's status.parents that other controllers wrote are preserved."
        => ["HTTPRoutePreserveForeignStatus"],

    FOREIGN_ROUTE_PARENT_REWRITTEN:
        "Entries in a route's status.parents that other controllers wrote are preserved as they \
         are."
        => ["HTTPRoutePreserveForeignStatus"],

    GATEWAY_CLASS_OBSERVED_GENERATION_STALE:
        "Conditions of a GatewayClass carry the generation of the spec that they were computed \
         from."
        => ["GatewayClassObservedGenerationBump"],

    GATEWAY_OBSERVED_GENERATION_STALE:
        "Conditions of a Gateway carry the generation of the spec that they were computed from."
        => [
            "GatewayModifyListeners",
            "GatewayObservedGenerationBump",
            "GatewayPreserveForeignConditions",
            "GatewayStaticAddresses",
        ],

    LISTENER_OBSERVED_GENERATION_STALE:
        "Conditions of a listener carry the generation of the spec that they were computed from."
        => ["GatewayPreserveForeignConditions"],

    PARENT_REF_NAMESPACE_OMITTED:
        "The parentRef in a route's status is the one of its spec, the namespace included."
        => [
            "HTTPRouteCrossNamespace",
            "HTTPRouteHostnameIntersection",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetRouteStatusScopedToParentRef",
        ],

    REDIRECT_ACCEPTED_FOR_A_MOMENT:
        "Accepted stays True for as long as nothing changes."
        => [
            "HTTPRoute303Redirect",
            "HTTPRoute307Redirect",
            "HTTPRoute308Redirect",
            "HTTPRouteRedirectHostAndStatus",
            "HTTPRouteRedirectPath",
            "HTTPRouteRedirectPort",
            "HTTPRouteRedirectPortAndScheme",
            "HTTPRouteRedirectScheme",
        ],

    RESOLVED_REFS_OMITTED_WHEN_REJECTED:
        "ResolvedRefs is set for every parent, whether or not the route is accepted there."
        => [
            "HTTPRouteDisallowedKind",
            "HTTPRouteInvalidCrossNamespaceParentRef",
            "HTTPRouteInvalidParentRefNotMatchingListenerPort",
        ],

    ROUTE_OBSERVED_GENERATION_STALE:
        "Conditions of a route carry the generation of the spec that they were computed from."
        => ["HTTPRouteObservedGenerationBump", "HTTPRoutePreserveForeignStatus"],
}
