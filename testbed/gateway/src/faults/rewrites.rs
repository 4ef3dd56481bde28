//! Rewrites of URLs, and filters of single backends.

faults! {
    BACKEND_FILTERS_IGNORED:
        "The filters of a backendRef change the requests that go to it."
        => [
            "HTTPRouteBackendRequestHeaderModifier",
            "HTTPRouteBackendURLRewrite",
            "HTTPRouteRequestHeaderModifierBackendWeights",
        ],

    BACKEND_FILTERS_OF_FIRST_USED:
        "The filters of a backendRef change the requests that go to it, and no others."
        => ["HTTPRouteRequestHeaderModifierBackendWeights"],

    FULL_PATH_KEEPS_WHAT_FOLLOWS:
        "With ReplaceFullPath nothing of the path of the request is left."
        => ["HTTPRouteBackendURLRewrite", "HTTPRouteRedirectPath", "HTTPRouteRewritePath"],

    HEADER_MODIFIERS_EXCLUDE_EACH_OTHER:
        "A rule may have both a RequestHeaderModifier and a ResponseHeaderModifier."
        => ["HTTPRouteResponseHeaderModifier", "RouteDelegationFilters"],

    PREFIX_DROPS_WHAT_FOLLOWS:
        "With ReplacePrefixMatch what follows the matched prefix stays."
        => ["HTTPRouteBackendURLRewrite", "HTTPRouteRedirectPath", "HTTPRouteRewritePath"],

    PREFIX_KEEPS_ITS_TRAILING_SLASH:
        "A trailing slash of replacePrefixMatch does not count where more of the path follows: \
         with / in its place /a of /a/b leaves /b."
        => ["HTTPRouteRewritePath"],

    RESPONSE_HEADER_MODIFIER_IGNORED:
        "ResponseHeaderModifier changes the headers of the answer."
        => ["HTTPRouteResponseHeaderModifier", "RouteDelegationFilters"],

    REWRITE_EXCLUDES_HEADER_MODIFIER:
        "A rule may have both a URLRewrite and a RequestHeaderModifier."
        => ["HTTPRouteRewriteHost", "HTTPRouteRewritePath"],

    REWRITE_HOSTNAME_IGNORED:
        "A URLRewrite with a hostname replaces the Host header."
        => ["HTTPRouteRewriteHost"],

    REWRITE_PATH_IGNORED:
        "A URLRewrite with a path replaces the path."
        => ["HTTPRouteBackendURLRewrite", "HTTPRouteRewritePath"],
}
