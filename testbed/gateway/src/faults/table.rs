//! The faults, each with the rule that it breaks and the tests that must notice.
//!
//! One table, long because there are many: a row is data, and is looked up by its name.

use super::{Deviation, Fault};

/// All faults, sorted by name.
pub static FAULTS: &[Fault] = &[
    Fault {
        name: "added-listener-ignored",
        deviation: Deviation::AddedListenerIgnored,
        rule: "A listener that is added to a Gateway appears in its status.",
        tests: &["GatewayModifyListeners"],
    },
    Fault {
        name: "admission-webhook-refuses-empty-rules",
        deviation: Deviation::AdmissionWebhookRefusesEmptyRules,
        rule: "backendRefs may be left out, and an HTTPRoute without them must be taken \
               like any other.",
        tests: &["HTTPRouteNoBackendRefs"],
    },
    Fault {
        name: "attached-routes-always-zero",
        deviation: Deviation::AttachedRoutesAlwaysZero,
        rule: "attachedRoutes counts the routes that are attached to the listener.",
        tests: &[
            "GatewayModifyListeners",
            "GatewayWithAttachedRoutes",
            "HTTPRouteHostnameIntersection",
        ],
    },
    Fault {
        name: "attached-routes-counts-rejected",
        deviation: Deviation::AttachedRoutesCountsRejected,
        rule: "attachedRoutes counts the routes that were accepted, no others.",
        tests: &[
            "GatewayWithAttachedRoutes",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteInvalidCrossNamespaceParentRef",
        ],
    },
    Fault {
        name: "attached-routes-counts-whole-gateway",
        deviation: Deviation::AttachedRoutesCountsWholeGateway,
        rule: "attachedRoutes counts the routes of that listener, not those of the whole Gateway.",
        tests: &["HTTPRouteHostnameIntersection"],
    },
    Fault {
        name: "attached-routes-zero-when-unresolved",
        deviation: Deviation::AttachedRoutesZeroWhenUnresolved,
        rule: "attachedRoutes counts attached routes even where the listener's references are \
               not resolved.",
        tests: &["GatewayWithAttachedRoutes"],
    },
    Fault {
        name: "backend-kind-ignored",
        deviation: Deviation::BackendKindIgnored,
        rule: "A backendRef of an unknown or unsupported kind must set ResolvedRefs to False.",
        tests: &["HTTPRouteInvalidBackendRefUnknownKind"],
    },
    Fault {
        name: "backend-reference-grant-not-required",
        deviation: Deviation::BackendReferenceGrantNotRequired,
        rule: "A backendRef to another namespace is valid only when a ReferenceGrant there \
               permits it.",
        tests: &[
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
        ],
    },
    Fault {
        name: "certificate-group-ignored",
        deviation: Deviation::CertificateGroupIgnored,
        rule: "A certificateRef of an unsupported group sets ResolvedRefs to False with reason \
               InvalidCertificateRef.",
        tests: &["GatewayInvalidTLSConfiguration"],
    },
    Fault {
        name: "certificate-kind-ignored",
        deviation: Deviation::CertificateKindIgnored,
        rule: "A certificateRef of an unsupported kind sets ResolvedRefs to False with reason \
               InvalidCertificateRef.",
        tests: &["GatewayInvalidTLSConfiguration"],
    },
    Fault {
        name: "certificate-reference-grant-not-required",
        deviation: Deviation::CertificateReferenceGrantNotRequired,
        rule: "A certificateRef to another namespace is valid only when a ReferenceGrant there \
               permits it.",
        tests: &["GatewaySecretInvalidReferenceGrant", "GatewaySecretMissingReferenceGrant"],
    },
    Fault {
        name: "exact-path-ignores-trailing-slash",
        deviation: Deviation::ExactPathIgnoresTrailingSlash,
        rule: "An Exact path /two does not match /two/.",
        tests: &["HTTPRouteExactPathMatching"],
    },
    Fault {
        name: "exact-path-matches-prefix",
        deviation: Deviation::ExactPathMatchesPrefix,
        rule: "An Exact path matches the whole path: /one does not match /one/example.",
        tests: &["HTTPRouteExactPathMatching", "HTTPRoutePathMatchOrder"],
    },
    Fault {
        name: "foreign-condition-rewritten",
        deviation: Deviation::ForeignConditionRewritten,
        rule: "Conditions of a Gateway that others wrote are preserved as they are, the \
               observedGeneration included.",
        tests: &["GatewayPreserveForeignConditions"],
    },
    Fault {
        name: "foreign-gateway-condition-dropped",
        deviation: Deviation::ForeignGatewayConditionDropped,
        rule: "Conditions of a Gateway that others wrote are preserved.",
        tests: &["GatewayPreserveForeignConditions"],
    },
    Fault {
        name: "foreign-listener-condition-dropped",
        deviation: Deviation::ForeignListenerConditionDropped,
        rule: "Conditions of a listener that others wrote are preserved.",
        tests: &["GatewayPreserveForeignConditions"],
    },
    Fault {
        name: "foreign-route-parent-dropped",
        deviation: Deviation::ForeignRouteParentDropped,
        rule: "Entries in a route's status.parents that other controllers wrote are preserved.",
        tests: &["HTTPRoutePreserveForeignStatus"],
    },
    Fault {
        name: "foreign-route-parent-rewritten",
        deviation: Deviation::ForeignRouteParentRewritten,
        rule: "Entries in a route's status.parents that other controllers wrote are preserved \
               as they are.",
        tests: &["HTTPRoutePreserveForeignStatus"],
    },
    Fault {
        name: "gateway-accepted-without-valid-listener",
        deviation: Deviation::GatewayAcceptedWithoutValidListener,
        rule: "A Gateway without any valid listener has Accepted False with reason \
               ListenersNotValid.",
        tests: &["GatewayListenerUnsupportedProtocol"],
    },
    Fault {
        name: "gateway-class-finalizer-kept",
        deviation: Deviation::GatewayClassFinalizerKept,
        rule: "A GatewayClass that no Gateway uses can be removed: the finalizer for those \
               in use does not stay.",
        tests: &["GatewayClassObservedGenerationBump"],
    },
    Fault {
        name: "gateway-class-observed-generation-stale",
        deviation: Deviation::GatewayClassObservedGenerationStale,
        rule: "Conditions of a GatewayClass carry the generation of the spec that they were \
               computed from.",
        tests: &["GatewayClassObservedGenerationBump"],
    },
    Fault {
        name: "gateway-never-programmed",
        deviation: Deviation::GatewayNeverProgrammed,
        rule: "A Gateway that is served is Programmed, not only its listeners.",
        tests: &["HTTPRouteCrossNamespace"],
    },
    Fault {
        name: "gateway-observed-generation-stale",
        deviation: Deviation::GatewayObservedGenerationStale,
        rule: "Conditions of a Gateway carry the generation of the spec that they were computed \
               from.",
        tests: &[
            "GatewayModifyListeners",
            "GatewayObservedGenerationBump",
            "GatewayPreserveForeignConditions",
        ],
    },
    Fault {
        name: "granted-listener-not-programmed",
        deviation: Deviation::GrantedListenerNotProgrammed,
        rule: "A listener whose certificate a ReferenceGrant permits is Programmed like any \
               other.",
        tests: &[
            "GatewaySecretReferenceGrantAllInNamespace",
            "GatewaySecretReferenceGrantSpecific",
        ],
    },
    Fault {
        name: "header-add-overwrites",
        deviation: Deviation::HeaderAddOverwrites,
        rule: "RequestHeaderModifier.add appends to the values that the request has.",
        tests: &["HTTPRouteRequestHeaderModifier"],
    },
    Fault {
        name: "header-count-ignored",
        deviation: Deviation::HeaderCountIgnored,
        rule: "Among matches of equal path and method, the one with the most header matches wins.",
        tests: &["HTTPRouteHeaderMatching", "HTTPRouteMatching", "HTTPRouteMatchingAcrossRoutes"],
    },
    Fault {
        name: "header-matches-are-ored",
        deviation: Deviation::HeaderMatchesAreOred,
        rule: "A request must fulfil all header matches of a match.",
        tests: &["HTTPRouteHeaderMatching"],
    },
    Fault {
        name: "header-name-case-compared",
        deviation: Deviation::HeaderNameCaseCompared,
        rule: "Names of headers are compared without regard to case: Version: one fits the \
               match version: one.",
        tests: &[
            "HTTPRouteHeaderMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteRuleOrder",
        ],
    },
    Fault {
        name: "header-remove-ignored",
        deviation: Deviation::HeaderRemoveIgnored,
        rule: "RequestHeaderModifier.remove removes the header.",
        tests: &["HTTPRouteRequestHeaderModifier"],
    },
    Fault {
        name: "header-set-appends",
        deviation: Deviation::HeaderSetAppends,
        rule: "RequestHeaderModifier.set overwrites the values that the request has.",
        tests: &["HTTPRouteRequestHeaderModifier"],
    },
    Fault {
        name: "header-values-ignored",
        deviation: Deviation::HeaderValuesIgnored,
        rule: "An Exact header match requires the header's value to be equal.",
        tests: &["HTTPRouteHeaderMatching", "HTTPRouteMatching", "HTTPRouteMatchingAcrossRoutes"],
    },
    Fault {
        name: "headless-service-unresolved",
        deviation: Deviation::HeadlessServiceUnresolved,
        rule: "A headless Service is a Service: backendRefs to it resolve.",
        tests: &["HTTPRouteServiceTypes"],
    },
    Fault {
        name: "host-header-rewritten",
        deviation: Deviation::HostHeaderRewritten,
        rule: "Without a rewrite filter the Host header reaches the backend unchanged.",
        tests: &[
            "HTTPRouteHTTPSListener",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteMatchingAcrossRoutes",
        ],
    },
    Fault {
        name: "host-port-not-ignored",
        deviation: Deviation::HostPortNotIgnored,
        rule: "The port in the Host header does not count when hostnames are matched.",
        tests: &["HTTPRouteHostnameIntersection"],
    },
    Fault {
        name: "hostname-intersection-ignored",
        deviation: Deviation::HostnameIntersectionIgnored,
        rule: "A route none of whose hostnames intersects the listener's is not accepted.",
        tests: &["GatewayWithAttachedRoutes", "HTTPRouteHostnameIntersection"],
    },
    Fault {
        name: "https-listener-without-hostname-refuses",
        deviation: Deviation::HttpsListenerWithoutHostnameRefuses,
        rule: "An HTTPS listener without a hostname takes connections for any server name.",
        tests: &["HTTPRouteHTTPSListener"],
    },
    Fault {
        name: "invalid-backend-falls-through",
        deviation: Deviation::InvalidBackendFallsThrough,
        rule: "A rule with an invalid backendRef matches like any other: its requests must not \
               go to another rule.",
        tests: &["HTTPRoutePartiallyInvalidViaInvalidReferenceGrant", "HTTPRouteRuleOrder"],
    },
    Fault {
        name: "invalid-backend-gives-404",
        deviation: Deviation::InvalidBackendGives404,
        rule: "Requests for an invalid backendRef must be answered with 500.",
        tests: &[
            "HTTPRouteInvalidBackendRefUnknownKind",
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidNonExistentBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
            "HTTPRouteRuleOrder",
        ],
    },
    Fault {
        name: "invalid-kind-reason-is-backend-not-found",
        deviation: Deviation::InvalidKindReasonIsBackendNotFound,
        rule: "A backendRef of an unknown or unsupported kind must set ResolvedRefs to False \
               with reason InvalidKind.",
        tests: &["HTTPRouteInvalidBackendRefUnknownKind"],
    },
    Fault {
        name: "invalid-listener-not-reported-on-gateway",
        deviation: Deviation::InvalidListenerNotReportedOnGateway,
        rule: "A Gateway with some invalid listeners is Accepted with reason ListenersNotValid.",
        tests: &["GatewayListenerUnsupportedProtocol"],
    },
    Fault {
        name: "invalid-route-kinds-resolved",
        deviation: Deviation::InvalidRouteKindsResolved,
        rule: "A kind in allowedRoutes that is not supported sets ResolvedRefs to False with \
               reason InvalidRouteKinds.",
        tests: &["GatewayInvalidRouteKind"],
    },
    Fault {
        name: "listener-hostname-ignored",
        deviation: Deviation::ListenerHostnameIgnored,
        rule: "A listener with a hostname takes requests for that host only.",
        tests: &[
            "HTTPRouteHTTPSListener",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
        ],
    },
    Fault {
        name: "listener-observed-generation-stale",
        deviation: Deviation::ListenerObservedGenerationStale,
        rule: "Conditions of a listener carry the generation of the spec that they were \
               computed from.",
        tests: &["GatewayPreserveForeignConditions"],
    },
    Fault {
        name: "long-gateway-name-ignored",
        deviation: Deviation::LongGatewayNameIgnored,
        rule: "The name of a Gateway may have up to 253 characters.",
        tests: &["GatewayNameMaximumLength"],
    },
    Fault {
        name: "malformed-certificate-resolved",
        deviation: Deviation::MalformedCertificateResolved,
        rule: "A certificateRef to a Secret without a usable certificate sets ResolvedRefs to \
               False with reason InvalidCertificateRef.",
        tests: &["GatewayInvalidTLSConfiguration"],
    },
    Fault {
        name: "manual-endpoint-slices-ignored",
        deviation: Deviation::ManualEndpointSlicesIgnored,
        rule: "The endpoints of a Service are those of all its EndpointSlices, whoever manages \
               them.",
        tests: &["HTTPRouteServiceTypes"],
    },
    Fault {
        name: "matched-headers-not-forwarded",
        deviation: Deviation::MatchedHeadersNotForwarded,
        rule: "Headers that were matched reach the backend like all others.",
        tests: &[
            "HTTPRouteHeaderMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteRuleOrder",
        ],
    },
    Fault {
        name: "matches-are-anded",
        deviation: Deviation::MatchesAreAnded,
        rule: "The matches of a rule are independent: a request that fulfils any one of them \
               matches the rule.",
        tests: &["HTTPRouteHeaderMatching", "HTTPRouteMatching", "HTTPRouteMatchingAcrossRoutes"],
    },
    Fault {
        name: "missing-backend-gives-503",
        deviation: Deviation::MissingBackendGives503,
        rule: "Requests for a backendRef to a Service that does not exist must be answered with \
               500.",
        tests: &["HTTPRouteInvalidNonExistentBackendRef", "HTTPRouteRuleOrder"],
    },
    Fault {
        name: "missing-backend-rejects-route",
        deviation: Deviation::MissingBackendRejectsRoute,
        rule: "A backendRef to a Service that does not exist concerns ResolvedRefs: the route \
               is still accepted.",
        tests: &[
            "GatewayWithAttachedRoutes",
            "HTTPRouteInvalidNonExistentBackendRef",
            "HTTPRouteRuleOrder",
        ],
    },
    Fault {
        name: "missing-backend-resolved",
        deviation: Deviation::MissingBackendResolved,
        rule: "A backendRef to a Service that does not exist must set ResolvedRefs to False \
               with reason BackendNotFound.",
        tests: &[
            "GatewayWithAttachedRoutes",
            "HTTPRouteInvalidNonExistentBackendRef",
            "HTTPRouteRuleOrder",
        ],
    },
    Fault {
        name: "missing-certificate-resolved",
        deviation: Deviation::MissingCertificateResolved,
        rule: "A certificateRef to a Secret that does not exist sets ResolvedRefs to False with \
               reason InvalidCertificateRef.",
        tests: &["GatewayInvalidTLSConfiguration", "GatewayWithAttachedRoutes"],
    },
    Fault {
        name: "namespace-selector-matches-nothing",
        deviation: Deviation::NamespaceSelectorMatchesNothing,
        rule: "A listener with a namespace Selector takes routes from the namespaces that it \
               selects.",
        tests: &["GatewayWithAttachedRoutes", "HTTPRouteCrossNamespace"],
    },
    Fault {
        name: "namespace-selector-treated-as-same",
        deviation: Deviation::NamespaceSelectorTreatedAsSame,
        rule: "A listener with a namespace Selector takes routes from all namespaces that it \
               selects, not from its own alone.",
        tests: &["HTTPRouteCrossNamespace"],
    },
    Fault {
        name: "new-reference-grant-ignored",
        deviation: Deviation::NewReferenceGrantIgnored,
        rule: "A ReferenceGrant permits references that were there before it came as well.",
        tests: &[
            "GatewaySecretReferenceGrantAllInNamespace",
            "GatewaySecretReferenceGrantSpecific",
        ],
    },
    Fault {
        name: "new-secret-ignored",
        deviation: Deviation::NewSecretIgnored,
        rule: "A certificateRef resolves as soon as its Secret is there, though the Gateway \
               was there before.",
        tests: &["HTTPRouteHTTPSListener"],
    },
    Fault {
        name: "new-service-ignored",
        deviation: Deviation::NewServiceIgnored,
        rule: "A backendRef resolves as soon as its Service is there, though the route was \
               there before.",
        tests: &["HTTPRouteServiceTypes"],
    },
    Fault {
        name: "no-backend-refs-falls-through",
        deviation: Deviation::NoBackendRefsFallsThrough,
        rule: "A rule without backendRefs matches like any other: its requests must not go to \
               another rule.",
        tests: &["HTTPRouteNoBackendRefs"],
    },
    Fault {
        name: "no-backend-refs-gives-404",
        deviation: Deviation::NoBackendRefsGives404,
        rule: "Requests for a rule without backendRefs and without a filter that answers must \
               be answered with 500.",
        tests: &["HTTPRouteNoBackendRefs"],
    },
    Fault {
        name: "no-matching-hostname-reason-is-not-allowed",
        deviation: Deviation::NoMatchingHostnameReasonIsNotAllowed,
        rule: "A route without a hostname in common with the listener has Accepted False with \
               reason NoMatchingListenerHostname.",
        tests: &["GatewayWithAttachedRoutes", "HTTPRouteHostnameIntersection"],
    },
    Fault {
        name: "no-matching-parent-reason-is-not-allowed",
        deviation: Deviation::NoMatchingParentReasonIsNotAllowed,
        rule: "A parentRef that names no listener of the Gateway sets Accepted to False with \
               reason NoMatchingParent.",
        tests: &["HTTPRouteInvalidParentRefNotMatchingSectionName"],
    },
    Fault {
        name: "not-allowed-reason-is-no-matching-parent",
        deviation: Deviation::NotAllowedReasonIsNoMatchingParent,
        rule: "A route that allowedRoutes excludes has Accepted False with reason \
               NotAllowedByListeners.",
        tests: &["HTTPRouteInvalidCrossNamespaceParentRef"],
    },
    Fault {
        name: "only-first-gateway-class-accepted",
        deviation: Deviation::OnlyFirstGatewayClassAccepted,
        rule: "A controller accepts every GatewayClass that names it.",
        tests: &["GatewayClassObservedGenerationBump"],
    },
    Fault {
        name: "only-first-header-modified",
        deviation: Deviation::OnlyFirstHeaderModified,
        rule: "RequestHeaderModifier applies all entries of set, add and remove.",
        tests: &["HTTPRouteRequestHeaderModifier"],
    },
    Fault {
        name: "parent-ref-namespace-omitted",
        deviation: Deviation::ParentRefNamespaceOmitted,
        rule: "The parentRef in a route's status is the one of its spec, the namespace included.",
        tests: &["HTTPRouteCrossNamespace", "HTTPRouteHostnameIntersection"],
    },
    Fault {
        name: "path-match-ignores-case",
        deviation: Deviation::PathMatchIgnoresCase,
        rule: "Paths are compared with regard to case: /two does not match /Two.",
        tests: &["HTTPRouteExactPathMatching"],
    },
    Fault {
        name: "path-prefix-beats-exact-path",
        deviation: Deviation::PathPrefixBeatsExactPath,
        rule: "An Exact path match wins over any PathPrefix match.",
        tests: &["HTTPRouteNoBackendRefs", "HTTPRoutePathMatchOrder"],
    },
    Fault {
        name: "path-prefix-matches-substring",
        deviation: Deviation::PathPrefixMatchesSubstring,
        rule: "A PathPrefix matches element by element: /v2 does not match /v2example.",
        tests: &["HTTPRouteMatching"],
    },
    Fault {
        name: "path-prefix-refuses-trailing-slash",
        deviation: Deviation::PathPrefixRefusesTrailingSlash,
        rule: "A PathPrefix /v2 matches /v2/ as well.",
        tests: &["HTTPRouteMatching"],
    },
    Fault {
        name: "redirect-accepted-for-a-moment",
        deviation: Deviation::RedirectAcceptedForAMoment,
        rule: "Accepted stays True for as long as nothing changes.",
        tests: &["HTTPRouteRedirectHostAndStatus"],
    },
    Fault {
        name: "redirect-hostname-ignored",
        deviation: Deviation::RedirectHostnameIgnored,
        rule: "A RequestRedirect with a hostname has it in the Location.",
        tests: &["HTTPRouteRedirectHostAndStatus"],
    },
    Fault {
        name: "redirect-path-dropped",
        deviation: Deviation::RedirectPathDropped,
        rule: "A RequestRedirect without a path keeps the request's.",
        tests: &["HTTPRouteRedirectHostAndStatus"],
    },
    Fault {
        name: "redirect-status-always-302",
        deviation: Deviation::RedirectStatusAlways302,
        rule: "A RequestRedirect answers with its statusCode.",
        tests: &["HTTPRouteRedirectHostAndStatus"],
    },
    Fault {
        name: "reference-grant-from-group-ignored",
        deviation: Deviation::ReferenceGrantFromGroupIgnored,
        rule: "A ReferenceGrant permits references only from the group that `from.group` names.",
        tests: &["GatewaySecretInvalidReferenceGrant", "HTTPRouteInvalidReferenceGrant"],
    },
    Fault {
        name: "reference-grant-from-kind-ignored",
        deviation: Deviation::ReferenceGrantFromKindIgnored,
        rule: "A ReferenceGrant permits references only from the kind that `from.kind` names.",
        tests: &["GatewaySecretInvalidReferenceGrant", "HTTPRouteInvalidReferenceGrant"],
    },
    Fault {
        name: "reference-grant-from-namespace-ignored",
        deviation: Deviation::ReferenceGrantFromNamespaceIgnored,
        rule: "A ReferenceGrant permits references only from the namespace that \
               `from.namespace` names.",
        tests: &["GatewaySecretInvalidReferenceGrant", "HTTPRouteInvalidReferenceGrant"],
    },
    Fault {
        name: "reference-grant-namespace-ignored",
        deviation: Deviation::ReferenceGrantNamespaceIgnored,
        rule: "A ReferenceGrant permits references to objects of its own namespace only.",
        tests: &["GatewaySecretInvalidReferenceGrant", "HTTPRouteInvalidReferenceGrant"],
    },
    Fault {
        name: "reference-grant-revocation-ignored",
        deviation: Deviation::ReferenceGrantRevocationIgnored,
        rule: "When a ReferenceGrant is removed, the access that it granted must be revoked.",
        tests: &["HTTPRouteReferenceGrant"],
    },
    Fault {
        name: "reference-grant-to-group-ignored",
        deviation: Deviation::ReferenceGrantToGroupIgnored,
        rule: "A ReferenceGrant permits references only to the group that `to.group` names.",
        tests: &["HTTPRouteInvalidReferenceGrant"],
    },
    Fault {
        name: "reference-grant-to-kind-ignored",
        deviation: Deviation::ReferenceGrantToKindIgnored,
        rule: "A ReferenceGrant permits references only to the kind that `to.kind` names.",
        tests: &["GatewaySecretInvalidReferenceGrant", "HTTPRouteInvalidReferenceGrant"],
    },
    Fault {
        name: "reference-grant-to-name-ignored",
        deviation: Deviation::ReferenceGrantToNameIgnored,
        rule: "When `to.name` is set, a ReferenceGrant permits references to the object of that \
               name only.",
        tests: &[
            "GatewaySecretInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
        ],
    },
    Fault {
        name: "reference-grant-with-name-ignored",
        deviation: Deviation::ReferenceGrantWithNameIgnored,
        rule: "When `to.name` is set, a ReferenceGrant permits references to the object of that \
               name.",
        tests: &[
            "GatewaySecretReferenceGrantSpecific",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
        ],
    },
    Fault {
        name: "reference-grant-without-name-ignored",
        deviation: Deviation::ReferenceGrantWithoutNameIgnored,
        rule: "When `to.name` is unset, a ReferenceGrant permits references to all objects of \
               the kind in its namespace.",
        tests: &["GatewaySecretReferenceGrantAllInNamespace"],
    },
    Fault {
        name: "refused-backend-forwarded",
        deviation: Deviation::RefusedBackendForwarded,
        rule: "Requests must not be forwarded to a backendRef in another namespace that no \
               ReferenceGrant permits.",
        tests: &[
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
        ],
    },
    Fault {
        name: "refused-backend-gives-403",
        deviation: Deviation::RefusedBackendGives403,
        rule: "Requests for a backendRef that no ReferenceGrant permits must be answered with \
               500.",
        tests: &[
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRouteReferenceGrant",
        ],
    },
    Fault {
        name: "refused-backend-reason-is-backend-not-found",
        deviation: Deviation::RefusedBackendReasonIsBackendNotFound,
        rule: "A backendRef that no ReferenceGrant permits must set ResolvedRefs to False with \
               reason RefNotPermitted.",
        tests: &[
            "HTTPRouteInvalidCrossNamespaceBackendRef",
            "HTTPRouteInvalidReferenceGrant",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
        ],
    },
    Fault {
        name: "refused-certificate-reason-is-invalid",
        deviation: Deviation::RefusedCertificateReasonIsInvalid,
        rule: "A certificateRef that no ReferenceGrant permits sets ResolvedRefs to False with \
               reason RefNotPermitted.",
        tests: &["GatewaySecretInvalidReferenceGrant", "GatewaySecretMissingReferenceGrant"],
    },
    Fault {
        name: "removed-listener-kept",
        deviation: Deviation::RemovedListenerKept,
        rule: "A listener that is removed from a Gateway disappears from its status.",
        tests: &["GatewayModifyListeners"],
    },
    Fault {
        name: "resolved-refs-omitted-when-rejected",
        deviation: Deviation::ResolvedRefsOmittedWhenRejected,
        rule: "ResolvedRefs is set for every parent, whether or not the route is accepted there.",
        tests: &["HTTPRouteInvalidCrossNamespaceParentRef"],
    },
    Fault {
        name: "route-hostnames-ignored",
        deviation: Deviation::RouteHostnamesIgnored,
        rule: "A route with hostnames matches requests for those hosts only.",
        tests: &[
            "HTTPRouteHTTPSListener",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteMatchingAcrossRoutes",
        ],
    },
    Fault {
        name: "route-observed-generation-stale",
        deviation: Deviation::RouteObservedGenerationStale,
        rule: "Conditions of a route carry the generation of the spec that they were computed \
               from.",
        tests: &["HTTPRouteObservedGenerationBump", "HTTPRoutePreserveForeignStatus"],
    },
    Fault {
        name: "rule-order-reversed",
        deviation: Deviation::RuleOrderReversed,
        rule: "Where matches tie within a route, the first rule in list order wins.",
        tests: &["HTTPRouteHeaderMatching", "HTTPRouteRuleOrder"],
    },
    Fault {
        name: "same-namespace-not-enforced",
        deviation: Deviation::SameNamespaceNotEnforced,
        rule: "A listener that allows routes from Same takes those of the Gateway's namespace \
               only.",
        tests: &["HTTPRouteInvalidCrossNamespaceParentRef"],
    },
    Fault {
        name: "second-parent-ignored",
        deviation: Deviation::SecondParentIgnored,
        rule: "A route attaches to every parent that it references.",
        tests: &["HTTPRouteListenerHostnameMatching", "HTTPRouteMultipleGateways"],
    },
    Fault {
        name: "secret-looked-up-before-grant",
        deviation: Deviation::SecretLookedUpBeforeGrant,
        rule: "Without a ReferenceGrant nothing is revealed of another namespace, not even \
               whether the Secret exists.",
        tests: &["GatewaySecretMissingReferenceGrant"],
    },
    Fault {
        name: "section-name-ignored",
        deviation: Deviation::SectionNameIgnored,
        rule: "A parentRef with a sectionName attaches to the listener of that name only.",
        tests: &[
            "HTTPRouteHTTPSListener",
            "HTTPRouteInvalidParentRefNotMatchingSectionName",
            "HTTPRouteListenerHostnameMatching",
        ],
    },
    Fault {
        name: "service-without-endpoints-unresolved",
        deviation: Deviation::ServiceWithoutEndpointsUnresolved,
        rule: "A Service that exists resolves, whether or not it has endpoints.",
        tests: &["HTTPRouteServiceTypes"],
    },
    Fault {
        name: "shortest-path-prefix-wins",
        deviation: Deviation::ShortestPathPrefixWins,
        rule: "Among PathPrefix matches, the one with the most characters wins.",
        tests: &[
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMultipleGateways",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRoutePathMatchOrder",
        ],
    },
    Fault {
        name: "supported-kinds-empty-when-one-invalid",
        deviation: Deviation::SupportedKindsEmptyWhenOneInvalid,
        rule: "Where valid and invalid kinds are given, supportedKinds lists the valid ones.",
        tests: &["GatewayInvalidRouteKind"],
    },
    Fault {
        name: "supported-kinds-lists-invalid",
        deviation: Deviation::SupportedKindsListsInvalid,
        rule: "supportedKinds does not list kinds that the implementation does not support.",
        tests: &["GatewayInvalidRouteKind"],
    },
    Fault {
        name: "supported-kinds-of-unsupported-protocol",
        deviation: Deviation::SupportedKindsOfUnsupportedProtocol,
        rule: "A listener of an unsupported protocol supports no kinds of routes.",
        tests: &["GatewayListenerUnsupportedProtocol"],
    },
    Fault {
        name: "target-port-ignored",
        deviation: Deviation::TargetPortIgnored,
        rule: "Requests go to the port of the endpoints that the Service's port stands for.",
        tests: &[
            "HTTPRouteCrossNamespace",
            "HTTPRouteExactPathMatching",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHeaderMatching",
            "HTTPRouteHostnameIntersection",
            "HTTPRouteListenerHostnameMatching",
            "HTTPRouteMatching",
            "HTTPRouteMatchingAcrossRoutes",
            "HTTPRouteMultipleGateways",
            "HTTPRouteNoBackendRefs",
            "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
            "HTTPRoutePathMatchOrder",
            "HTTPRouteReferenceGrant",
            "HTTPRouteRequestHeaderModifier",
            "HTTPRouteRuleOrder",
            "HTTPRouteServiceTypes",
            "HTTPRouteSimpleSameNamespace",
            "HTTPRouteWeight",
        ],
    },
    Fault {
        name: "trailing-slash-dropped",
        deviation: Deviation::TrailingSlashDropped,
        rule: "Without a rewrite filter the path reaches the backend unchanged.",
        tests: &["HTTPRouteMatching"],
    },
    Fault {
        name: "unknown-kind-backend-gives-503",
        deviation: Deviation::UnknownKindBackendGives503,
        rule: "Requests for a backendRef of an unknown kind must be answered with 500.",
        tests: &["HTTPRouteInvalidBackendRefUnknownKind"],
    },
    Fault {
        name: "unresolved-listener-programmed",
        deviation: Deviation::UnresolvedListenerProgrammed,
        rule: "A listener whose certificate does not resolve is not Programmed.",
        tests: &["GatewayWithAttachedRoutes"],
    },
    Fault {
        name: "unsupported-protocol-accepted",
        deviation: Deviation::UnsupportedProtocolAccepted,
        rule: "A listener of an unsupported protocol has Accepted False with reason \
               UnsupportedProtocol.",
        tests: &["GatewayListenerUnsupportedProtocol"],
    },
    Fault {
        name: "unsupported-protocol-rejects-gateway",
        deviation: Deviation::UnsupportedProtocolRejectsGateway,
        rule: "A Gateway with at least one valid listener is accepted.",
        tests: &["GatewayListenerUnsupportedProtocol"],
    },
    Fault {
        name: "weights-ignored",
        deviation: Deviation::WeightsIgnored,
        rule: "Each backend receives weight / (sum of all weights) of the rule's requests.",
        tests: &["HTTPRouteWeight"],
    },
    Fault {
        name: "wildcard-hostname-matches-apex",
        deviation: Deviation::WildcardHostnameMatchesApex,
        rule: "A wildcard hostname does not match the bare domain: *.foo.com does not match \
               foo.com.",
        tests: &["HTTPRouteHostnameIntersection", "HTTPRouteListenerHostnameMatching"],
    },
    Fault {
        name: "wildcard-hostname-matches-one-label",
        deviation: Deviation::WildcardHostnameMatchesOneLabel,
        rule: "A wildcard hostname matches one or more labels: *.bar.com matches a.b.bar.com.",
        tests: &["HTTPRouteHostnameIntersection", "HTTPRouteListenerHostnameMatching"],
    },
    Fault {
        name: "wildcard-listener-beats-exact",
        deviation: Deviation::WildcardListenerBeatsExact,
        rule: "Among listeners that match a host, the most specific one takes the request: \
               exact before wildcard.",
        tests: &["HTTPRouteListenerHostnameMatching"],
    },
    Fault {
        name: "zero-weight-receives-traffic",
        deviation: Deviation::ZeroWeightReceivesTraffic,
        rule: "A backend of weight 0 receives no requests.",
        tests: &["HTTPRouteWeight"],
    },
];
