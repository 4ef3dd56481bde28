//! Policies that are attached to objects: what they count for, and which of several does.

faults! {
    CONFLICTED_TIMEOUT_POLICY_ACCEPTED:
        "Of two policies with one target the younger is not accepted, with reason Conflicted."
        => ["PolicyAttachmentConflict"],

    FULL_POLICY_STATUS_IGNORED:
        "A policy counts for nothing at a target for which its status has no room."
        => ["PolicyAttachmentAncestorLimit"],

    LATER_OVERRIDE_WINS:
        "Of two overrides the less specific one counts."
        => ["PolicyAttachmentCascade", "PolicyAttachmentOverrides"],

    LESS_SPECIFIC_DEFAULT_WINS:
        "Of two defaults the more specific one counts."
        => ["PolicyAttachmentCascade", "PolicyAttachmentDefaults", "RouteDelegationPolicy"],

    MISSING_POLICY_TARGET_ACCEPTED:
        "A policy whose target does not exist is not accepted, with reason TargetNotFound."
        => ["PolicyAttachmentTargetNotFound"],

    NEWER_TIMEOUT_POLICY_WINS:
        "Of two policies with one target the older counts."
        => ["PolicyAttachmentConflict"],

    OVERRIDES_ARE_DEFAULTS:
        "An override counts, whatever is said at more specific objects."
        => ["PolicyAttachmentCascade", "PolicyAttachmentOverrides"],

    POLICY_REACHES_OTHER_NAMESPACES:
        "A policy counts for objects of its own namespace alone."
        => ["PolicyAttachmentOtherNamespace"],

    POLICY_TARGET_COMPARED_BY_PREFIX:
        "A policy counts for the object that has the name of its target, and for no other."
        => [
            "PolicyAttachmentGateway",
            "PolicyAttachmentHTTPRoute",
            "PolicyAttachmentService",
            "RouteDelegationPolicy",
        ],

    POLICY_TARGET_SECTION_IGNORED:
        "A policy with a sectionName counts for that part of its target alone."
        => ["PolicyAttachmentHTTPRouteRule", "PolicyAttachmentListener"],

    TIMEOUT_POLICY_IGNORED:
        "An accepted policy has an effect."
        => [
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
            "PolicyAttachmentOverrides",
            "PolicyAttachmentService",
            "RouteDelegationPolicy",
        ],
}
