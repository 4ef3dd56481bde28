//! Which requests a rule matches, and which of several rules wins.

faults! {
    EXACT_PATH_IGNORES_TRAILING_SLASH:
        "An Exact path /two does not match /two/."
        => ["HTTPRouteExactPathMatching"],

    EXACT_PATH_MATCHES_PREFIX:
        "An Exact path matches the whole path: /one does not match /one/example."
        => ["HTTPRouteExactPathMatching", "HTTPRoutePathMatchOrder"],

    HEADER_COUNT_IGNORED:
        "Among matches of equal path and method, the one with the most header matches wins."
        => [
            "GRPCRouteHeaderMatching",
            "HTTPRouteHeaderMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteQueryParamMatching",
        ],

    HEADER_MATCHES_ARE_ORED:
        "A request must fulfil all header matches of a match."
        => ["GRPCRouteHeaderMatching", "HTTPRouteHeaderMatching"],

    HEADER_NAME_CASE_COMPARED:
        "Names of headers are compared without regard to case: Version: one fits the match \
         version: one."
        => [
            "GRPCRouteHeaderMatching",
            "HTTPRouteHeaderMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMethodMatching",
            "HTTPRouteQueryParamMatching",
            "HTTPRouteRuleOrder",
            "RouteDelegationMatching",
        ],

    HEADER_VALUES_IGNORED:
        "An Exact header match requires the header's value to be equal."
        => [
            "GRPCRouteHeaderMatching",
            "HTTPRouteHeaderMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
        ],

    MATCHES_ARE_ANDED:
        "The matches of a rule are independent: a request that fulfils any one of them matches the \
         rule."
        => [
            "GRPCRouteHeaderMatching",
            "HTTPRouteHeaderMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMethodMatching",
            "HTTPRouteQueryParamMatching",
        ],

    NAMED_RULE_REFUSED:
        "A rule may have a name, and is served like any other."
        => ["GRPCRouteNamedRule", "HTTPRouteNamedRule", "PolicyAttachmentHTTPRouteRule"],

    PATH_MATCH_IGNORES_CASE:
        "Paths are compared with regard to case: /two does not match /Two."
        => ["HTTPRouteExactPathMatching"],

    PATH_PREFIX_BEATS_EXACT_PATH:
        "An Exact path match wins over any PathPrefix match."
        => ["HTTPRouteNoBackendRefs", "HTTPRoutePathMatchOrder"],

    PATH_PREFIX_MATCHES_SUBSTRING:
        "A PathPrefix matches element by element: /v2 does not match /v2example."
        => ["HTTPRouteMatching"],

    PATH_PREFIX_REFUSES_TRAILING_SLASH:
        "A PathPrefix /v2 matches /v2/ as well."
        => ["HTTPRouteMatching"],

    RULE_ORDER_REVERSED:
        "Where matches tie within a route, the first rule in list order wins."
        => ["GRPCRouteHeaderMatching", "HTTPRouteHeaderMatching", "HTTPRouteRuleOrder"],

    SHORTEST_PATH_PREFIX_WINS:
        "Among PathPrefix matches, the one with the most characters wins."
        => [
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMethodMatching",
            "HTTPRouteMultipleGateways",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRoutePathMatchOrder",
            "HTTPRouteQueryParamMatching",
            "HTTPRouteRewriteHost",
            "RouteDelegationDepth",
        ],
}
