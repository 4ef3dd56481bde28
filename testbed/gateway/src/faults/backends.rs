//! Backends: what backendRefs resolve to, and what requests get where they do not.

faults! {
    BACKEND_KIND_IGNORED:
        "A backendRef of an unknown or unsupported kind must set ResolvedRefs to False."
        => ["HTTPRouteInvalidBackendRefUnknownKind", "TLSRouteInvalidBackendRefUnknownKind"],

    BACKEND_REFERENCE_GRANT_NOT_REQUIRED:
        "A backendRef to another namespace is valid only when a ReferenceGrant there permits it."
        => [
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
            "TCPRouteInvalidCrossNamespaceBackendRef",
            "TCPRouteReferenceGrant",
            "TLSRouteInvalidReferenceGrant",
            "UDPRouteInvalidCrossNamespaceBackendRef",
            "UDPRouteReferenceGrant",
        ],

    HEADLESS_SERVICE_UNRESOLVED:
        "A headless Service is a Service: backendRefs to it resolve."
        => ["HTTPRouteServiceTypes"],

    INVALID_BACKEND_FALLS_THROUGH:
        "A rule with an invalid backendRef matches like any other: its requests must not go to \
         another rule."
        => ["HTTPRoutePartiallyInvalidViaInvalidReferenceGrant", "HTTPRouteRuleOrder"],

    INVALID_BACKEND_GIVES_404:
        "Requests for an invalid backendRef must be answered with 500."
        => [
            "HTTPRouteInvalidBackendRefUnknownKind",
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidNonExistentBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
            "HTTPRouteRuleOrder",
        ],

    INVALID_KIND_REASON_IS_BACKEND_NOT_FOUND:
        "A backendRef of an unknown or unsupported kind must set ResolvedRefs to False with reason \
         InvalidKind."
        => ["HTTPRouteInvalidBackendRefUnknownKind", "TLSRouteInvalidBackendRefUnknownKind"],

    MANUAL_ENDPOINT_SLICES_IGNORED:
        "The endpoints of a Service are those of all its EndpointSlices, whoever manages them."
        => ["HTTPRouteServiceTypes"],

    MISSING_BACKEND_GIVES_503:
        "Requests for a backendRef to a Service that does not exist must be answered with 500."
        => ["HTTPRouteInvalidNonExistentBackendRef", "HTTPRouteRuleOrder"],

    MISSING_BACKEND_REJECTS_ROUTE:
        "A backendRef to a Service that does not exist concerns ResolvedRefs: the route is still \
         accepted."
        => [
            "GatewayWithAttachedRoutes",
            "HTTPRouteInvalidNonExistentBackendRef",
            "HTTPRouteRuleOrder",
            "RouteDelegationHostname",
            "RouteDelegationSameNamespace",
            "TLSRouteInvalidBackendRefNonexistent",
        ],

    MISSING_BACKEND_RESOLVED:
        "A backendRef to a Service that does not exist must set ResolvedRefs to False with reason \
         BackendNotFound."
        => [
            "GatewayWithAttachedRoutes",
            "HTTPRouteInvalidNonExistentBackendRef",
            "HTTPRouteRuleOrder",
            "TCPRouteInvalidBackendRefNonexistent",
            "TLSRouteInvalidBackendRefNonexistent",
            "UDPRouteInvalidBackendRefNonexistent",
        ],

    NEW_SERVICE_IGNORED:
        "A backendRef resolves as soon as its Service is there, though the route was there before."
        => [
            "BackendTLSPolicy",
            "BackendTLSPolicyConflictResolution",
            "BackendTLSPolicyGRPCRoute",
            "BackendTLSPolicySANValidation",
            "BackendTLSPolicyTLSRouteTerminate",
            "GatewayTLSBackendClientCertificate",
            "HTTPRouteRetryConnectionError",
            "HTTPRouteServiceTypes",
        ],

    NO_BACKEND_REFS_FALLS_THROUGH:
        "A rule without backendRefs matches like any other: its requests must not go to another \
         rule."
        => ["HTTPRouteNoBackendRefs"],

    NO_BACKEND_REFS_GIVES_404:
        "Requests for a rule without backendRefs and without a filter that answers must be \
         answered with 500."
        => ["HTTPRouteNoBackendRefs"],

    REFUSED_BACKEND_FORWARDED:
        "Requests must not be forwarded to a backendRef in another namespace that no \
         ReferenceGrant permits."
        => [
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
        ],

    REFUSED_BACKEND_GIVES_403:
        "Requests for a backendRef that no ReferenceGrant permits must be answered with 500."
        => [
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
        ],

    REFUSED_BACKEND_REASON_IS_BACKEND_NOT_FOUND:
        "A backendRef that no ReferenceGrant permits must set ResolvedRefs to False with reason \
         RefNotPermitted."
        => [
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "TCPRouteInvalidCrossNamespaceBackendRef",
            "TCPRouteReferenceGrant",
            "TLSRouteInvalidReferenceGrant",
            "UDPRouteInvalidCrossNamespaceBackendRef",
            "UDPRouteReferenceGrant",
        ],

    SERVICE_WITHOUT_ENDPOINTS_UNRESOLVED:
        "A Service that exists resolves, whether or not it has endpoints."
        => ["HTTPRouteServiceTypes"],

    TARGET_PORT_IGNORED:
        "Requests go to the port of the endpoints that the Service's port stands for."
        => [
            "BackendTLSPolicy",
            "BackendTLSPolicyConflictResolution",
            "BackendTLSPolicyGRPCRoute",
            "BackendTLSPolicySANValidation",
            "GRPCExactMethodMatching",
            "GRPCRouteHeaderMatching",
            "GRPCRouteListenerHostnameMatching",
            "GRPCRouteMultipleGateways",
            "GRPCRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "GRPCRouteNamedRule",
            "GRPCRouteRequestHeaderModifier",
            "GRPCRouteWeight",
            "GatewayFrontendClientCertificateValidation",
            "GatewayFrontendClientCertificateValidationInsecureFallback",
            "GatewayFrontendInvalidDefaultClientCertificateValidation",
            "GatewayHTTPListenerIsolation",
            "GatewayTLSBackendClientCertificate",
            "HTTPRouteBackendProtocolH2C",
            "HTTPRouteBackendProtocolWebSocket",
            "HTTPRouteBackendRequestHeaderModifier",
            "HTTPRouteBackendURLRewrite",
            "HTTPRouteCORS",
            "HTTPRouteCrossNamespace",
            "HTTPRouteExactPathMatching",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteHeaderMatching",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteListenerPortMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMethodMatching",
            "HTTPRouteMultipleGateways",
            "HTTPRouteMultipleRoutesAttachmentSameHostnameIntersection",
            "HTTPRouteNamedRule",
            "HTTPRouteNoBackendRefs",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRoutePathMatchOrder",
            "HTTPRouteQueryParamMatching",
            "HTTPRouteReferenceGrant",
            "HTTPRouteRequestHeaderModifier",
            "HTTPRouteRequestHeaderModifierBackendWeights",
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
            "HTTPRouteResponseHeaderModifier",
            "HTTPRouteRetry",
            "HTTPRouteRetryConnectionError",
            "HTTPRouteRetryWithBackendTimeout",
            "HTTPRouteRetryWithRequestTimeout",
            "HTTPRouteRewriteHost",
            "HTTPRouteRewritePath",
            "HTTPRouteRuleOrder",
            "HTTPRouteServiceTypes",
            "HTTPRouteSimpleSameNamespace",
            "HTTPRouteTimeoutBackendRequest",
            "HTTPRouteTimeoutRequest",
            "HTTPRouteWeight",
            "ListenerSetAllowedRoutesNamespaces",
            "ListenerSetDualParentRefIndependence",
            "ListenerSetGatewayParentSectionNameNotFound",
            "ListenerSetHTTPRouting",
            "PolicyAttachmentAncestorLimit",
            "PolicyAttachmentCascade",
            "PolicyAttachmentConflict",
            "PolicyAttachmentDefaults",
            "PolicyAttachmentGateway",
            "PolicyAttachmentGatewayClass",
            "PolicyAttachmentHTTPRoute",
            "PolicyAttachmentHTTPRouteRule",
            "PolicyAttachmentListener",
            "PolicyAttachmentObservedGenerationBump",
            "PolicyAttachmentOtherNamespace",
            "PolicyAttachmentOverrides",
            "PolicyAttachmentService",
            "PolicyAttachmentTargetNotFound",
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
            "TLSRouteHostnameIntersection",
            "TLSRouteMultipleRoutesAttachmentSameHostnameIntersection",
        ],

    UNKNOWN_KIND_BACKEND_GIVES_503:
        "Requests for a backendRef of an unknown kind must be answered with 500."
        => ["HTTPRouteInvalidBackendRefUnknownKind"],

    WEIGHTS_EVENED_OUT:
        "Each backend receives its share, 70 % and not 64 %."
        => [
            "GRPCRouteWeight",
            "HTTPRouteWeight",
            "TCPRouteWeightedRouting",
            "UDPRouteWeightedRouting",
        ],

    WEIGHTS_IGNORED:
        "Each backend receives weight / (sum of all weights) of the rule's requests."
        => [
            "GRPCRouteWeight",
            "HTTPRouteWeight",
            "TCPRouteWeightedRouting",
            "UDPRouteWeightedRouting",
        ],

    ZERO_WEIGHT_RECEIVES_TRAFFIC:
        "A backend of weight 0 receives no requests."
        => [
            "GRPCRouteWeight",
            "HTTPRouteWeight",
            "TCPRouteWeightedRouting",
            "UDPRouteWeightedRouting",
        ],
}
