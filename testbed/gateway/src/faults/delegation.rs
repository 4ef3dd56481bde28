//! Rules that hand their requests on to other routes: what they hand on, and what comes with it.

faults! {
    DELEGATED_HOSTNAMES_IGNORED:
        "A route gets requests for the hostnames of the one that hands them on, and for no others."
        => ["RouteDelegationHostname"],

    DELEGATED_MATCHES_IGNORED:
        "A route gets requests that the rule matches that hands them on, and no others."
        => ["RouteDelegationMatching", "RouteDelegationPrefix"],

    DELEGATED_PREFIX_MATCHES_SUBSTRING:
        "A prefix is handed on by whole elements of paths."
        => ["RouteDelegationPrefix"],

    DELEGATION_CYCLE_TAKES_ALL_DOWN:
        "A rule that would hand on to a route on its own way is refused, and no other."
        => ["RouteDelegationCycle"],

    DELEGATION_DEPTH_UNLIMITED:
        "What is handed on too often is refused."
        => ["RouteDelegationDepth"],

    DELEGATION_GRANT_NOT_REQUIRED:
        "Requests are handed on to another namespace only where a ReferenceGrant there permits it."
        => ["RouteDelegationReferenceGrant"],

    DELEGATION_IGNORED:
        "A rule whose backends are routes hands its requests on to them."
        => [
            "RouteDelegationCycle",
            "RouteDelegationDepth",
            "RouteDelegationFilters",
            "RouteDelegationHostname",
            "RouteDelegationMatching",
            "RouteDelegationNested",
            "RouteDelegationNotDelegated",
            "RouteDelegationPolicy",
            "RouteDelegationPrefix",
            "RouteDelegationReferenceGrant",
            "RouteDelegationSameNamespace",
            "RouteDelegationStatus",
        ],

    DELEGATION_NOT_REPORTED:
        "A route says what came of each parent that is a route."
        => ["RouteDelegationStatus"],

    DELEGATION_ONE_LEVEL_DEEP:
        "A route to which requests are handed on may hand them on."
        => ["RouteDelegationDepth", "RouteDelegationNested"],

    FILTERS_OF_PARENT_IGNORED:
        "The filters of a rule hold for what it hands on."
        => ["RouteDelegationFilters"],

    POLICIES_OF_PARENT_IGNORED:
        "What counts at a route counts for what it hands on."
        => ["RouteDelegationPolicy"],

    UNDELEGATED_CHILD_ACCEPTED:
        "A route is not accepted by a parent that does not name it."
        => ["RouteDelegationNotDelegated"],

    UNDELEGATED_CHILD_SERVED:
        "A route gets no requests by naming a parent that does not name it."
        => [
            "RouteDelegationDepth",
            "RouteDelegationHostname",
            "RouteDelegationMatching",
            "RouteDelegationNotDelegated",
            "RouteDelegationPrefix",
        ],
}
